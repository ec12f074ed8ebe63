"""Starting translations, bringing them up to date, and publishing them: always as drafts, through the one gate."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Locale, Page, TaskState, WorkflowState
from wagtail_localize.models import Translation, TranslationSource

from portal.core.models import PortalPage
from portal.core.publication import PublicationRefusedError, lock_pages
from portal.editorial.approval.review import StaleReviewError, compare_url, content_hash_of
from portal.editorial.models import Review
from portal.editorial.records.translations import Basis
from portal.editorial.translations import changes, machine, privacy
from portal.editorial.translations.contents import merged
from portal.editorial.translations.readable import whole
from portal.editorial.translations.strings import keep_strings, translate_from_store
from portal.editorial.translations.tracking import twins_of

STARTED = "portal.translation.start"
UPDATED = "portal.translation.update"
SETTLED = "portal.translation.settle"


def check_place(page: Page, locale: Locale, user: Any) -> None:
    """Raise `Refused` unless this person may write this page's translation where it would stand."""
    if not page.permissions_for_user(user).can_edit():
        raise PublicationRefusedError(_("You may not edit the original."))
    parent = page.get_parent()
    place = parent if parent.is_root() else parent.get_translation_or_none(locale)
    if place is None or place.alias_of_id:
        raise PublicationRefusedError(
            _("“%(page)s” is not translated into %(language)s yet: begin there.")
            % {"page": parent.get_admin_display_title(), "language": locale.get_display_name()}
        )
    tester = place.specific_deferred.permissions_for_user(user)
    may_add = tester.can_add_subpage() and page.specific_class.can_create_at(place)
    existing = page.get_translation_or_none(locale)
    if not may_add and not (existing and existing.permissions_for_user(user).can_edit()):
        raise PublicationRefusedError(
            _("You may not add pages in %(language)s.") % {"language": locale.get_display_name()}
        )


@transaction.atomic
def start(page: Page, locale: Locale, user: Any, by_machine: bool = False) -> Page:
    """A draft of the page in another language, with the words of the original until somebody renders them.

    An alias that shows the original there becomes the page; readers go on seeing the original's words on it until the
    draft is published. Raises `Refused`.
    """
    lock_pages([page.pk])
    page = Page.objects.get(pk=page.pk).specific
    check_place(page, locale, user)
    existing = page.get_translation_or_none(locale)
    if existing and not existing.alias_of_id:
        raise PublicationRefusedError(
            _("There is a translation into %(language)s already.") % {"language": locale.get_display_name()}
        )
    source, _created = TranslationSource.update_or_create_from_instance(whole(page))
    Translation.objects.get_or_create(source=source, target_locale=locale, defaults={"enabled": False})
    twin = _separated(existing, user) if existing else page.copy_for_translation(locale)
    if twin.owner_id != user.pk:
        twin.owner = user
        twin.save(update_fields=["owner"], clean=False)
    draft = _in_own_language(twin.get_latest_revision_as_object())
    if by_machine:
        machine.translate(draft, page.locale, locale, set(changes.texts_of(draft)))
    revision = draft.save_revision(user=user, clean=False)
    privacy.take_over(page, twin)
    Basis.objects.update_or_create(
        translation=twin.page_ptr,
        defaults={"source": page.page_ptr, "revision": page.live_revision or page.latest_revision},
    )
    log(instance=twin, action=STARTED, user=user, revision=revision)
    return type(twin).objects.get(pk=twin.pk)


def _separated(alias: Page, user: Any) -> Page:
    """The alias as a page of its own, as Wagtail makes it one."""
    alias = alias.specific
    alias.alias_of_id = None
    alias.save(update_fields=["alias_of_id"], clean=False)
    revision = alias.save_revision(changed=False, clean=False)
    if alias.live:
        alias.live_revision = revision
        alias.save(update_fields=["live_revision"], clean=False)
    title = alias.get_admin_display_title()
    log(
        instance=alias,
        action="wagtail.convert_alias",
        user=user,
        revision=revision,
        data={"page": {"id": alias.pk, "title": title}},
    )
    return alias


def _in_own_language(draft: Page) -> Page:
    content = draft.serializable_data()
    return draft.with_content_json(changes.in_language_of(draft, content))


