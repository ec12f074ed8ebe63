"""Defers indexing while the demo is loaded, since every saved page would update the indexes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db.models.signals import post_save
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from search.indexing.index import indexed_together
from search.signals import page_saved


@contextmanager
def deferred_indexing() -> Iterator[None]:
    """Write the reference index and both search indexes once, at the end."""
    with indexed_together():
        with disable_reference_index_auto_update(), _paused_newsroom_search():
            yield
        _index_references()
        call_command("update_index", verbosity=0)


def _index_references() -> None:
    # Only specific pages are indexed, because the base row lacks some references.
    for model in ReferenceIndex.indexed_models - {Page}:
        for record in model._default_manager.all():
            ReferenceIndex.create_or_update_for_object(record)


@contextmanager
def _paused_newsroom_search() -> Iterator[None]:
    paused = [
        (receiver, model)
        for receiver in (post_save_signal_handler, page_saved)
        for model in get_indexed_models()
        if post_save.disconnect(receiver, sender=model)
    ]
    try:
        yield
    finally:
        for receiver, model in paused:
            post_save.connect(receiver, sender=model)
