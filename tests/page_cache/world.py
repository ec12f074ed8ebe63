"""Three sites in three languages with everything that newsrooms change, and the public addresses that show it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone
from wagtail.models import Page, Site

from articles.stories import StoryPage
from events.models import CalendarPage, EventPage, Venue
from home.models import SectionPage
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.serving.editions import CATALOGUE_WORDS, LIST_WORDS
from portal.content.serving.snapshot import snapshot_of
from portal.content.share.words import share_image_text
from portal.editorial.roles import Role, media_collection
from portal.newsletter.models import IssuePage, NewsletterPage
from tests.builders import (
    SampleSite,
    change,
    make_article,
    make_event,
    make_form_page,
    make_member,
    make_newsroom,
    make_person,
    make_portrait,
    make_recap,
    make_section,
    make_site,
    make_site_map,
    make_standard_page,
    make_topic,
)
from tests.events.registering import make_bookable
from tests.newsletter.makers import make_issue, make_newsletter
from tests.page_cache.wire import Request

HOSTS = {
    "lorraine.localhost": ("fr", "de", "en"),
    "saar.localhost": ("de", "en", "fr"),
    "moselle.localhost": ("en", "fr", "de"),
}
QUERIES = {
    "news": ("", "?kind=portrait", "?topic=territoire", "?page=2"),
    "events": ("", "?when=past", "?when=today", "?when=week", "?month="),
}
AT_THE_ROOT = (
    "/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap-catalogue.xml",
    "/calendar.ics",
    "/api/v2/pages/",
    "/api/v2/pages/?order=-first_published_at&limit=5",
    "/api/v2/images/",
    "/favicon.ico",
    "/site.webmanifest",
    "/api/v2/openapi.json",
    "/nowhere/",
)


class NothingLeftError(Exception):
    """No record is left for an action."""


@dataclass
class World:
    """`grounds` are the sites; `chance` is the random source; `members` have the roles of each site, by its key."""

    grounds: list[SampleSite]
    chance: Random
    members: dict[int, dict[Role, Any]] = field(default_factory=dict)
    admin: Any = None
    number: int = 0
    touched: set[int] = field(default_factory=set)
    gone: list[Request] = field(default_factory=list)

    def word(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.number}"

    def ground(self) -> SampleSite:
        return self.chance.choice(self.grounds)

    def one(self, model: type[Page], **facts: Any) -> Any:
        """A page of this kind below any of the homes; raises NothingLeftError if there is none."""
        rows = model.objects.filter(**{"alias_of": None, **facts}).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        if not keys:
            raise NothingLeftError(model.__name__)
        return model.objects.get(pk=self.chance.choice(keys))

    def home_of(self, page: Page) -> tuple[SampleSite, str] | None:
        for ground in self.grounds:
            for code, root in ground.roots.items():
                if page.path.startswith(root):
                    return ground, code
        return None


def build(chance: Random) -> World:
    world = World([make_site(host, codes) for host, codes in HOSTS.items()], chance)
    make_topic("Énergie", "fr"), make_topic("Energie", "de", "energie-de")
    people = [make_person("Claire Humbert", has_page=True), make_person("Jean Weber", has_page=True)]
    for ground in world.grounds:
        world.members[ground.site.pk] = make_newsroom(ground)
        ground.site.refresh_from_db()
        Venue.objects.create(
            name=f"Halle {ground.site.site_name}", address="Rue 1", collection=media_collection(ground.site)
        )
        for number, code in enumerate(ground.homes):
            _fill(ground, code, people[number % 2 :])
        make_form_page(ground.home, "Contact", slug="contact")
        make_site_map(ground.home)
    world.admin = make_member("chief", is_superuser=True, is_staff=True)
    return world


def _fill(ground: SampleSite, code: str, people: list[Person]) -> None:
    """A language's pages; languages after the first have only one story and event, to save time."""
    section, calendar = ground.sections[code], ground.calendars[code]
    first = make_article(section, "Le bois", authors=people, slug="bois")
    make_bookable(calendar, "Atelier", capacity=3, has_waiting_list=True, slug="atelier")
    if code != ground.language:
        return
    make_section(section, "Artisanat", slug="artisanat")
    make_standard_page(ground.homes[code], "À propos", slug="a-propos")
    body = [
        {"type": "paragraph", "value": f'<p>Voir <a linktype="page" id="{first.pk}">le bois</a></p>'},
        {"type": "related_links", "value": {"title": "", "links": [{"label": "", "page": first.pk, "url": ""}]}},
    ]
    make_article(section, "La pierre", body=body, related=[first], slug="pierre")
    portrait = make_portrait(section, "La scierie", authors=people[:1], slug="scierie")
    make_event(calendar, "Marché", timezone.now() + timedelta(hours=5), slug="marche")
    over = make_event(calendar, "Fête", timezone.now() - timedelta(days=3), slug="fete")
    make_event(calendar, "Cours", recurrence="FREQ=WEEKLY;COUNT=4", slug="cours")
    make_recap(calendar, "Retour", event=over, slug="retour")
    make_issue(make_newsletter(ground, code), title="Numéro un")
    shelves = [
        {"type": "lead", "value": {"story": portrait.pk}},
        {"type": "latest", "value": {"title": "Nouvelles", "count": 6}},
        {"type": "events", "value": {"title": "Agenda", "count": 4}},
        {"type": "section", "value": {"section": section.pk, "layout": "large"}},
        {"type": "portraits", "value": {"title": "Portraits"}},
    ]
    change(ground.homes[code], shelves=shelves)


