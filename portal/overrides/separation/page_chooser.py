"""The page chooser: it opens on a search field and the newest pages, and never offers the page being edited."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's chooser can list the newest pages of a site.

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy as _
from django.views.generic import View
from wagtail import hooks
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import chooser
from wagtail.models import Page
from wagtail.query import PageQuerySet

from portal.content.extension_points import chooser_search
from portal.content.separation.choices import choosable_pages, has_access_to_every_site, home_paths
from portal.content.serving.editions import editions_of
from portal.content.upstream import set_parent
from portal.content.visibility import HOME_DEPTH, HOME_LENGTH, STEP, below

PAGE_SIZE = 10
NEWEST_FIRST = (F("latest_revision_created_at").desc(nulls_last=True), "-pk")
FORMS = ("wagtailadmin_pages:edit", "wagtailadmin_pages:add")


class EditedPlace:
    """The page being edited, or the parent of a new page, from the Referer header.

    An autosave changes the URL of a new page's form to that of an existing page.
    """

    def __init__(self, request: HttpRequest):
        self.page: Page | None = None
        self.is_parent = False
        try:
            form = resolve(urlsplit(request.headers.get("Referer", "")).path)
        except (Resolver404, ValueError):
            return
        if form.view_name in FORMS:
            self.is_parent = "page_id" not in form.kwargs
            key = form.kwargs["parent_page_id" if self.is_parent else "page_id"]
            permitted = Page.objects.filter(choosable_pages(request.user))
            self.page = permitted.select_related("locale").filter(pk=key).first()

    def exclude_edited_page(self, pages: PageQuerySet) -> PageQuerySet:
        return pages if self.page is None or self.is_parent else pages.exclude(pk=self.page.pk)


class PageList(View):
    """The pages that can be chosen, each with its section."""

    @cached_property
    def place(self) -> EditedPlace:
        return EditedPlace(self.request)

    @cached_property
    def types(self) -> tuple[type[Page], ...]:
        try:
            return chooser.page_models_from_string(self.request.GET.get("page_type") or "wagtailcore.page")
        except (ValueError, LookupError) as error:
            raise Http404 from error

    @cached_property
    def homes(self) -> list[Page]:
        """The home pages of the user's sites; for users of every site, those of the current site."""
        homes = Page.objects.filter(depth=HOME_DEPTH).select_related("locale").order_by("path")
        if not has_access_to_every_site(self.request.user):
            return list(homes.filter(path__in=home_paths(self.request.user)))
        paths = [edition.home.path for edition in editions_of(self.request).values()]
        if self.place.page:
            paths = [self.place.page.path[:HOME_LENGTH]]
        keys = Page.objects.filter(path__in=paths).values("translation_key")
        return list(homes.filter(translation_key__in=keys)) or list(homes)

    def offered(self) -> PageQuerySet:
        pages = Page.objects.filter(depth__gt=1).type(*self.types)
        for hook in hooks.get_hooks("construct_page_chooser_queryset"):
            pages = hook(pages, self.request)
        return self.place.exclude_edited_page(pages)

    def listed(self, pages: Any) -> dict[str, Any]:
        """The variables of `choosers/pages.html`: one page of results."""
        leaf = Paginator(pages, PAGE_SIZE).get_page(self.request.GET.get("p"))
        is_multiple = bool(self.request.GET.get("multiple"))
        columns = [
            chooser.PageTitleColumn("title", label=_("Title"), is_multiple_choice=is_multiple),
            Column("place", label=_("Where")),
            DateColumn("updated", label=_("Updated"), accessor="latest_revision_created_at"),
            Column("type", label=_("Type"), accessor="page_type_display_name"),
            chooser.PageStatusColumn("status", label=_("Status")),
        ]
        if is_multiple:
            columns.insert(0, chooser.PageCheckboxSelectColumn("select", label=_("Select"), width="1%", accessor="pk"))
        self.complete(list(leaf))
        return {
            "pages": leaf,
            "table": chooser.PageChooserTable(columns, list(leaf)),
            "is_multiple_choice": is_multiple,
        }

    def complete(self, pages: list[Any]) -> None:
        """Set the values of the columns for each page, and its place: site, section and language as far as needed.

        The title of an event is followed by its days, because others may have the same title.
        """
        paths = {page.path[:end] for page in pages for end in (HOME_LENGTH, len(page.path) - STEP)}
        above = {page.path: page for page in Page.objects.filter(path__in=paths)}
        has_languages = len({page.locale_id for page in pages}) > 1
        own = {home.path for home in self.homes}
        has_sites = len({home.translation_key for home in self.homes}) > 1
        for page in pages:
            home, parent = above[page.path[:HOME_LENGTH]], above[page.path[:-STEP]]
            is_named = parent is not home and (has_sites or home.path not in own)
            names = [home.title] if is_named else []
            names += [parent.title] if parent.depth >= HOME_DEPTH else []
            names += [page.locale.get_display_name()] if has_languages else []
            page.place = " · ".join(names)
            if days := getattr(page, "days_in_words", ""):
                page.get_admin_display_title = partial(" · ".join, [page.get_admin_display_title(), days])
            page.can_choose, page.is_parent_page = True, False
            set_parent(page, parent)


class NewestPages(PageList):
    """The dialog, with the newest pages of the user's sites in one language."""

    def get(self, request: HttpRequest) -> HttpResponse:
        languages = {home.locale.language_code: home.locale for home in self.homes}
        wanted = [request.GET.get("locale"), self.place.page and self.place.page.locale.language_code, get_language()]
        language = next((code for code in wanted if code in languages), next(iter(languages), ""))
        homes = [home for home in self.homes if home.locale.language_code == language]
        pages = self.offered().filter(below(home.path for home in homes)).specific()
        context = {
            "types": [capfirst(each._meta.verbose_name) for each in self.types if each is not Page],
            "search_form": SearchForm(),
            "homes": homes,
            "locale": languages.get(language),
            "other_languages": [
                {"locale": locale, "url": self.address(locale=code)}
                for code, locale in languages.items()
                if code != language
            ],
        }
        return render_modal_workflow(
            request,
            "choosers/newest_pages.html",
            None,
            chooser.shared_context(request, context | self.listed(pages.order_by(*NEWEST_FIRST))),
            # The script reopens the chooser here after a choice.
            json_data={"step": "browse", "parent_page_id": None},
        )

    def address(self, **changes: str) -> str:
        query = self.request.GET.copy()
        query.pop("p", None)
        query |= changes
        return f"{reverse('wagtailadmin_choose_page')}?{query.urlencode()}"


class FoundPages(PageList):
    """The list below the search field, in every language, with pages that other sites share."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        pages = self.offered().select_related("locale").specific()
        found = chooser_search[-1](request.user, words, pages, self.types) if words else []
        context = chooser.shared_context(request, {"is_search": True, **self.listed(found)})
        return TemplateResponse(request, "choosers/pages.html", context)
