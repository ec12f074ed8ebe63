"""Checklist items of a translation: untranslated passages, and unread machine translations."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import ngettext
from wagtail.models import Page, Revision

from portal.content.shown import cached_while_shown
from portal.editorial.approval.checklist import Finding
from portal.editorial.records.translations import Basis
from portal.editorial.translations.passages.states import PassageState, TranslationPassage, passages_of, update_counts
from portal.editorial.translations.passages.texts import fingerprint


def basis_of(page: Any) -> Basis | None:
    """The basis of a translation; None for other pages."""
    if not page.pk:
        return None
    found = Basis.objects.filter(translation=page.pk).select_related("revision", "source__locale")
    return cached_while_shown(page, "basis", found.first)


def cache_passages(page: Any, basis: Basis, passages: list[TranslationPassage]) -> None:
    """Cache the passages on the page object for its checklist."""
    page.known_passages = (basis, passages)


def _known(page: Any) -> tuple[Basis | None, list[TranslationPassage]]:
    known = getattr(page, "known_passages", None)
    if known is None:
        basis = basis_of(page)
        known = (basis, passages_of(basis, page) if basis else [])
    return known


def passages_to_translate(page: Any, live_at: datetime) -> Iterator[Finding]:
    _basis, passages = _known(page)
    if missing := [passage for passage in passages if passage.state == PassageState.MISSING]:
        message = ngettext("%d passage is not translated yet.", "%d passages are not translated yet.", len(missing))
        yield _finding("untranslated", message % len(missing), missing, page)
    if unread := [passage for passage in passages if passage.state == PassageState.MACHINE]:
        message = ngettext(
            "%d passage is by machine: read it over.", "%d passages are by machine: read them over.", len(unread)
        )
        yield _finding("unread", message % len(unread), unread, page)


def passages_to_look_at(page: Any) -> Iterator[Finding]:
    """Recommend checking passages whose original has changed."""
    basis = page.known_passages[0] if hasattr(page, "known_passages") else basis_of(page)
    if basis is None or not basis.changes or basis.outdated_at:
        return
    _basis, passages = _known(page)
    if changed := [passage for passage in passages if passage.state == PassageState.CHANGED]:
        message = ngettext(
            "a look at %d passage: the original has changed there.",
            "a look at %d passages: the original has changed there.",
            len(changed),
        )
        yield _finding("outdated", message % len(changed), changed, page)


def _finding(code: str, message: str, passages: list[TranslationPassage], page: Any) -> Finding:
    # The fingerprint limits a waiver to these passages.
    which = fingerprint(" ".join(f"{passage.name}{passage.same_fingerprint}" for passage in passages))
    where = f"{passages[0].path}#{which}"
    return Finding(code, message, where, url=reverse("translate_page", args=[page.pk]))


def revision_saved(sender: type, instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    """`post_save` receiver: count the passages of a translation."""
    if raw or instance.base_content_type_id != ContentType.objects.get_for_model(Page).pk:
        return
    known = Basis.objects.filter(translation=instance.object_id)
    # A cheap query comes first: most pages are not translations, and the join reads the original's content.
    if known.exists():
        update_counts(known.select_related("revision", "source").get(), instance.as_object())
