#!/bin/sh
# Makes .venv with Python 3.12 or newer and the locked packages, or brings it up to date; arguments go to `uv sync`.
# With FREE_PORT, it stops first if no server can listen on that port.
set -eu
uv_version=0.13.9
check_port() {
    if [ -n "${FREE_PORT:-}" ]; then
        "$1" portal/demo/ports.py "$FREE_PORT" || exit 1
    fi
}
not_fetched() {
    echo "The packages cannot be fetched: is there no network, or does a proxy keep them? Only installing needs it." >&2
    exit 1
}

of_venv() {
    .venv/bin/python -c "import sys, sysconfig; print($1)" 2>/dev/null || true
}
pip_install() {
    if .venv/bin/python -c "import pip" 2>/dev/null; then
        .venv/bin/python -m pip install "$@"
    else
        "$(of_venv sys._base_executable)" -m pip --python .venv/bin/python install "$@"
    fi
}

# If the system's Python was replaced, for example by an upgrade, the environment cannot run, or has no folder of
# packages for the new Python.
if [ -e .venv ] && [ ! -d "$(of_venv 'sysconfig.get_path("purelib")')" ]; then
    echo "The Python of .venv is gone: it is made anew, with the packages of this command alone."
    rm -rf .venv
fi
if [ ! -x .venv/bin/python ]; then
    python=
    for candidate in ${PYTHON:-python3 python3.15 python3.14 python3.13 python3.12 /usr/bin/python3}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ] && [ -n "${PYTHON:-}" ]; then
        echo "$PYTHON is no Python 3.12 or newer that runs here." >&2
        exit 1
    fi
    if [ -z "$python" ]; then
        echo "Portal needs Python 3.12 or newer and finds none." >&2
        echo "Install it (Debian or Ubuntu: apt install python3 python3-venv; Fedora: dnf install python3; macOS: brew install python)," >&2
        echo "or name one: make demo PYTHON=/path/to/python3" >&2
        exit 1
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "$python lacks the module venv. Install it (Debian or Ubuntu: apt install python$version-venv) and run this again." >&2
        exit 1
    fi
    check_port "$python"
    echo "Making .venv with $("$python" --version) ..."
    if "$python" -c "import pip" 2>/dev/null; then
        # It would take four seconds to install a second pip, which would be needed only once.
        "$python" -m venv --without-pip .venv
    else
        "$python" -m venv .venv
    fi
else
    check_port .venv/bin/python
fi
# Meanwhile, compile the project itself.
.venv/bin/python -m compileall -qq portal home articles events search &
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$uv_version" ]; then
    # Without a network, pip would try for half a minute.
    pip_install --quiet --retries 1 --disable-pip-version-check "uv==$uv_version" || not_fetched
fi
echo "Installing the locked packages ..."
.venv/bin/uv sync --quiet --frozen --inexact --compile-bytecode --python .venv/bin/python "$@" || not_fetched
wait
