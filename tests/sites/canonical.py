"""Exported sites in a comparable form, without values that differ between installations."""

import json
import re
from pathlib import Path
from typing import Any

from portal.sites.transfer.archive import Archive
from portal.sites.transfer.checking import Check

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HOST = re.compile(r"\b[a-z]+\.localhost\b")

Rows = dict[str, list[dict[str, Any]]]


def canonical(file: Path) -> Rows:
    """The rows by model, with numbers instead of keys, and without hosts and file names."""
    with file.open("rb") as opened:
        archive = Archive(opened)
        check = Check(archive)
        check.run()
        numbers: dict[str, str] = {}

        def numbered(found: re.Match[str]) -> str:
            if found[0] not in check.identities:
                return found[0]
            return numbers.setdefault(found[0], f"identity {len(numbers) + 1}")

        rows = {}
        # Pages come first, because keys are numbered in the order of pages.
        for label in sorted(archive.labels(), key=lambda each: (each != "wagtailcore.Page", each)):
            texts = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in archive.rows(label)]
            texts = [HOST.sub("HOST", UUID.sub(numbered, text)) for text in texts]
            rows[label] = [_without_chosen_names(label, json.loads(text)) for text in texts]
        return rows


def _without_chosen_names(label: str, row: dict[str, Any]) -> dict[str, Any]:
    if "file" in row:
        row["file"] = row["file"]["sha256"]
    if label == "auth.Group":
        # The name may already exist in the installation.
        row["name"] = re.sub(r"-\d+$", "", row["name"])
    if label == "newsletter.Sending" and row["state"] in ("preparing", "under way"):
        # After an import, an editor decides whether it continues.
        row["state"] = "paused"
    return row


def differences(before: Rows, after: Rows) -> list[str]:
    """A description of the differences."""
    counts = {label: (len(before.get(label, [])), len(after.get(label, []))) for label in before.keys() | after.keys()}
    found = [f"{label}: {one} rows, then {other}" for label, (one, other) in counts.items() if one != other]
    for label in before.keys() & after.keys():
        for one, other in zip(before[label], after[label], strict=False):
            names = [name for name in one if one[name] != other.get(name)]
            found += [f"{label} {name}: {one[name]!r:.200}, then {other.get(name)!r:.200}" for name in names]
    return found
