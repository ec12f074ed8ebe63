"""What each test would do again, and always with the same outcome: here it is done once, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language
from modelsearch import signal_handlers
from wagtail.blocks import Block
from wagtail.blocks.base import BlockWidget

STATEMENTS = 2000


@contextmanager
def known_blocks() -> Iterator[None]:
    """Each kind of text is described to the scripts of its form once in each language, and not for each form."""
    build = BlockWidget._build_block_json
    # A block is kept beside what describes it, lest another come to have its identity.
    known: dict[tuple[int, str | None], tuple[Block, Any, str]] = {}

    def describe(widget: BlockWidget) -> None:
        key = id(widget.block_def), get_language()
        if key not in known:
            build(widget)
            known[key] = widget.block_def, widget._js_context, widget._block_json
        _block, widget._js_context, widget._block_json = known[key]

    with mock.patch.object(BlockWidget, "_build_block_json", describe):
        yield


class _WhereItIsWritten:
    """Wagtail's task that writes a record into the index of the newsroom: it reads the record, even to write nothing."""

    task = signal_handlers.insert_or_update_object_task

    def enqueue(self, *record: str) -> None:
        if any(backend.get("AUTO_UPDATE", True) for backend in settings.WAGTAILSEARCH_BACKENDS.values()):
            self.task.enqueue(*record)


@contextmanager
def idle_search_left_alone() -> Iterator[None]:
    with mock.patch.object(signal_handlers, "insert_or_update_object_task", _WhereItIsWritten()):
        yield


def keep_statements() -> None:
    """Let SQLite keep what it has compiled: the 128 statements of Python are fewer than one page of the newsroom asks."""
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["cached_statements"] = STATEMENTS
