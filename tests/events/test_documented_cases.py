"""Every case in the table of docs/events.md has a test that exists."""

import re

from portal.env import BASE_DIR

ROW = re.compile(r"^\| (\d+) \| .+? \| (.+) \|$", re.MULTILINE)
CASES = set(range(1, 61))
# Explained where registration is described.
ELSEWHERE = {57}


def rows() -> dict[int, list[str]]:
    text = (BASE_DIR / "docs" / "events.md").read_text()
    return {int(number): re.findall(r"`(test_\w+)`", tests) for number, tests in ROW.findall(text)}


def test_every_case_has_a_test():
    found = rows()

    assert found.keys() >= CASES - ELSEWHERE
    assert [number for number, tests in found.items() if not tests] == []


def test_every_named_test_exists():
    written = {
        name
        for path in (BASE_DIR / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }

    assert {test for tests in rows().values() for test in tests} <= written
