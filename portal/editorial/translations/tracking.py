"""Records which translations become outdated when a page is published."""

from typing import Any

from django.utils import timezone
from wagtail.models import Page

from portal.content.pages.pages import PortalPage
from portal.content.records.settings import SiteSettings
from portal.editorial.records.translations import Basis
from portal.editorial.translations.changes import (
    changes_between,
    combine_changes,
    parse_changes,
    serialize_changes,
)


def page_published(sender: type, instance: Page, alias: bool = False, **kwargs: Any) -> None:
    if alias or instance.alias_of_id or not isinstance(instance, PortalPage):
        return
    create_untranslated_aliases(instance)
    others = Page.objects.filter(translation_key=instance.translation_key, alias_of=None).exclude(pk=instance.pk)
    if not others.exists():
        return
    translations = list(translations_of(instance))
    keys = [instance.pk, *(translation.pk for translation in translations)]
    bases = {basis.translation_id: basis for basis in Basis.objects.filter(translation__in=keys)}
    own, oldest = bases.get(instance.pk), translations[0]
    if own is None and oldest.pk < instance.pk and not _is_source(instance, bases.values()):
        # A translation created without `portal.editorial.translations.actions`.
        Basis.objects.create(translation=instance, source=oldest, revision=oldest.live_revision)
    elif own and own.changes and own.outdated_at is None:
        Basis.objects.filter(pk=own.pk).update(changes=[])
    for basis in bases.values():
        if basis.source_id == instance.pk:
            update_basis(basis, instance)


def create_untranslated_aliases(page: PortalPage) -> None:
    """Create aliases of a page in the other languages of its section, if the site's settings require it."""
    chosen = SiteSettings.objects.filter(shows_untranslated=True).values("site__root_page__translation_key")
    home = Page.objects.filter(path=page.path[: 2 * Page.steplen], translation_key__in=chosen)
    if page.depth <= 2 or not home.exists():
        return
    locales = set(page.get_translations(inclusive=True).values_list("locale", flat=True))
    parents = page.get_parent().get_translations().live().filter(alias_of=None).exclude(locale__in=locales)
    for parent in parents.select_related("locale"):
        page.copy_for_translation(parent.locale, alias=True)


def translations_of(page: Page) -> Any:
    """A page's translations that are not aliases, oldest first."""
    return page.get_translations().filter(alias_of=None).select_related("live_revision").order_by("pk")


def update_basis(basis: Basis, source: Page) -> None:
    """Record the differences between the original and the version that the translation is based on."""
    if basis.revision is None:
        Basis.objects.filter(pk=basis.pk).update(outdated_at=timezone.now())
        return
    found = changes_between(basis.revision.as_object(), source)
    if found:
        # Changes from an earlier update that are not translated yet.
        waiting = parse_changes(basis.changes) if basis.outdated_at is None else []
        values = {
            "outdated_at": basis.outdated_at or timezone.now(),
            "changes": serialize_changes(combine_changes(waiting, found)),
        }
    elif basis.outdated_at:
        values = {"outdated_at": None, "changes": []}
    else:
        return
    Basis.objects.filter(pk=basis.pk).update(**values)


def _is_source(page: Page, bases: Any) -> bool:
    return any(basis.source_id == page.pk for basis in bases)
