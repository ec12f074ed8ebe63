"""Reads articles from a spreadsheet with column names in its first row, in English, French or German."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.moving.sources.articles import Article, ArticleRecords, channel
from portal.moving.wordpress.records import ExportError, Record
from portal.moving.wordpress.values import parts_of
from portal.platform.spreadsheets.reading import Row, SheetError, rows_of

# Accepted column names.
COLUMNS = {
    "key": "id number numero nummer",
    "title": "title titre titel headline",
    "body": "text body content texte corps contenu inhalt",
    "standfirst": "standfirst excerpt summary chapo chapô chapeau résumé vorspann teaser zusammenfassung",
    "date": "date datum published publié veröffentlicht",
    "authors": "author authors auteur auteurs autor autoren autorin",
    "categories": "category categories section rubrique rubriques catégorie catégories rubrik rubriken kategorie",
    "tags": "tags tag topics topic mots-clés sujets thèmes schlagwörter themen",
    "picture": "picture image photo bild foto",
    "alt": "alt alternative alternativtext",
    "caption": "caption légende bildunterschrift",
    "credit": "credit crédit bildnachweis",
    "link": "address url link adresse lien",
    "status": "status statut state zustand",
}
FIELDS = {word: name for name, words in COLUMNS.items() for word in words.split()}
DRAFTS = ("draft", "brouillon", "entwurf")
DATES = ("%d/%m/%Y", "%d.%m.%Y", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M")
LISTS = ("authors", "categories", "tags")
MOST_ROWS = 100_000


def read_spreadsheet(path: Path, address: str = "") -> Iterator[Record]:
    try:
        with path.open("rb") as file:
            yield from _records(rows_of(file), path, address)
    except SheetError as error:
        raise ExportError(error.reason, error.line, path.name) from error


def _records(rows: Iterator[Row], path: Path, address: str) -> Iterator[Record]:
    _number, first = next(rows, (1, []))
    names = [FIELDS.get(cell.casefold(), "") for cell in first]
    if "title" not in names or "body" not in names:
        raise ExportError(_("its first line names no columns “title” and “text”"), 1, path.name)
    records, is_first = ArticleRecords(), True
    for number, cells in rows:
        if number > MOST_ROWS:
            raise ExportError(_("it has more than %(most)d lines") % {"most": MOST_ROWS}, number, path.name)
        row = {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}
        if not row:
            continue
        article = _article(row, number, path.name)
        if is_first:
            is_first = False
            parts = parts_of(article.link)
            origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
            yield channel(path.stem, address or origin, "spreadsheet", path.stem)
        yield from records.of(article)
    if is_first:
        raise ExportError(_("it has no lines below the names of its columns"), 1, path.name)


def _article(row: dict[str, str], number: int, part: str) -> Article:
    texts = {name: value for name, value in row.items() if name not in ("key", "date", "status")}
    facts: dict[str, Any] = {"title": "", "body": "", **texts}
    facts |= {name: [each.strip() for each in texts.get(name, "").split(";") if each.strip()] for name in LISTS}
    key = row.get("key") or texts.get("link") or facts["title"]
    status = "draft" if row.get("status", "").casefold() in DRAFTS else "publish"
    return Article(key=key, status=status, date=_date(row.get("date", ""), number, part), **facts)


def _date(text: str, number: int, part: str) -> datetime | None:
    if not text:
        return None
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    for form in DATES:
        with suppress(ValueError):
            return datetime.strptime(text, form)  # noqa: DTZ007 - in the zone of the site
    reason = _("“%(text)s” is no date such as 2025-03-31 or 31/03/2025") % {"text": text[:40]}
    raise ExportError(reason, number, part)
