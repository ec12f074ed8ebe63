"""Avoids work that every test would repeat with the same result, and work with a result that no test reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, Any
from unittest import mock

from django.conf import settings
from django.db import connection
from django.template.context import Context
from django.template.library import InclusionNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from modelsearch import signal_handlers
from wagtail.blocks import Block
from wagtail.blocks.base import BlockWidget
from wagtail.images.rect import Rect

from portal.media import faces, models

STATEMENTS = 2000
ICON = "wagtailadmin/shared/icon.html"


@contextmanager
def known_faces() -> Iterator[None]:
    """Search the same picture for faces only once; most tests store the same few pictures."""
    known: dict[tuple[bytes, bool], Rect | None] = {}

    def focus(file: IO[bytes]) -> Rect | None:
        key = sha256(file.read()).digest(), faces.HAS_OPENCV
        file.seek(0)
        if key not in known:
            known[key] = faces.focus_on_faces(file)
        return known[key]

    with mock.patch.object(models, "focus_on_faces", focus):
        yield


@contextmanager
def known_blocks() -> Iterator[None]:
    """Describe a type of field to the form's scripts once per language, not once per form."""
    build = BlockWidget._build_block_json
    # The block is stored beside its description, so that no other block gets its identity.
    known: dict[tuple[int, str | None], tuple[Block, Any, str]] = {}

    def describe(widget: BlockWidget) -> None:
        key = id(widget.block_def), get_language()
        if key not in known:
            build(widget)
            known[key] = widget.block_def, widget._js_context, widget._block_json
        _block, widget._js_context, widget._block_json = known[key]

    with mock.patch.object(BlockWidget, "_build_block_json", describe):
        yield


@contextmanager
def known_icons() -> Iterator[None]:
    """Render each icon of the newsroom once, not each time it is shown: a page form shows more than two hundred."""
    render = InclusionNode.render
    known: dict[tuple[Any, ...], SafeString] = {}

    def draw(node: InclusionNode, context: Context) -> SafeString:
        if node.filename != ICON:
            return render(node, context)
        arguments, options = node.get_resolved_arguments(context)
        # Titles are translated when they are rendered, and an escaped text is not equal to a safe one.
        key = tuple((name, type(value), str(value)) for name, value in sorted(node.func(*arguments, **options).items()))
        if key not in known:
            known[key] = render(node, context)
        return known[key]

    with mock.patch.object(InclusionNode, "render", draw):
        yield


class _WhereItIsWritten:
    """Wagtail's task that indexes a record for the newsroom's search. It reads the record even if it writes nothing."""

    task = signal_handlers.insert_or_update_object_task

    def enqueue(self, *record: str) -> None:
        if any(backend.get("AUTO_UPDATE", True) for backend in settings.WAGTAILSEARCH_BACKENDS.values()):
            self.task.enqueue(*record)


@contextmanager
def idle_search_left_alone() -> Iterator[None]:
    with mock.patch.object(signal_handlers, "insert_or_update_object_task", _WhereItIsWritten()):
        yield


def enlarge_statement_cache() -> None:
    """Enlarge SQLite's statement cache: a newsroom page has more queries than Python's default of 128."""
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["cached_statements"] = STATEMENTS
