"""A preview is refused at once while somebody else writes."""

from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connections, transaction
from django.utils import timezone
from wagtail.models import Page

from portal.editorial.releases.previewing import PreviewBusyError, carried_out_for_preview
from portal.editorial.roles import Role
from tests.builders import make_newsroom, make_site
from tests.editorial.drafts import draft
from tests.editorial.releases.made import release_of


def test_preview_does_not_wait_for_somebody_who_is_writing(installation, db):
    with installation.here():
        ground = make_site("lorraine.localhost")
        editor = make_newsroom(ground)[Role.EDITOR]
        page = draft(ground, editor, "Le budget est voté")
        release = release_of(editor, page)
    with (
        installation.here(),
        somebody_writing(page),
        pytest.raises(PreviewBusyError),
        carried_out_for_preview(release, editor, timezone.now()),
    ):
        pass


@contextmanager
def somebody_writing(page):
    """A transaction of another connection that has changed the page."""
    written, ended = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            Page.objects.filter(pk=page.pk).update(draft_title="Autre")
            written.set()
            ended.wait(60)
        connections.close_all()

    writer = Thread(target=write)
    writer.start()
    assert written.wait(60)
    try:
        yield
    finally:
        ended.set()
        writer.join()
