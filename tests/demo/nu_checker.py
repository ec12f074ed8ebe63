"""Checks the demo's public pages with the Nu HTML checker. Run with `make html`, which downloads it; needs Java.

Every kind of page in the demo network, including generated lists, is checked in each language.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from wagtail.models import Page

from home.models import SectionPage
from portal.content.serving.snapshot import snapshot_of
from search.context import search_url
from tests.builders import reader_of
from tests.demo.test_demo_network import HOSTS, demo, loaded  # noqa: F401 - fixtures

JAR = Path(os.environ.get("NU_CHECKER", "var/nu/node_modules/vnu-jar/build/dist/vnu.jar"))
PER_KIND = 2


def paths_of(key: str) -> list[str]:
    paths = []
    for edition in snapshot_of(*HOSTS[key].split(":")).editions.values():
        found: dict[tuple[type, str], list[str]] = {}
        for page in Page.objects.live().filter(path__startswith=edition.home.path).specific():
            kind = getattr(page, "listed_as", None)
            found.setdefault((type(page), kind.name if kind else ""), []).append(edition.url_of(page))
            if isinstance(page, SectionPage):
                found.setdefault((Page, ""), []).extend(edition.list_url(page, which) for which in ("news", "events"))
        paths += [path for some in found.values() for path in some[:PER_KIND]]
        paths += [
            search_url(edition),
            f"{search_url(edition)}?q=energie",
            f"{edition.url_of(edition.home)}no-such-page/",
        ]
    return paths


@pytest.mark.usefixtures("demo")
def test_pages_are_valid_html(tmp_path):
    written: dict[str, str] = {}
    for key, host in HOSTS.items():
        reader = reader_of(host)
        for path in paths_of(key):
            name = f"{len(written)}.html"
            (tmp_path / name).write_bytes(reader.get(path).content)
            written[name] = f"{host}{path}"

    command = ["java", "-jar", str(JAR), "--errors-only", "--exit-zero-always", "--format", "json", str(tmp_path)]
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stderr)

    assert len(written) > 60
    errors = [f"{written[Path(found['url']).name]}: {found['message']}" for found in report["messages"]]
    assert not errors, "\n".join(errors)
