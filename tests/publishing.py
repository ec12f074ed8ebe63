"""Published pages in half the time of a publication; `project/test_built_pages.py` proves that their rows are the same."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import page_published, published

from portal.content.publication import Publication, passing_gate, publishing, rules


def publish_as_editor[P: Page](page: P, parent: Page) -> P:
    page.live = False
    # Its references are indexed once, at publication.
    with disable_reference_index_auto_update():
        parent.add_child(instance=page)
        revision = page.save_revision(clean=False)
    revision.publish()
    page.refresh_from_db()
    return page


def publish[P: Page](page: P, parent: Page) -> P:
    """Add a page below another, with the rows, checks and signals of a publication, but with fewer queries."""
    if page.go_live_at or getattr(page, "embargo_until", None):
        return publish_as_editor(page, parent)
    page.live = False
    with transaction.atomic():
        with disable_reference_index_auto_update():
            parent.add_child(instance=page)
        _go_live(page, _version_of(page))
    page.refresh_from_db()
    return page


def _version_of(page: Page) -> Revision:
    version = Revision.objects.create(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        content=page.serializable_data(),
        object_str=str(page),
    )
    page.latest_revision, page.latest_revision_created_at = version, version.created_at
    page.draft_title = page.title
    return version


def _go_live(page: Any, version: Revision) -> None:
    rules().before_publishing(Publication(page, version))
    now = timezone.now()
    page.live, page.live_revision, page.expired = True, version, False
    page.first_published_at, page.last_published_at = page.first_published_at or now, now
    with passing_gate(version.pk), publishing(page.pk):
        page.save(clean=False)
        page_published.send(sender=type(page), instance=page, revision=version)
        published.send(sender=type(page), instance=page, revision=version)
        log(instance=page, action="wagtail.publish", revision=version, content_changed=True)
