"""Saves the translation editor passage by passage, without overwriting text that others have saved meanwhile."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from portal.editorial.approval.authorship import SAME_CONFIRMED
from portal.editorial.records.translations import Basis
from portal.editorial.translations import machine
from portal.editorial.translations.changes import parse_changes, serialize_changes
from portal.editorial.translations.passages.differences import apply_settled
from portal.editorial.translations.passages.states import (
    PassageState,
    TranslationPassage,
    machine_fingerprint,
    original_of,
    passages_of,
    update_counts,
)
from portal.editorial.translations.passages.texts import Text, fingerprint, page_texts, rich_text, write_texts
from portal.editorial.translations.side_by_side.forms import Entry, shown_text
from portal.platform.slugs import slug_of


@dataclass
class Saved:
    """The result of saving, with the text that could not be saved."""

    revision: Revision | None = None
    # Text that conflicts with another person's, by passage.
    refused: dict[str, str] = field(default_factory=dict)
    # Errors by passage.
    problems: dict[str, str] = field(default_factory=dict)
    # Text whose passages no longer exist.
    orphaned: list[str] = field(default_factory=list)
    has_changed: bool = False

    @property
    def is_complete(self) -> bool:
        return not (self.refused or self.problems or self.orphaned)


@transaction.atomic
def save(page: Page, basis: Basis, entries: Iterable[Entry], user: Any, overwritten: str = "") -> Saved:
    """Save text and confirmations. The caller has locked the page.

    `overwritten` is the primary key of the revision that the same window last autosaved.
    """
    saved, is_called_same = Saved(), False
    draft = page.get_latest_revision_as_object()
    original = original_of(basis)
    passages = {passage.name: passage for passage in passages_of(basis, draft, original)}
    written: dict[TranslationPassage, str] = {}
    before = (list(basis.same), list(basis.by_machine), list(basis.changes))
    for entry in entries:
        passage = passages.get(entry.name)
        if passage is None:
            saved.orphaned += [entry.text] if entry.is_edited else []
        elif _check_text(passage, entry, saved):
            written[passage] = entry.text
            _settle(basis, passage)
        else:
            is_called_same |= entry.is_confirmed and passage.state == PassageState.MISSING
            _note_confirmation(basis, passage, entry)
    if written:
        title = draft.title
        _write(draft, written)
        _follow_title(draft, title, original)
        saved.revision = draft.save_revision(
            user=user, log_action=True, clean=False, overwrite_revision=_own_latest(page, user, overwritten)
        )
    if is_called_same:
        log(instance=page, action=SAME_CONFIRMED, user=user, revision=saved.revision or page.latest_revision)
    saved.has_changed = bool(written) or before != (basis.same, basis.by_machine, basis.changes)
    if saved.has_changed:
        basis.save()
        update_counts(basis, draft)
    return saved


def _check_text(passage: TranslationPassage, entry: Entry, saved: Saved) -> bool:
    """Whether a text must be saved. If it cannot be, the reason is added to `saved`."""
    current = shown_text(passage)
    if not entry.is_edited or entry.text == current:
        return False
    if entry.seen != fingerprint(current) and entry.replaces != fingerprint(current):
        saved.refused[entry.name] = entry.text
        return False
    if passage.path == "title" and not entry.text:
        saved.problems[entry.name] = _("Give the page a title.")
        return False
    limit = passage.place.max_length
    if limit and not passage.is_rich and len(entry.text) > limit:
        saved.problems[entry.name] = _("This is too long: there is room for %(count)d characters.") % {"count": limit}
        return False
    return True


def _note_confirmation(basis: Basis, passage: TranslationPassage, entry: Entry) -> None:
    """Store or remove the confirmation that a text is the same in both languages, was checked, or is still right."""
    if entry.shown_as in (PassageState.MISSING, PassageState.SAME):
        basis.same = [each for each in basis.same if each != passage.same_fingerprint]
    if entry.is_confirmed:
        if passage.state in (PassageState.MACHINE, PassageState.MISSING, PassageState.SAME):
            basis.same = [*basis.same, passage.same_fingerprint]
        _settle(basis, passage)


def _settle(basis: Basis, passage: TranslationPassage) -> None:
    basis.by_machine = [each for each in basis.by_machine if each != passage.machine_fingerprint]
    if not passage.changes:
        return
    left = []
    for change in parse_changes(basis.changes):
        if change.path == passage.path:
            before = apply_settled(change.before, change.after, passage.changes)
            left += [] if before == change.after else [replace(change, before=before)]
        else:
            left.append(change)
    basis.changes = serialize_changes(left)


def _write(draft: Page, written: dict[TranslationPassage, str]) -> None:
    texts = page_texts(draft)
    changed: dict[str, dict[int | None, tuple[str, bool]]] = defaultdict(dict)
    for passage, text in written.items():
        changed[passage.path][passage.part] = (text, passage.is_rich)
    result = {}
    for path, parts in changed.items():
        if None in parts:
            text, is_rich = parts[None]
            result[path] = rich_text(text) if is_rich else Text((text,))
        else:
            whole = texts[path].parts
            result[path] = Text(
                tuple(parts.get(number, (part, True))[0] for number, part in enumerate(whole)), is_rich=True
            )
    write_texts(draft, result)


def _follow_title(draft: Page, title: str, original: Page) -> None:
    """Derive the slug from a new title until the page is published, unless somebody has chosen one."""
    language = draft.locale.language_code
    if draft.first_published_at or draft.slug not in (original.slug, slug_of(title, language)):
        return
    slug = slug_of(draft.title, language)
    if slug and not draft.get_siblings(inclusive=False).filter(slug=slug).exists():
        draft.slug = slug


def _own_latest(page: Page, user: Any, overwritten: str) -> Revision | None:
    latest = page.latest_revision
    is_own = latest is not None and str(latest.pk) == overwritten and latest.user_id == user.pk
    return latest if is_own else None


@transaction.atomic
def fill_by_machine(page: Page, basis: Basis, user: Any) -> int:
    """Translate the missing passages and return their number. The caller has locked the page.

    Raises PublicationRefusedError without a translator.
    """
    draft = page.get_latest_revision_as_object()
    original = original_of(basis)
    missing = [passage for passage in passages_of(basis, draft, original) if passage.state == PassageState.MISSING]
    texts = machine.translate([(passage.source, passage.is_rich) for passage in missing], original.locale, page.locale)
    written = dict(zip(missing, texts, strict=True))
    if not written:
        return 0
    title = draft.title
    _write(draft, written)
    _follow_title(draft, title, original)
    draft.save_revision(user=user, log_action=True, clean=False)
    marks = [machine_fingerprint(passage.path, text, passage.is_rich) for passage, text in written.items()]
    basis.by_machine = list(dict.fromkeys([*basis.by_machine, *marks]))
    basis.save()
    update_counts(basis, draft)
    return len(written)