@transaction.atomic
def update(translation: Page, user: Any, by_machine: bool = False) -> Page:
    """A draft of the translation with what changed in the original; what its translator wrote stays.

    Raises `Refused`.
    """
    page, basis = _to_change(translation, user)
    source_page = basis.source.specific
    newest = source_page.live_revision or source_page.get_latest_revision()
    base, new = changes.version(basis.revision), newest.as_object() if newest else source_page
    source, _created = TranslationSource.get_or_create_from_instance(whole(source_page))
    record, _created = Translation.objects.get_or_create(
        source=source, target_locale=page.locale, defaults={"enabled": False}
    )
    draft = page.get_latest_revision_as_object()
    if record.enabled:
        translate_from_store(record, draft)
    texts = changes.texts_of(new)
    found = changes.changes_between(base, new) if base else []
    content = draft.serializable_data()
    own = changes.content_of(draft)
    theirs = changes.in_language_of(page, changes.content_of(new))
    before = changes.in_language_of(page, changes.content_of(base)) if base else {}
    together = merged(before, theirs, own, texts, always=changes.facts_of(type(page)), afresh=by_machine)
    draft = page.with_content_json({**content, **_packed(page, together, own)})
    if by_machine:
        wanted = {change.path for change in found} if base else set(texts) - set(changes.texts_of(page))
        machine.translate(draft, source_page.locale, page.locale, wanted & set(texts))
    record.source, _created = TranslationSource.update_or_create_from_instance(whole(source_page))
    keep_strings(record, new, draft, user)
    revision = draft.save_revision(user=user, clean=False)
    privacy.take_over(source_page, page)
    waiting = changes.added_to(changes.read(basis.changes), found)
    Basis.objects.filter(pk=basis.pk).update(revision=newest, outdated_at=None, changes=changes.kept(waiting))
    log(instance=page, action=UPDATED, user=user, revision=revision)
    return type(page).objects.get(pk=page.pk)


def _packed(page: Page, content: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What changed, as a revision holds it: relations get new records, and blocks are text again."""
    return {name: changes.packed(page, name, value) for name, value in content.items() if value != own.get(name)}


@transaction.atomic
def settle(translation: Page, user: Any) -> Page:
    """Somebody has looked, and the translation is good as it is. Raises `Refused`."""
    page, basis = _to_change(translation, user)
    source = basis.source
    Basis.objects.filter(pk=basis.pk).update(
        revision=source.live_revision or source.latest_revision, outdated_at=None, changes=[]
    )
    log(instance=page, action=SETTLED, user=user)
    return page


def _to_change(translation: Page, user: Any) -> tuple[PortalPage, Basis]:
    """The page and its basis, locked; what was refused or is under way is left alone."""
    lock_pages([translation.pk])
    page = Page.objects.get(pk=translation.pk).specific
    basis = _basis_of(page)
    if basis is None:
        raise PublicationRefusedError(_("This page is no translation of another."))
    if not page.permissions_for_user(user).can_edit():
        raise PublicationRefusedError(_("You may not edit this page."))
    lock = page.get_lock()
    if page.workflow_in_progress or (lock and lock.for_user(user)):
        raise PublicationRefusedError(_("The page is in review or locked: bring it up to date afterwards."))
    return page, basis


def _basis_of(page: Page) -> Basis | None:
    known = Basis.objects.filter(translation=page.pk).select_related("source", "revision").first()
    if known or page.alias_of_id:
        return known
    eldest = twins_of(page).first()
    if eldest is None or eldest.pk > page.pk:
        return None
    # Made by hand, and never noted: nobody knows which version it renders.
    return Basis.objects.create(translation=page.page_ptr, source=eldest)


@dataclass(frozen=True)
class PublishResult:
    """What became of a page that somebody wanted to publish."""

    page: Page
    is_live: bool


@transaction.atomic
def publish_or_submit(page: Page, user: Any, seen: str = "") -> PublishResult:
    """Publish, approve or submit the draft: whatever this person may do. Raises `Refused`.

    `seen` is the mark of the draft that was looked at.
    """
    lock_pages([page.pk])
    page = Page.objects.get(pk=page.pk).specific
    latest, tester = page.latest_revision, page.permissions_for_user(user)
    if latest is None or not (tester.can_edit() or _asks(page, user)):
        raise PublicationRefusedError(_("You may not edit this page."))
    if seen and seen != content_hash_of(latest):
        raise StaleReviewError(compare_url(page, latest, latest))
    if page.live and not page.has_unpublished_changes:
        raise PublicationRefusedError(_("This is published already."))
    state: WorkflowState | None = page.current_workflow_state
    if state and state.status == WorkflowState.STATUS_IN_PROGRESS:
        _approve(page, state.current_task_state, user, seen)
    elif tester.can_publish():
        latest.publish(user=user)
    elif state and state.status == WorkflowState.STATUS_NEEDS_CHANGES and tester.can_submit_for_moderation():
        state.resume(user)
    elif state is None and tester.can_submit_for_moderation():
        page.get_workflow().start(page, user)
    else:
        raise PublicationRefusedError(_("You may not publish here. Your draft is saved."))
    fresh = Page.objects.get(pk=page.pk)
    return PublishResult(fresh, fresh.live and not fresh.has_unpublished_changes)


def _asks(page: Page, user: Any) -> bool:
    state = page.current_workflow_task_state
    task = state.task.specific if state else None
    return isinstance(task, Review) and task.asks(page, user)


def _approve(page: Page, step: TaskState, user: Any, seen: str) -> None:
    if not _asks(page, user):
        raise PublicationRefusedError(_("The page is in review already."))
    step.specific.task.specific.on_action(step.specific, user, "approve", seen=seen)
