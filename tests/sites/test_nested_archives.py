"""An archive with too deeply nested values is refused, wherever they are."""

import functools
import json
from collections.abc import Callable
from typing import Any

import pytest

from portal.sites.data.errors import TransferError
from portal.sites.transfer import importing
from portal.sites.transfer.archive import opened
from tests.sites.test_import_safety import Contents, forged, version

pytestmark = pytest.mark.usefixtures("db", "media")


def nested(depth: int) -> Callable[[Contents, dict[str, Any]], None]:
    """Nest a value of the first row of the site's settings so deeply."""

    def changed(contents: Contents, manifest: dict[str, Any]) -> None:
        name = "rows/core.SiteSettings.jsonl"
        row = json.dumps(contents[name][0] | {"menu": "HERE"})
        contents[name] = row.replace('"HERE"', "[" * depth + "]" * depth).encode() + b"\n"

    return changed


def nest_the_manifest(contents: Contents, manifest: dict[str, Any]) -> None:
    manifest["homes"] = functools.reduce(lambda inner, _: [inner], range(500), [])


NESTED = {
    "without an end": nested(100_000),
    "deeply": nested(500),
    "in the manifest": nest_the_manifest,
    "in an earlier version": version(body="[" * 50_000 + "]" * 50_000),
}


@pytest.mark.parametrize("where", NESTED)
def test_archive_with_too_deep_nesting_is_refused(exported, tmp_path, where):
    file = forged(exported, tmp_path / "nested.zip", NESTED[where])

    with pytest.raises(TransferError, match="nested more deeply"), opened(file, "") as archive:
        importing.import_site(archive, "moved.localhost", port=80)
