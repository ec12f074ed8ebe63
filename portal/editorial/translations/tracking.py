"""Notes, whenever a page is published, which translations it leaves behind; connected in `apps`."""

from typing import Any

from django.utils import timezone
from wagtail.models import Page

from portal.core.models import PortalPage, SiteSettings
from portal.editorial.records.translations import Basis
from portal.editorial.translations.changes import added_to, changes_between, kept, read, version


def page_published(sender: type, instance: Page, alias: bool = False, **kwargs: Any) -> None:
    if alias or instance.alias_of_id or not isinstance(instance, PortalPage):
        return
    show_untranslated(instance)
    twins = list(twins_of(instance))
    if not twins:
        return
    keys = [instance.pk, *(twin.pk for twin in twins)]
    known = {basis.translation_id: basis for basis in Basis.objects.filter(translation__in=keys)}
    own = known.get(instance.pk)
    if own is None and twins[0].pk < instance.pk and not _is_source(instance, known.values()):
        # Made by hand, beside what was there before.
        Basis.objects.create(translation=instance, source=twins[0], revision=twins[0].live_revision)
    elif own and own.changes and own.outdated_at is None:
        Basis.objects.filter(pk=own.pk).update(changes=[])
    for basis in known.values():
        if basis.source_id == instance.pk:
            compare(basis, instance)


def show_untranslated(page: PortalPage) -> None:
    """Put an alias of a page into the other languages of its section, where the site has chosen so."""
    chosen = SiteSettings.objects.filter(shows_untranslated=True).values("site__root_page__translation_key")
    home = Page.objects.filter(path=page.path[: 2 * Page.steplen], translation_key__in=chosen)
    if page.depth <= 2 or not home.exists():
        return
    known = set(page.get_translations(inclusive=True).values_list("locale", flat=True))
    places = page.get_parent().get_translations().live().filter(alias_of=None).exclude(locale__in=known)
    for place in places.select_related("locale"):
        page.copy_for_translation(place.locale, alias=True)


def twins_of(page: Page) -> Any:
    """The translations of a page that have a text of their own, the oldest first."""
    return page.get_translations().filter(alias_of=None).select_related("live_revision").order_by("pk")


def compare(basis: Basis, source: Page) -> None:
    """Note how the original, as it is now, differs from what the translation renders."""
    before = version(basis.revision)
    if before is None:
        Basis.objects.filter(pk=basis.pk).update(outdated_at=timezone.now())
        return
    found = changes_between(before, source)
    if found:
        # What an earlier update has left to do is still to be done.
        waiting = read(basis.changes) if basis.outdated_at is None else []
        facts = {"outdated_at": basis.outdated_at or timezone.now(), "changes": kept(added_to(waiting, found))}
    elif basis.outdated_at:
        facts = {"outdated_at": None, "changes": []}
    else:
        return
    Basis.objects.filter(pk=basis.pk).update(**facts)


def _is_source(page: Page, known: Any) -> bool:
    return any(basis.source_id == page.pk for basis in known)
