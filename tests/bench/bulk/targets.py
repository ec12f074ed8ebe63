"""The targets of generated content: the sections and calendars of each edition."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from wagtail.models import Page, PageViewRestriction, Site

from events.models import CalendarPage
from home.models import SectionPage
from portal.content.bulk.children import NewChildren
from portal.content.records.settings import SiteSettings
from portal.content.visibility import HOME_DEPTH, STEP
from portal.platform.zones import zone

# The share of a site's content in its main language; the other languages divide the rest.
MAIN_LANGUAGE_SHARE = 0.85


class NoSectionsError(Exception):
    """No site has a section for the content."""


@dataclass(kw_only=True)
class Parent(NewChildren):
    """A section or a calendar; `ancestors` are the keys of the pages that list its stories, from the top to itself."""

    ancestors: tuple[int, ...]
    is_public: bool


@dataclass
class TargetEdition:
    """An edition that gets content: one language of one site; `share` is its relative weight."""

    site: Site
    language: str
    locale_id: int
    zone: ZoneInfo
    share: float
    sections: list[Parent] = field(default_factory=list)
    calendars: list[Parent] = field(default_factory=list)


def target_editions(below: Page | None = None, *, evenly: bool = False) -> list[TargetEdition]:
    """The editions that have sections, at or below a page; raises NoSectionsError if there are none.

    The share of a site is the reciprocal of its rank, or equal for all with `evenly`.
    """
    targets: list[TargetEdition] = []
    private = list(PageViewRestriction.objects.values_list("page__path", flat=True))
    for rank, site in enumerate(Site.objects.select_related("root_page").order_by("-is_default_site", "pk"), start=1):
        clock = zone(SiteSettings.for_site(site).time_zone)
        homes = (
            site.root_page.get_translations(inclusive=True).filter(live=True).select_related("locale").order_by("path")
        )
        for home in homes:
            target = TargetEdition(site, home.locale.language_code, home.locale_id, clock, 1 if evenly else 1 / rank)
            target.sections = _parents(SectionPage, home, below, private)
            target.calendars = _parents(CalendarPage, home, below, private)
            if target.sections:
                targets.append(target)
                target.share *= (
                    MAIN_LANGUAGE_SHARE
                    if home.pk == site.root_page_id
                    else (1 - MAIN_LANGUAGE_SHARE) / max(1, len(homes) - 1)
                )
    if not targets:
        where = f"“{below}” and below it" if below else "this installation"
        raise NoSectionsError(
            f"There is no section in {where}: create one in the newsroom, or load the demo, and try again."
        )
    return targets


def _parents(model: type[Page], home: Page, below: Page | None, private: list[str]) -> list[Parent]:
    pages = model.objects.live().descendant_of(home).order_by("path")
    if below is not None:
        pages = pages.descendant_of(below, inclusive=True)
    return [_parent(page, private) for page in pages]


def _parent(page: Page, private: list[str]) -> Parent:
    paths = [page.path[:end] for end in range(HOME_DEPTH * STEP, len(page.path) + 1, STEP)]
    return Parent.below(
        page,
        ancestors=tuple(Page.objects.filter(path__in=paths).order_by("path").values_list("pk", flat=True)),
        is_public=not any(page.path.startswith(path) for path in private),
    )
