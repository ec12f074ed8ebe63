"""Starts and updates translations as drafts; publishes and submits them through the publication gate."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.log_actions import log
from wagtail.models import Locale, Page, TaskState, WorkflowState
from wagtail_localize.models import Translation, TranslationSource

from portal.content.blocks.ids import store_ids
from portal.content.pages.pages import PortalPage
from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.visibility import is_in_trash
from portal.editorial.approval.authorship import take_over_alias, take_over_text
from portal.editorial.approval.independence import who_else
from portal.editorial.approval.review import StaleReviewError, compare_url, content_hash_of
from portal.editorial.models import Review
from portal.editorial.records.translations import Basis
from portal.editorial.translations import changes, privacy
from portal.editorial.translations.blank_texts import fill_blank_texts
from portal.editorial.translations.merging import merge_translation
from portal.editorial.translations.passages.states import update_counts
from portal.editorial.translations.passages.texts import renew_untranslated
from portal.editorial.translations.tracking import translations_of

STARTED = "portal.translation.start"
UPDATED = "portal.translation.update"
SETTLED = "portal.translation.settle"


def check_may_translate(page: Page, locale: Locale, user: Any) -> None:
    """Raise PublicationRefusedError unless this person may add or edit the page's translation."""
    if not page.permissions_for_user(user).can_edit():
        raise PublicationRefusedError(_("You may not edit the original."))
    parent = page.get_parent()
    target = parent if parent.is_root() else parent.get_translation_or_none(locale)
    if target is None or target.alias_of_id or is_in_trash(target):
        raise PublicationRefusedError(
            _("“%(page)s” is not translated into %(language)s yet: begin there.")
            % {"page": parent.get_admin_display_title(), "language": locale.get_display_name()}
        )
    tester = target.specific_deferred.permissions_for_user(user)
    may_add = tester.can_add_subpage() and page.specific_class.can_create_at(target)
    existing = page.get_translation_or_none(locale)
    if not may_add and not (existing and existing.permissions_for_user(user).can_edit()):
        raise PublicationRefusedError(
            _("You may not add pages in %(language)s.") % {"language": locale.get_display_name()}
        )


def missing_parents(page: Page, locale: Locale) -> list[Page]:
    """The ancestors of this page that do not exist in the language yet, from the top down."""
    translated = Page.objects.filter(locale=locale, alias_of=None).values("translation_key")
    above = page.get_ancestors().filter(depth__gt=2).exclude(translation_key__in=translated)
    return list(above.order_by("depth"))


@transaction.atomic
def start_with_parents(page: Page, locale: Locale, user: Any) -> Page:
    """Start the missing translations of the page's ancestors, then its own."""
    for parent in missing_parents(page, locale):
        start(parent, locale, user)
    return start(page, locale, user)


@transaction.atomic
def start(page: Page, locale: Locale, user: Any) -> Page:
    """Create a draft of the page in another language, with the original's text.

    An alias in that language becomes the translation, and shows the original until the draft is published. Raises
    PublicationRefusedError.
    """
    lock_pages([page.pk])
    page = Page.objects.get(pk=page.pk).specific
    check_may_translate(page, locale, user)
    existing = page.get_translation_or_none(locale)
    if existing and is_in_trash(existing):
        raise PublicationRefusedError(
            _("A translation into %(language)s is in the trash. Restore it or delete it for ever.")
            % {"language": locale.get_display_name()}
        )
    if existing and not existing.alias_of_id:
        raise PublicationRefusedError(
            _("A translation into %(language)s already exists.") % {"language": locale.get_display_name()}
        )
    store_ids(page)
    source, _created = TranslationSource.update_or_create_from_instance(fill_blank_texts(page))
    Translation.objects.get_or_create(source=source, target_locale=locale, defaults={"enabled": False})
    if existing:
        alias, original = existing.specific, existing.alias_of
        translation = ConvertAliasPageAction(alias, user=user).execute(skip_permission_checks=True)
        take_over_alias(original, translation, user)
    else:
        translation = page.copy_for_translation(locale)
    if translation.owner_id != user.pk:
        translation.owner = user
        translation.save(update_fields=["owner"], clean=False)
    draft = translation.get_latest_revision_as_object()
    draft = draft.with_content_json(changes.localize_references(draft, draft.serializable_data()))
    revision = draft.save_revision(user=user, clean=False)
    privacy.inherit_restriction(page, translation)
    basis, _created = Basis.objects.update_or_create(
        translation=translation.page_ptr,
        defaults={"source": page.page_ptr, "revision": page.live_revision or page.latest_revision},
    )
    update_counts(basis, draft)
    log(instance=translation, action=STARTED, user=user, revision=revision)
    take_over_text(page, translation, revision, user, is_row=True)
    return type(translation).objects.get(pk=translation.pk)


