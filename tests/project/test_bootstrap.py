"""portal/bootstrap.sh takes the Python that it is told, or says why it cannot."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def bootstrap(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", ROOT / "portal/bootstrap.sh"],
        cwd=folder,
        env=os.environ | {"PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("python", ["/nowhere/python3.99", "false"])
def test_python_that_does_not_run_is_named_and_no_other_is_taken(tmp_path, python):
    done = bootstrap(tmp_path, python)

    assert done.returncode == 1
    assert done.stderr == f"{python} is no Python 3.12 or newer that runs here.\n"
    assert not list(tmp_path.iterdir())


# The program is gone, or another one stands there that finds none of the packages of the former.
@pytest.mark.parametrize("left", ["exit 127", """test "$2" = "" """])
def test_environment_of_a_python_that_is_gone_is_made_anew(tmp_path, left):
    former = tmp_path / ".venv/bin/python"
    former.parent.mkdir(parents=True)
    former.write_text(f"#!/bin/sh\n{left}\n")
    former.chmod(0o755)

    done = bootstrap(tmp_path, "false")

    assert "The Python of .venv is gone: it is made anew" in done.stdout
    assert not former.exists()
