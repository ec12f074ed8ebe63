"""Planned items: creates the draft and its plan, changes the plan, and mails the person in charge."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest
from wagtail.log_actions import log
from wagtail.models import Page, PageSubscription
from wagtail.signals import init_new_page

from portal.accounts.names import name_of
from portal.content.pages.pages import PortalPage
from portal.content.publication import lock_pages
from portal.editorial.mails.page_mails import EDIT, edit_link, enqueue_about_page
from portal.editorial.records.planning import PlannedItem
from portal.editorial.work_area import WorkArea
from portal.platform.slugs import free_slug, slug_of

PLAN_CHANGED = "portal.plan_changed"
# Leaves room for a number in the column.
LONGEST_SLUG = 240


def visible_page(request: HttpRequest, key: int) -> Any:
    """The page with this key. Raises Http404 if the user must not learn that it exists."""
    area = WorkArea.of(request.user)
    page = Page.objects.filter(area.page_condition(), pk=key, depth__gt=1, alias_of=None).first()
    if page is None:
        raise Http404
    return page.specific


@transaction.atomic
def plan_new_page(
    model: type[PortalPage], parent: Page, title: str, *, day: date, person: Any, note: str, user: Any
) -> PlannedItem:
    """Create a draft with only a title, and its plan. The caller has checked the permission to add it.

    The person in charge owns the draft: some roles may only change their own pages. The user is an author of the title
    until somebody else writes (`approval.authorship`).
    """
    lock_pages([parent.pk])
    parent = Page.objects.get(pk=parent.pk).specific
    wanted = slug_of(title, parent.locale.language_code, longest=LONGEST_SLUG)
    slug = free_slug(parent, wanted or str(model._meta.model_name))
    page = model(title=title, draft_title=title, slug=slug, locale=parent.locale, owner=person or user, live=False)
    init_new_page.send(sender=model, page=page, parent=parent)
    parent.add_child(instance=page)
    # As in Wagtail, required fields are only checked before publication.
    revision = page.save_revision(user=user, clean=False)
    log(instance=page, action="wagtail.create", user=user, revision=revision, content_changed=True)
    item = PlannedItem.objects.create(
        page_id=page.pk, day=day, person=person, note=note, revision=revision, created_by=user
    )
    follow_comments(page, page.owner)
    notify_person(page, item, user)
    return item


@transaction.atomic
def change_plan(page: PortalPage, item: PlannedItem, *, day: date, person: Any, note: str, user: Any) -> None:
    """Save a plan. A new person in charge becomes the draft's owner. A new person or day is announced by mail."""
    # A simultaneous request waits for this lock.
    lock_pages([page.pk])
    before = item.person_id, item.day
    item.day, item.person, item.note = day, person, note
    item.save()
    log_plan(page, item, user)
    if person is not None and person.pk != before[0]:
        Page.objects.filter(pk=page.pk).update(owner=person)
        page.owner = person
        follow_comments(page, person)
    if before != (item.person_id, day):
        notify_person(page, item, user)


@transaction.atomic
def remove_plan(page: PortalPage, item: PlannedItem, user: Any) -> None:
    lock_pages([page.pk])
    item.day, item.person, item.note = None, None, ""
    item.save()
    log_plan(page, item, user)


def log_plan(page: PortalPage, item: PlannedItem, user: Any) -> None:
    day = item.day.isoformat() if item.day else ""
    log(instance=page, action=PLAN_CHANGED, user=user, data={"day": day, "person": item.person_id})


def follow_comments(page: PortalPage, person: Any) -> None:
    """Subscribe somebody to the page's comments, as Wagtail does for the creator of a page."""
    PageSubscription.objects.get_or_create(page_id=page.pk, user=person, defaults={"comment_notifications": True})


def notify_person(page: PortalPage, item: PlannedItem, user: Any) -> None:
    enqueue_about_page(
        "planned",
        page,
        [item.person],
        actor=user,
        preference="",
        link=edit_link(page),
        link_label=EDIT,
        who=name_of(user),
        day=item.day,
        comment=item.note,
    )
