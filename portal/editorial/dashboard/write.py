"""The menu “Write” and the buttons for new pages: the page types that the user may create, and the sections."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.widgets import HeaderButton
from wagtail.models import Locale, Page, PageLogEntry, get_page_models
from wagtail.permission_policies.pages import PagePermissionPolicy

from portal.content.kinds import Kind, kinds
from portal.content.pages.pages import PortalPage
from portal.content.visibility import HOME_LENGTH, in_trash
from portal.editorial.dashboard.lists import Dashboard, dashboard_of
from portal.editorial.dashboard.places import STEPLEN
from portal.formats.words import language_name
from portal.platform.per_request import per_request

# The number of latest pages that determine the user's usual language.
RECENT = 10


@dataclass(frozen=True)
class Place:
    """A parent for a new page. `trail` has the titles from the home page down to it."""

    page: Page
    trail: str
    url: str
    language: str
    is_last: bool = False


def offered_types() -> list[type[PortalPage]]:
    """The page types that the newsroom offers to write, in order."""
    return [cast(type[PortalPage], kind.model) for kind in kinds() if kind.is_offered]


def parents(user: Any) -> dict[type[Page], list[Page]]:
    """The published pages below which the user may add pages, by type of the new page."""
    return per_request(user, "parents of new pages", lambda: _parents(user, offered_types()))


def parents_for(user: Any, kind: type[PortalPage]) -> list[Page]:
    """The published pages below which the user may add pages of this type, even if it is not in the menu."""
    if kind in offered_types():
        return parents(user)[kind]
    return per_request(user, f"parents of {kind._meta.label}", lambda: _parents(user, [kind])[kind])


def _parents(user: Any, kinds: list[type[PortalPage]]) -> dict[type[Page], list[Page]]:
    # The root page is left out: home pages are created with their sites.
    here = Q(depth__gt=1)
    if not user.is_superuser:
        granted = PagePermissionPolicy().get_cached_permissions_for_user(user)
        paths = {each.page.path for each in granted if each.permission.codename == "add_page"}
        own = Q(path__in=[])
        for start in paths:
            own |= Q(path__startswith=start)
        here &= own
    allowed = {kind: set(kind.allowed_parent_page_models()) for kind in kinds}
    types = ContentType.objects.get_for_models(*{model for models in allowed.values() for model in models})
    models = {content_type.pk: model for model, content_type in types.items()}
    pages = (
        Page.objects.live().filter(here, content_type__in=models, alias_of=None).order_by("path").defer_streamfields()
    )
    found: dict[type[Page], list[Page]] = {kind: [] for kind in allowed}
    for page in pages:
        for kind, above in allowed.items():
            if models[page.content_type_id] in above and kind.can_create_at(page):
                found[kind].append(page)
    return found


def places(user: Any, kind: type[PortalPage]) -> list[Place]:
    """The places for a new page: the active language first; in each language, the place of the page begun last."""
    pages = parents_for(user, kind)
    names = dict(Locale.objects.values_list("pk", "language_code"))
    above = {step for page in pages for step in _steps(page.path)}
    titles = dict(Page.objects.filter(path__in=above).values_list("path", "title"))
    last = _last_begun(user, kind)
    found = [
        Place(
            page,
            " › ".join(titles[step] for step in _steps(page.path)),
            reverse("wagtailadmin_pages:add", args=[*_names(kind), page.pk]),
            names[page.locale_id],
            is_last=page.path == last[:-STEPLEN],
        )
        for page in pages
    ]
    own = get_language()
    return sorted(found, key=lambda place: (place.language != own, place.language, not place.is_last))


def _last_begun(user: Any, kind: type[PortalPage]) -> str:
    """The tree path of the page of this kind that the user began last; empty if its language is not the usual one.

    Translations do not count. The usual language is that of most of the user's recent pages.
    """
    older = Page.objects.filter(translation_key=OuterRef("translation_key"), alias_of=None, pk__lt=OuterRef("pk"))
    begun = kind.objects.filter(~in_trash(), ~Exists(older), owner=user, alias_of=None).order_by("-pk")
    recent = list(begun.values_list("path", "locale")[:RECENT])
    if not recent:
        return ""
    path, language = recent[0]
    is_usual = 2 * sum(locale == language for _path, locale in recent) > len(recent)
    return path if is_usual else ""


def place_in_words(page: Page) -> str:
    """The titles above a page with its language, such as “Industrie › Agenda (français)”."""
    titles = Page.objects.filter(path__in=_steps(page.path)).order_by("path")
    return words_of_place(list(titles.values_list("title", flat=True)), page.locale)


def words_of_place(titles: list[str], locale: Locale) -> str:
    """The titles from the home page down as text. The home page is only included if it is the place itself."""
    return f"{' › '.join(titles[1:] or titles)} ({locale.get_display_name()})"


def _has_begun(user: Any, kind: type[PortalPage]) -> bool:
    """Whether the user has begun a page of this kind in the newsroom."""
    begun = PageLogEntry.objects.filter(action="wagtail.create", user=user)
    return begun.filter(content_type=ContentType.objects.get_for_model(kind)).exists()


def _steps(path: str) -> list[str]:
    """The tree paths from the home page down to this one."""
    return [path[:end] for end in range(HOME_LENGTH, len(path) + 1, STEPLEN)]


def _names(kind: type[Page]) -> tuple[str, str]:
    return kind._meta.app_label, kind._meta.model_name or ""


def kind_url(kind: type[Page]) -> str:
    return reverse("write_kind", args=_names(kind))


def new_page_buttons(user: Any, kind: type[PortalPage], label: Any) -> list[HeaderButton]:
    """The button in a page list that creates another page; none if the user may not create one."""
    return [HeaderButton(label, url=kind_url(kind), icon_name="plus")] if parents_for(user, kind) else []


def links_to_write(dashboard: Dashboard) -> list[tuple[str, str]]:
    offered = parents(dashboard.user)
    return [(capfirst(kind.get_verbose_name()), kind_url(kind)) for kind in offered_types() if offered[kind]]


def write(request: HttpRequest, app_label: str, model_name: str) -> HttpResponse:
    """Redirect to the form in the section of the page of this kind that the user began last.

    `?choose` offers the sections instead. So does a last page in an unusual language. So does the first page of someone
    who only took over pages of others, perhaps in a foreign language, and may write in the language of the newsroom.
    """
    kind = next((each for each in _creatable_types() if _names(each) == (app_label, model_name)), None)
    offered = places(request.user, kind) if kind else []
    if kind is None or not (offered or kind in offered_types()):
        raise Http404
    about = dashboard_of(request).rows[kind.written_about] if kind.written_about else []
    last = next((place for place in offered if place.is_last or len(offered) == 1), None)
    if last and last.language != get_language() and not _has_begun(request.user, kind):
        last = None if any(place.language == get_language() for place in offered) else last
    if last and not about and "choose" not in request.GET:
        return redirect(last.url)
    by_language = [(code, list(group)) for code, group in groupby(offered, key=lambda place: place.language)]
    context = {
        "kind": capfirst(kind.get_verbose_name()),
        "description": kind.get_page_description(),
        "languages": [(language_name(code), group) for code, group in by_language],
        "about": about,
        "page_title": capfirst(kind.get_verbose_name()),
        "header_icon": kind.kind.icon if kind.kind else "doc-empty",
    }
    return TemplateResponse(request, "editorial/write.html", context)


def _creatable_types() -> list[type[PortalPage]]:
    return [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_creatable]


class KindItem(MenuItem):
    """A kind of page in the menu, for users who may add one somewhere."""

    def __init__(self, kind: type[PortalPage]):
        self.kind = kind
        known = cast(Kind, kind.kind)
        super().__init__(capfirst(kind._meta.verbose_name), "", icon_name=known.icon, order=known.order)
        self.name = f"write-{kind._meta.model_name}"

    def is_shown(self, request: HttpRequest) -> bool:
        # The URLs are not loaded when the menu is created.
        self.url = kind_url(self.kind)
        return bool(parents(request.user)[self.kind])


@hooks.register("register_admin_menu_item")
def write_menu() -> SubmenuMenuItem:
    menu = Menu(items=[KindItem(kind) for kind in offered_types()])
    return SubmenuMenuItem(_("Write"), menu, name="write", icon_name="edit", order=10)


@hooks.register("register_admin_urls")
def write_urls() -> list[Any]:
    return [path("write/<slug:app_label>/<slug:model_name>/", write, name="write_kind")]
