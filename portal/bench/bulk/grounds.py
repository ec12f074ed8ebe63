"""Where content can be put: the sections and the calendars of each site, language by language."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Q
from treebeard.exceptions import PathOverflow
from wagtail.models import Page, PageViewRestriction, Site

from events.models import CalendarPage
from home.models import SectionPage
from portal.core.lists.listing import FIRST_LISTING_DEPTH
from portal.core.models import SiteSettings
from portal.core.serving.editions import STEP
from portal.core.zones import zone

# The part of a site's content that is in its own language; the others share the rest.
OWN = 0.85


class NoSectionsError(Exception):
    """There is nothing that content could be put below."""


@dataclass
class Parent:
    """A section or a calendar.

    `above` has the keys of the pages whose lists its stories are in, itself the last. `last` is the step of its last
    child in the tree, `slugs` are those that its children have, `planted` counts the new ones.
    """

    page: Page
    above: tuple[int, ...]
    is_public: bool
    last: int
    slugs: set[str]
    planted: int = 0

    def path(self) -> str:
        """The tree path of one more child."""
        self.last += 1
        self.planted += 1
        path = Page._get_path(self.page.path, self.page.depth + 1, self.last)
        if len(path) > len(self.page.path) + STEP:
            raise PathOverflow(f"“{self.page}” has room for no more pages.")
        return path

    def slug(self, wanted: str) -> str:
        """The slug of one more child, with a number where another child has it."""
        wanted = wanted or "page"
        slug, number = wanted, 1
        while slug in self.slugs:
            number += 1
            slug = f"{wanted}-{number}"
        self.slugs.add(slug)
        return slug


@dataclass
class Ground:
    """One language of one site; `share` is its part of all content."""

    site: Site
    language: str
    locale_id: int
    zone: ZoneInfo
    share: float
    sections: list[Parent] = field(default_factory=list)
    calendars: list[Parent] = field(default_factory=list)


def grounds(below: Page | None = None, *, evenly: bool = False) -> list[Ground]:
    """Each language of each site that has sections (at or below a page); raises NoSectionsError where there is none.

    The first site has the most, as in a network that has grown; or all have as much.
    """
    found: list[Ground] = []
    private = list(PageViewRestriction.objects.values_list("page__path", flat=True))
    for rank, site in enumerate(Site.objects.select_related("root_page").order_by("-is_default_site", "pk"), start=1):
        clock = zone(SiteSettings.for_site(site).time_zone)
        own = []
        homes = (
            site.root_page.get_translations(inclusive=True).filter(live=True).select_related("locale").order_by("path")
        )
        for home in homes:
            ground = Ground(site, home.locale.language_code, home.locale_id, clock, 1 if evenly else 1 / rank)
            ground.sections = _parents(SectionPage, home, below, private)
            ground.calendars = _parents(CalendarPage, home, below, private)
            if ground.sections:
                own.append(ground)
                ground.share *= OWN if home.pk == site.root_page_id else (1 - OWN) / max(1, len(homes) - 1)
        found += own
    if not found:
        where = f"“{below}” and below it" if below else "this installation"
        raise NoSectionsError(
            f"There is no section in {where}: create one in the newsroom, or load the demo, and try again."
        )
    return found


def _parents(model: type[Page], home: Page, below: Page | None, private: list[str]) -> list[Parent]:
    pages = model.objects.live().descendant_of(home).order_by("path")
    if below is not None:
        pages = pages.descendant_of(below, inclusive=True)
    return [_parent(page, private) for page in pages]


def _parent(page: Page, private: list[str]) -> Parent:
    paths = [page.path[:end] for end in range(FIRST_LISTING_DEPTH * STEP, len(page.path) + 1, STEP)]
    children = Page.objects.filter(Q(path__startswith=page.path), depth=page.depth + 1)
    last = children.order_by("-path").values_list("path", flat=True).first()
    return Parent(
        page=page,
        above=tuple(Page.objects.filter(path__in=paths).order_by("path").values_list("pk", flat=True)),
        is_public=not any(page.path.startswith(path) for path in private),
        last=Page._str2int(last[-STEP:]) if last else 0,
        slugs=set(children.values_list("slug", flat=True)),
    )
