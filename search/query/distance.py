"""The distance between two words, in typing errors."""

from itertools import pairwise

# A wrong letter costs 1. Frequent slips cost less: a neighbouring key, two letters swapped, a missing letter or an
# extra one (*foundery*). A wrong first letter adds to the cost.
SLIP, SWAP, LEFT_OUT, TOO_MANY, FIRST_LETTER = 0.8, 0.8, 0.85, 0.9, 0.2
_ROWS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
)
NEIGHBOURS = frozenset(
    pair for rows in _ROWS for row in rows for one, other in pairwise(row) for pair in ((one, other), (other, one))
)


def typing_cost(typed: str, meant: str) -> float:
    """The optimal string alignment distance. Likely slips cost less than 1, and a wrong first letter costs more.

    Letters are inserted, deleted or replaced, and adjacent letters swapped.
    """
    before: list[float] = []
    above = [number * LEFT_OUT for number in range(len(meant) + 1)]
    for i, letter in enumerate(typed, 1):
        row = [i * TOO_MANY]
        for j, opposite in enumerate(meant, 1):
            replaced = 0.0 if letter == opposite else SLIP if (letter, opposite) in NEIGHBOURS else 1.0
            cost = min(above[j] + TOO_MANY, row[-1] + LEFT_OUT, above[j - 1] + replaced)
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == opposite and letter != opposite:
                cost = min(cost, before[j - 2] + SWAP)
            row.append(cost)
        before, above = above, row
    return above[-1] + (FIRST_LETTER if typed[:1] != meant[:1] else 0)
