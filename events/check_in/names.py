"""Splits names as people enter them, and sorts lists of them."""

from typing import NamedTuple

from events.formatting.folding import fold_text


class Name(NamedTuple):
    """The parts of a name in the order in which they were written; `surname_first` is for “Weber, Anna”."""

    given: str
    surname: str
    surname_first: bool = False


def read_name(written: str) -> Name:
    """Split a name: the surname is before a comma, else it is the last word."""
    before, comma, after = written.partition(",")
    if comma and before.strip() and after.strip():
        return Name(after.strip(), before.strip(), surname_first=True)
    given, _space, surname = written.strip().rpartition(" ")
    return Name(given.strip(), surname)


def name_order(written: str) -> tuple[str, str, str]:
    """Return a sort key as in dictionaries: accents and capitals count only between equal names."""
    name = read_name(written)
    return fold_text(name.surname), fold_text(name.given), written
