"""The page editor of stories and plain pages: the page in the site's typography, beside a drawer of labelled rows.

Reader-facing text is edited in place on the page. All other fields are rows of the drawer. A row shows its value as
text and unfolds in place. Both use Wagtail's own panels.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList, Panel, PanelGroup
from wagtail.models import Page
from wagtail.models.panels import PanelPlaceholder

from portal.content.records.settings import SiteSettings
from portal.content.serving.editions import editions_of
from portal.content.serving.theme import theme_properties
from portal.formats.words import language_name


class Fact(NamedTuple):
    """A drawer row without fields; `links` lead to the places where its value is changed."""

    name: str
    heading: str
    value: str
    links: tuple[tuple[str, str], ...] = ()
    # The name of the dialog that changes the value, and the label of its button.
    dialog: tuple[str, str] | None = None
    icon: str = ""


# Functions of other apps. Each returns a row of the drawer, or None if there is none for the page.
leading_facts: list[Callable[[Any, HttpRequest], Fact | None]] = []
closing_facts: list[Callable[[Any, HttpRequest], Fact | None]] = []


def names_in(panel: Any) -> set[str]:
    """The names of the fields and lists in a panel definition."""
    if isinstance(panel, str):
        return {panel}
    if isinstance(panel, PanelPlaceholder):
        panel = panel.construct()
    if isinstance(panel, PanelGroup):
        return {name for child in panel.children for name in names_in(child)}
    return {name for name in (getattr(panel, "field_name", ""), getattr(panel, "relation_name", "")) if name}


class PaperPanels(ObjectList):
    @property
    def clean_name(self) -> str:
        return "content"

    class BoundPanel(ObjectList.BoundPanel):
        template_name = "editing/paper.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            settings = settings_of(self.instance, self.request)
            theme = theme_properties(settings) if settings else ""
            return context | {
                "theme": theme,
                "kicker": kicker_of(self.instance),
                "language": self.instance.locale.language_code,
                "language_in_words": language_in_words(self.instance, self.request),
            }


class DrawerPanels(ObjectList):
    @property
    def clean_name(self) -> str:
        return "drawer"

    class BoundPanel(ObjectList.BoundPanel):
        template_name = "editing/drawer.html"

        @cached_property
        def rows(self) -> list[tuple[Any, str]]:
            shown: list[tuple[Any, str]] = self.visible_children_with_identifiers
            for child, _name in shown:
                # The label is inside the row, whose heading unfolds it.
                child.is_field = isinstance(child.panel, FieldPanel)
            return shown

        def facts(self, found: Iterable[Callable[[Any, HttpRequest], Fact | None]]) -> list[Fact]:
            return [fact for find in found if (fact := find(self.instance, self.request))]

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            facts = {"leading_facts": self.facts(leading_facts), "closing_facts": self.facts(closing_facts)}
            return context | facts | {"rows": self.rows}


class DeskPanel(PanelGroup):
    class BoundPanel(PanelGroup.BoundPanel):
        template_name = "editing/desk.html"


class EditedOnPaper:
    """The `edit_handler` of page types with `paper_fields`; other types have Wagtail's tabs."""

    def __get__(self, page: Any, model: Any) -> Panel:
        if not model.paper_fields:
            # Wagtail builds its tabs if the attribute is missing.
            raise AttributeError("edit_handler")
        on_paper = [panel for panel in model.content_panels if names_in(panel) & {*model.paper_fields}]
        rows = [panel for panel in (*model.content_panels, *model.promote_panels) if panel not in on_paper]
        panels = [
            PaperPanels(on_paper),
            DrawerPanels(rows, heading=_("About this page")),
            *model.settings_panels,
        ]
        return DeskPanel(panels, base_form_class=model.base_form_class)


def kicker_of(page: Any) -> list[str]:
    """The kicker above the title: the kind of story and its section."""
    if not (page.kind and page.kind.is_story):
        return []
    kind = [page.listed_as.label] if page.listed_as.is_labelled else []
    sections = [each.title for each in page.pages_above if getattr(each.specific_class, "is_section", False)]
    return [*kind, *sections[-1:]]


def language_in_words(page: Any, request: HttpRequest) -> str:
    """The name of the page's language; empty if its site has only one. Needs no query on the site's own host."""
    home = [*page.pages_above, page][0]
    editions = editions_of(request)
    if any(edition.home.path == home.path for edition in editions.values()):
        count = len(editions)
    else:
        count = Page.objects.filter(translation_key=home.translation_key, alias_of=None).count()
    return language_name(page.locale.language_code) if count > 1 else ""


def settings_of(page: Any, request: HttpRequest) -> SiteSettings | None:
    """The settings of the page's site. It needs no query if the newsroom's host belongs to that site."""
    above = [*page.pages_above, *([page] if page.pk else [])]
    for edition in editions_of(request).values():
        if above and above[0].path == edition.home.path:
            return edition.settings
    site = above[-1].get_site() if above else None
    return SiteSettings.for_site(site) if site else None
