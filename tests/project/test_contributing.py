"""The new kind of page and the new block in CONTRIBUTING.md work as written, in a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from portal.env import BASE_DIR

FENCE = re.compile(r"^ *```(python|html|toml|diff) (\S+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
MAX_FILES = {"A new kind of page": 5, "A new block": 3}
# Templates and translations do not count.
FREE = ".html"
# Starts from the schema in the repository, so that only the new migration is run.
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from portal.demo import schema
connection.ensure_connection()
schema.load_schema(connection.connection)
call_command("migrate", verbosity=0)
schema.write(connection.connection)
"""
BLOCK = '''
"""A block that was added is shown, found and described."""

from tests.builders import make_article
from tests.search.searching import titles


def test_new_block(lorraine):
    value = {"term": "Zinnoberrot", "text": "Ein Farbton."}

    page = make_article(lorraine.section, "Farben", body=[{"type": "definition", "value": value}])

    reader = lorraine.reader()
    assert "<dfn>Zinnoberrot</dfn>" in reader.get(lorraine.address(page)).content.decode()
    assert titles(lorraine, "Zinnoberrot") == ["Farben"]
    assert reader.get(f"/api/v2/pages/{page.pk}/").json()["blocks"][0]["value"] == value
'''


def fences(heading: str) -> list[tuple[str, str, str]]:
    """Type, path and text of each file in a section of CONTRIBUTING.md."""
    text = (BASE_DIR / "CONTRIBUTING.md").read_text()
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [(form, path, dedent(body)) for form, path, body in FENCE.findall(section)]


def changed(text: str, patch: str) -> str:
    """The text after a patch without line numbers, which must apply in exactly one place."""
    lines = patch.splitlines(keepends=True)
    before = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
    after = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
    assert text.count(before) == 1, before
    return text.replace(before, after)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The repository with the new kind, the new block and their migration."""
    place = tmp_path_factory.mktemp("repository")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=BASE_DIR, text=True).rstrip("\0").split("\0"):
        if (BASE_DIR / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BASE_DIR / name, place / name)
    for heading in MAX_FILES:
        for form, path, text in fences(heading):
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(changed(file.read_text(), text) if form == "diff" else text)
    (place / "tests/project/new_block.py").write_text(BLOCK)
    run(place, "manage.py", "makemigrations", "--name", "episodes")
    run(place, "-c", MIGRATE)
    return place


def run(place: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CACHE_URL")}
    environment |= {
        "DATA_DIR": str(place / "var"),
        "DEMO": "yes",
        "HTTPS": "no",
        "SECRET_KEY": "for-this-copy-only" * 4,
    }
    environment |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONPATH": str(place)}
    done = subprocess.run([sys.executable, *arguments], cwd=place, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("heading", "most"), MAX_FILES.items())
def test_few_files_have_to_be_changed(heading, most):
    touched = {path for _form, path, _text in fences(heading) if not path.endswith(FREE)}

    assert 0 < len(touched) <= most


def test_new_kind_and_block_need_one_migration_and_pass_the_checks(copy):
    migrations = {path.relative_to(copy) for path in copy.glob("*/**/migrations/0*.py")}

    new = [path for path in migrations if not (BASE_DIR / path).exists()]
    assert [str(path.parent) for path in new] == ["articles/migrations"]
    run(copy, "manage.py", "check", "--fail-level", "WARNING")


def test_documented_files_pass_the_style_checks(copy):
    written = [path for heading in MAX_FILES for form, path, _text in fences(heading) if path.endswith(".py")]

    run(copy, "-m", "ruff", "check", "--quiet", *written)
    run(copy, "-m", "ruff", "format", "--quiet", "--check", *written)


def test_new_kind_and_new_block_are_complete(copy):
    kind = "tests/project/test_kinds.py::test_kind_is_complete_in_all_places[episode]"

    message = run(copy, "-m", "pytest", "-q", "-n", "0", kind, "tests/project/new_block.py")

    assert "2 passed" in message
