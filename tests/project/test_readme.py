"""README's configuration table matches the settings."""

import gc
import re
import runpy
from collections.abc import Iterator

import pytest
from django.conf import settings

from portal import env


@pytest.fixture
def variables(monkeypatch) -> Iterator[dict[str, env.Variable]]:
    """Every variable that the production settings and the web server read."""
    for name in list(env.VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    for name in ("settings.py", "server.py"):
        runpy.run_path(str(settings.BASE_DIR / "portal" / name))
    yield env.VARIABLES
    # The web server turns it off until it is ready.
    gc.enable()


def documented() -> dict[str, tuple[str, str, str]]:
    """Type, default and meaning of each variable in the table below "## Configuration"."""
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    _before, found, after = readme.partition("\n## Configuration\n")
    assert found, "README.md has no part ## Configuration"
    part = after.split("\n## ")[0]
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in part.splitlines()
        if line.startswith("|")
    ]
    assert rows[0] == ["Variable", "Type", "Default", "Meaning"]
    return {row[0].strip("`"): (row[1], row[2].strip("`"), row[3]) for row in rows[2:]}


def test_configuration_table_names_every_variable(variables):
    assert sorted(documented()) == sorted(variables)


def test_configuration_table_gives_types_defaults_and_meanings(variables):
    expected = {
        variable.name: (variable.kind, "required" if variable.default is None else variable.default, variable.meaning)
        for variable in variables.values()
    }

    assert documented() == expected
