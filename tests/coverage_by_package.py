"""Prints each package's branch coverage in the last measured run, and fails if the coverage of one has dropped.

COVERAGE_FILE=var/coverage .venv/bin/python -m tests.coverage_by_package [--write]

`tests/coverage.json` has each package's minimum in percent, for the whole suite; `--write` replaces it.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from coverage import Coverage

LOWEST = Path(__file__).with_name("coverage.json")
# The distribution of tests among workers changes a figure by a few branches.
TOLERANCE = 0.5


def figures() -> dict[str, float]:
    """The share of executed statements and branches, in percent, by package."""
    measured = Coverage()
    measured.load()
    report = Path("var/coverage.json")
    measured.json_report(outfile=str(report))
    ran, existing = Counter[str](), Counter[str]()
    for path, file in json.loads(report.read_text())["files"].items():
        parts, summary = Path(path).parts, file["summary"]
        package = "/".join(parts[:2]) if parts[0] == "portal" and len(parts) > 2 else parts[0]
        ran[package] += summary["covered_lines"] + summary["covered_branches"]
        existing[package] += summary["num_statements"] + summary["num_branches"]
    return {package: round(100 * ran[package] / existing[package], 1) for package in sorted(existing)}


def main() -> int:
    now = figures()
    if "--write" in sys.argv:
        LOWEST.write_text(json.dumps(now, indent=2) + "\n")
    lowest = json.loads(LOWEST.read_text())
    fallen = [package for package, figure in now.items() if figure < lowest.get(package, 0) - TOLERANCE]
    print("Branch coverage by package:")
    for package, figure in now.items():
        print(f"  {package:24}{figure:6.1f} %" + (f" (fell from {lowest[package]} %)" if package in fallen else ""))
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