def addresses(world: World) -> list[Request]:
    """All URLs that readers may request now, and some older ones."""
    found: dict[Request, None] = {}
    for ground in world.grounds:
        site = Site.objects.get(pk=ground.site.pk)
        host = site.hostname
        for path in AT_THE_ROOT:
            found[Request(host, path)] = None
        for code, root in ground.roots.items():
            found |= dict.fromkeys(_of_language(host, code, root))
    return [*found, *world.gone[-30:]]


def _of_language(host: str, code: str, root: str) -> Iterator[Request]:
    month = timezone.now().strftime("%Y-%m")
    home = Page.objects.get(path=root)
    for form in ("rss", "atom", "json"):
        yield Request(host, f"/{code}/feed.{form}")
    for which, word in LIST_WORDS[code].items():
        for query in QUERIES[which]:
            yield Request(host, f"/{code}/{word}/{query}{month if query.endswith('=') else ''}")
    yield Request(host, f"/{code}/{LIST_WORDS[code]['events']}.ics")
    yield Request(host, f"/sitemap-{code}-1.xml")
    for word in CATALOGUE_WORDS[code].values():
        yield Request(host, f"/{code}/{word}/")
    for topic in Topic.objects.filter(locale__language_code=code):
        yield Request(host, f"/{code}/{CATALOGUE_WORDS[code]['topics']}/{topic.slug}/")
    for person in Person.objects.all():
        yield Request(host, f"/{code}/{CATALOGUE_WORDS[code]['people']}/{person.slug}/")
    for page in Page.objects.filter(path__startswith=root).order_by("path").specific():
        yield from of_page(host, code, home, page)


def of_page(host: str, code: str, home: Page, page: Page) -> Iterator[Request]:
    below = page.url_path[len(home.url_path) :]
    path = f"/{code}/{below}"
    yield Request(host, path)
    yield Request(host, f"/api/v2/pages/{page.pk}/")
    if isinstance(page, SectionPage):
        yield Request(host, f"{path}feed.rss")
        yield Request(host, f"{path}{LIST_WORDS[code]['news']}/")
        yield Request(host, f"{path}{LIST_WORDS[code]['events']}.ics")
    elif isinstance(page, CalendarPage | EventPage):
        yield Request(host, f"{path.rstrip('/')}.ics")
    elif isinstance(page, StoryPage | NewsletterPage | IssuePage) and page.pk % 5 == 0:
        yield Request(host, path.rstrip("/"))
    if isinstance(page, EventPage) and page.recurrence:
        for date in page.occurrences.order_by("start")[:2]:
            yield Request(host, f"{path}{date.key}/")
            yield Request(host, f"{path}{date.key}.ics")


def of_share_images(world: World, limit: int) -> list[Request]:
    found = []
    for ground in world.grounds:
        known = snapshot_of(Site.objects.get(pk=ground.site.pk).hostname, "80")
        for edition in known.editions.values() if known else ():
            stories = Page.objects.live().filter(path__startswith=edition.home.path, depth__gt=edition.home.depth)
            for story in stories.order_by("pk")[:limit]:
                version = share_image_text(story.specific, edition).version
                found.append(Request(known.site.hostname, f"/share/{story.pk}/{version}.png"))
    return found
