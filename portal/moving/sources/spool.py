"""Stores the records of a source that is read only once, such as a live site, as JSON lines in a compressed file."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.moving.wordpress.parts import MOST_BYTES
from portal.moving.wordpress.records import Author, Channel, Comment, ExportError, Item, Record, Term, unreadable
from portal.moving.wordpress.values import MOST_PARTS, json_value

KINDS: dict[str, Any] = {"channel": Channel, "author": Author, "term": Term, "item": Item}
NAMES = {kind: name for name, kind in KINDS.items()}
TIMES = ("date", "date_gmt")
# Much longer than any post in a WordPress export.
LONGEST_LINE = 20_000_000


def write_records(records: Iterable[Record], path: Path) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for record in records:
            file.write(record_as_line(record))


def read_records(path: Path) -> Iterator[Record]:
    left = MOST_BYTES
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            # An upload may claim to be such a file, and unpack to one endless line.
            while line := file.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE:
                    raise ExportError(_("one record is longer than %(most)d characters") % {"most": LONGEST_LINE})
                left -= len(line)
                if left < 0:
                    raise ExportError(
                        _("unpacked, it is larger than %(most)d GB") % {"most": MOST_BYTES // 1_000_000_000}
                    )
                yield record_from_line(line)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ExportError(unreadable(error), part=path.name) from error


def record_as_line(record: Record) -> str:
    facts = asdict(record)
    if not facts.get("posts_page", True):
        # The previous version has no such field.
        del facts["posts_page"]
    return json.dumps({"record": NAMES[type(record)], **facts}, default=datetime.isoformat) + "\n"


def record_from_line(line: str) -> Record:
    facts: dict[str, Any] = json_value(line, MOST_PARTS)
    kind = KINDS[facts.pop("record")]
    if kind is Item:
        facts["terms"] = [(taxonomy, slug) for taxonomy, slug in facts["terms"]]
        facts["comments"] = [Comment(**comment) for comment in facts["comments"]]
        facts |= {name: datetime.fromisoformat(facts[name]) for name in TIMES if facts[name]}
    found: Record = kind(**facts)
    # An upload may claim to be such a file.
    for each in fields(found):
        if each.type in (str, int) and not isinstance(getattr(found, each.name), each.type):
            raise ValueError(_("“%(name)s” has a value of the wrong type") % {"name": each.name})
    return found
