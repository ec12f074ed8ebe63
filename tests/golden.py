"""Compares a document with its reviewed copy.

GOLDEN=write in the environment rewrites the copies, for a person to review.
"""

import os
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
KEYS = [
    (re.compile(r"urn:uuid:[0-9a-f-]{36}"), "urn:uuid:…"),
    (re.compile(r"/pictures/[\w=-]+/\d+/"), "/pictures/…/"),
    (re.compile(r"\?v=[0-9a-f.-]+"), "?v=…"),
    (re.compile(r"/share/\d+/[0-9a-f]+\.png"), "/share/….png"),
]


def assert_golden(name: str, text: str) -> None:
    for pattern, mark in KEYS:
        text = pattern.sub(mark, text)
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()
