"""Reads lists of old and new URLs: spreadsheets, and exports from WordPress's Redirection plugin."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from portal.platform.spreadsheets.reading import SheetError, rows_of
from portal.platform.spreadsheets.workbooks import cell_text

# The confirmation form contains the whole list.
MOST_LINES = 2000
OLD = (
    "old address, old, old url, from, source, source url, url, redirect from, ancienne adresse, ancienne url, "
    "ancienne, adresse de départ, de, source url, alte adresse, alte url, alt, von, quelle, quell-url"
)
NEW = (
    "new address, new, new url, to, target, target url, destination, redirect to, nouvelle adresse, nouvelle url, "
    "nouvelle, adresse d'arrivée, vers, cible, neue adresse, neue url, neu, nach, ziel, ziel-url"
)
CODE = "code, status, http code, status code, statut, statuscode, http-code"
REGEX = "regex, regular expression"
KIND = "type, action type, action"
COLUMNS = {
    name.strip(): kind
    for kind, names in {"old": OLD, "new": NEW, "code": CODE, "regex": REGEX, "kind": KIND}.items()
    for name in names.split(",")
}
TEMPORARY = ("302", "303", "307")
PERMANENT = ("", "301", "308")
NO = ("", "0", "false", "no", "non", "nein")
# Longer addresses are refused. The page that shows the refused lines must not become as large as the file.
LONGEST = 1000
# The plugin's names for a rule from one URL to another.
PLAIN_RULES = ("", "url")


@dataclass(frozen=True)
class ListedRedirect:
    """A line of a list. `problem` says why its rule cannot be accepted; empty if it can."""

    line: int
    old: str
    new: str
    is_permanent: bool = True
    problem: str = ""


def read_redirects(content: bytes) -> list[ListedRedirect]:
    """The lines of a list. Raises SheetError. Entries of a JSON export are counted from 1."""
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    found = list(_of_plugin(text) if text.startswith(b"{") else _of_spreadsheet(content))
    if not found:
        raise SheetError(_("The list has no addresses."))
    if len(found) > MOST_LINES:
        raise SheetError(_("The list has more than %(most)d lines. Import it in parts.") % {"most": MOST_LINES})
    return found


def _of_spreadsheet(content: bytes) -> Iterator[ListedRedirect]:
    # Two lines more: the column names, and the line that exceeds the limit.
    lines = list(islice(rows_of(BytesIO(content)), MOST_LINES + 2))
    places = _columns(lines[0][1]) if lines else {}
    if {"old", "new"} <= places.keys():
        lines = lines[1:]
    else:
        # A list without column names, such as `/old;/new`.
        places = {"old": 0, "new": 1}
    for number, cells in lines:
        row = {name: cells[place] for name, place in places.items() if place < len(cells)}
        yield _listed(number, row)


def _columns(names: Sequence[str]) -> dict[str, int]:
    plain = [" ".join(name.replace("_", " ").replace("’", "'").casefold().split()) for name in names]
    found: dict[str, int] = {}
    for place, name in enumerate(plain):
        if kind := COLUMNS.get(name):
            found.setdefault(kind, place)
    return found


def _of_plugin(content: bytes) -> Iterator[ListedRedirect]:
    try:
        rules = json.loads(content.decode())["redirects"]
        rows = [(number, _row_of_rule(rule)) for number, rule in enumerate(islice(rules, MOST_LINES + 1), 1)]
        # Half of a surrogate pair cannot be stored or shown.
        json.dumps(rows, ensure_ascii=False).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SheetError(_("The file is no export of the Redirection plugin.")) from error
    for number, row in rows:
        yield _listed(number, row)


def _row_of_rule(rule: dict[str, Any]) -> dict[str, str]:
    target = rule.get("action_data") or {}
    is_enabled = rule.get("enabled", True) and rule.get("status", "enabled") != "disabled"
    return {
        "old": cell_text(rule["url"]),
        "new": cell_text(target.get("url") if isinstance(target, dict) else target),
        "code": cell_text(rule.get("action_code")),
        "regex": cell_text(rule.get("regex")),
        "kind": cell_text(rule.get("action_type")),
        "match": cell_text(rule.get("match_type")),
        "disabled": "" if is_enabled else "1",
    }


def _listed(number: int, row: dict[str, str]) -> ListedRedirect:
    code = row.get("code", "")
    problem = _problem_with(row, code)
    old, new = (row.get(name, "")[:LONGEST] for name in ("old", "new"))
    return ListedRedirect(number, old, new, code not in TEMPORARY, problem)


def _problem_with(row: dict[str, str], code: str) -> str:
    if row.get("regex", "").casefold() not in NO:
        return _("a rule with a regular expression; write one line for each address")
    if row.get("kind", "") not in PLAIN_RULES or row.get("match", "") not in PLAIN_RULES:
        return _("a rule that depends on more than the address")
    if row.get("disabled"):
        return _("switched off there")
    if code not in (*PERMANENT, *TEMPORARY):
        return _("the code %(code)s, which is no redirect") % {"code": code[:20]}
    if not row.get("old"):
        return _("no old address")
    return "" if row.get("new") else _("no new address")
