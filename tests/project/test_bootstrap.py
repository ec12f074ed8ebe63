"""portal/bootstrap.sh takes the Python that it is told, or says why it cannot."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("python", ["/nowhere/python3.99", "false"])
def test_python_that_does_not_run_is_named_and_no_other_is_taken(tmp_path, python):
    done = subprocess.run(
        ["sh", ROOT / "portal/bootstrap.sh"],
        cwd=tmp_path,
        env=os.environ | {"PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == f"{python} is no Python 3.12 or newer that runs here.\n"
    assert not list(tmp_path.iterdir())
