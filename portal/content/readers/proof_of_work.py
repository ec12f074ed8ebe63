"""A small proof of work (Hashcash) that a browser computes in a second or two.

It consists of many small puzzles, because their total time varies less than that of a large one.
`portal/static/js/proof.js` solves them.
"""

from hashlib import sha256

PUZZLES, BITS = 16, 12
LONGEST_PROOF = 200


def is_proof(challenge: str, proof: str) -> bool:
    """Whether the proof solves each puzzle: the SHA-256 of `challenge:puzzle:number` begins with BITS zero bits."""
    if len(proof) > LONGEST_PROOF:
        return False
    numbers = proof.split(",")
    return len(numbers) == PUZZLES and all(is_solved(challenge, *each) for each in enumerate(numbers))


def is_solved(challenge: str, puzzle: int, number: str) -> bool:
    digest = sha256(f"{challenge}:{puzzle}:{number}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4]) >> (32 - BITS) == 0