@transaction.atomic
def update(translation: Page, user: Any, replaces_texts: bool = False) -> Page:
    """Save a draft of the translation with the original's changes. Translated text does not change.

    With `replaces_texts`, changed text is replaced with the original's, for machine translation. Raises
    PublicationRefusedError.
    """
    page, basis = _lock_for_change(translation, user)
    source_page = basis.source.specific
    store_ids(source_page)
    newest = source_page.live_revision or source_page.get_latest_revision()
    base = basis.revision.as_object() if basis.revision else None
    new = newest.as_object() if newest else source_page
    draft = page.get_latest_revision_as_object()
    found = changes.changes_between(base, new) if base else []
    content = draft.serializable_data()
    translated = changes.content_of(draft)
    original = changes.localize_references(page, changes.content_of(new))
    original_before = changes.localize_references(page, changes.content_of(base)) if base else {}
    merged = merge_translation(
        original_before,
        original,
        translated,
        changes.texts_of(new),
        synchronized=changes.synchronized_fields(type(page)),
        replace_texts=replaces_texts,
    )
    draft = page.with_content_json({**content, **_changed_values(page, merged, translated)})
    if base:
        renew_untranslated(draft, base, new)
    revision = draft.save_revision(user=user, clean=False)
    privacy.inherit_restriction(source_page, page)
    waiting = changes.combine_changes(changes.parse_changes(basis.changes), found)
    basis.revision, basis.outdated_at, basis.changes = newest, None, changes.serialize_changes(waiting)
    basis.save()
    update_counts(basis, draft)
    log(instance=page, action=UPDATED, user=user, revision=revision)
    take_over_text(source_page, page, revision, user, is_row=source_page.live)
    return type(page).objects.get(pk=page.pk)


def _changed_values(page: Page, content: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The values that differ from `before`, in the format of a revision's content."""
    return {
        name: changes.revision_value(page, name, value) for name, value in content.items() if value != before.get(name)
    }


@transaction.atomic
def settle(translation: Page, user: Any) -> Page:
    """Mark the translation as up to date without changing it. Raises PublicationRefusedError."""
    page, basis = _lock_for_change(translation, user)
    source = basis.source
    Basis.objects.filter(pk=basis.pk).update(
        revision=source.live_revision or source.latest_revision, outdated_at=None, changes=[]
    )
    log(instance=page, action=SETTLED, user=user)
    return page


def _lock_for_change(translation: Page, user: Any) -> tuple[PortalPage, Basis]:
    """Lock the page. Refuses a page that is in review or has an editing lock."""
    lock_pages([translation.pk])
    page = Page.objects.get(pk=translation.pk).specific
    basis = basis_or_new(page)
    if basis is None:
        raise PublicationRefusedError(_("This page is not a translation of another."))
    if not page.permissions_for_user(user).can_edit():
        raise PublicationRefusedError(_("You may not edit this page."))
    lock = page.get_lock()
    if page.workflow_in_progress or (lock and lock.for_user(user)):
        raise PublicationRefusedError(_("The page is in review or locked: update it afterwards."))
    return page, basis


def basis_or_new(page: Page, saves: bool = True) -> Basis | None:
    """The basis of a translation, or a new one if the translation was created without these actions.

    It is only saved with `saves`.
    """
    existing = Basis.objects.filter(translation=page.pk).select_related("source", "revision").first()
    if existing or page.alias_of_id:
        return existing
    oldest = translations_of(page).first()
    if oldest is None or oldest.pk > page.pk:
        return None
    # It has no revision, because the translated version is unknown.
    basis = Basis(translation=page.page_ptr, source=oldest)
    if saves:
        basis.save()
    return basis


@dataclass(frozen=True)
class PublishResult:
    """The page after `publish_or_submit`, and whether its latest draft is live."""

    page: Page
    is_live: bool


@transaction.atomic
def publish_or_submit(page: Page, user: Any, seen: str = "") -> PublishResult:
    """Publish, approve or submit the draft, as far as this person may. Raises PublicationRefusedError.

    `seen` is the content hash of the draft as shown.
    """
    lock_pages([page.pk])
    page = Page.objects.get(pk=page.pk).specific
    latest, tester = page.latest_revision, page.permissions_for_user(user)
    if latest is None or not (tester.can_edit() or is_reviewer(page, user)):
        raise PublicationRefusedError(_("You may not edit this page."))
    if seen and seen != content_hash_of(latest):
        raise StaleReviewError(compare_url(page, latest, latest))
    if page.live and not page.has_unpublished_changes:
        raise PublicationRefusedError(_("This is published already."))
    state: WorkflowState | None = page.current_workflow_state
    if state and state.status == WorkflowState.STATUS_IN_PROGRESS:
        approve(page, user, seen)
    elif tester.can_publish():
        latest.publish(user=user)
    elif not _submit(page, user):
        raise PublicationRefusedError(_("You may not publish here. Your draft is saved."), who_else(page, user.pk))
    fresh = Page.objects.get(pk=page.pk)
    return PublishResult(fresh, fresh.live and not fresh.has_unpublished_changes)


@transaction.atomic
def submit(page: Page, user: Any) -> None:
    """Submit the latest draft for review. Raises PublicationRefusedError."""
    lock_pages([page.pk])
    page = Page.objects.get(pk=page.pk).specific
    if not page.permissions_for_user(user).can_edit() or not _submit(page, user):
        raise PublicationRefusedError(_("The page cannot be sent for review now. Your draft is saved."))


def _submit(page: Page, user: Any) -> bool:
    """Start or resume the review. Return False if there is none or this person may not."""
    state: WorkflowState | None = page.current_workflow_state
    workflow = page.get_workflow()
    if workflow is None or not page.permissions_for_user(user).can_submit_for_moderation():
        return False
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user)
    elif state is None:
        workflow.start(page, user)
    else:
        return False
    return True


def is_reviewer(page: Page, user: Any) -> bool:
    state = page.current_workflow_task_state
    task = state.task.specific if state else None
    return isinstance(task, Review) and task.is_reviewer(page, user)


def approve(page: Page, user: Any, seen: str, comment: str = "") -> None:
    """Approve the review step in progress. Raises PublicationRefusedError."""
    if not is_reviewer(page, user):
        raise PublicationRefusedError(_("The page is in review already."))
    step: TaskState = page.current_workflow_task_state.specific
    step.task.specific.on_action(step, user, "approve", seen=seen, comment=comment)
