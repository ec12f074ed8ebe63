"""portal/bootstrap.sh uses the given Python, or gives the reason why it cannot."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def bootstrap(folder: Path, python: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", ROOT / "portal/bootstrap.sh"],
        cwd=folder,
        env=os.environ | {"PYTHON": python} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("python", ["/nowhere/python3.99", "false"])
def test_broken_python_is_reported_and_not_replaced(tmp_path, python):
    done = bootstrap(tmp_path, python)

    assert done.returncode == 1
    assert done.stderr == f"{python} is no Python 3.12 or newer that runs here.\n"
    assert not list(tmp_path.iterdir())


# The program was deleted, or replaced by one without the packages.
@pytest.mark.parametrize("left", ["exit 127", """test "$2" = "" """])
def test_environment_of_a_missing_python_is_recreated(tmp_path, left):
    former = tmp_path / ".venv/bin/python"
    former.parent.mkdir(parents=True)
    former.write_text(f"#!/bin/sh\n{left}\n")
    former.chmod(0o755)

    done = bootstrap(tmp_path, "false")

    assert "The Python of .venv is gone: it is made anew" in done.stdout
    assert not former.exists()


def test_occupied_port_is_reported_before_anything_is_installed(tmp_path):
    (tmp_path / "portal").symlink_to(ROOT / "portal")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = bootstrap(tmp_path, sys.executable, FREE_PORT=str(port))

    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is in use by another program. Try: PORT=")
    assert not (tmp_path / ".venv").exists()


def test_failed_download_of_packages_is_explained(tmp_path):
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("""#!/bin/sh\ncase "$*" in *"pip install"*) exit 1 ;; *purelib*) echo .venv ;; esac\n""")
    python.chmod(0o755)

    done = bootstrap(tmp_path, "false")

    assert done.returncode == 1
    assert "The packages cannot be fetched: is there no network" in done.stderr
    assert "Installing the locked packages" not in done.stdout
