"""The demo network: complete, dated relative to today, readable on every page, and loaded into empty databases only."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.models import Page, ReferenceIndex, Site

from articles.models import ArticlePage, PortraitPage
from articles.related import RelatedStory
from events.models import CalendarPage, EventPage, Occurrence, OccurrencePlacement
from events.registration.reminders import send_reminders
from home.models import SectionPage
from portal.content.kinds import Listed, kinds as registered_kinds
from portal.content.records.listing import Placement, StoryCard
from portal.content.records.settings import SiteSettings
from portal.content.serving.snapshot import snapshot_of
from portal.demo import loading
from portal.demo.events import EventBuilder
from portal.demo.planning import PLANS
from portal.demo.reading import network, texts_of
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.models import RoleGroup
from portal.editorial.records.translations import Basis
from portal.editorial.roles import homes_of
from portal.editorial.translations.passages.states import original_of, passages_of
from portal.editorial.translations.passages.texts import has_words, page_texts, plain
from portal.media.models import Image
from search.indexing.checking import check
from tests.builders import make_site, reader_of
from tests.demo.pictures import pictures_of
from tests.events.registering import sent_mails

HOSTS = {"lorraine": "localhost:8000", "saar": "saar.localhost:8000", "lux": "lux.localhost:8000"}
LANGUAGES = {"lorraine": ["fr", "de", "en"], "saar": ["de", "fr"], "lux": ["fr", "de", "en"]}


@pytest.fixture(scope="module")
def loaded(module_db, tmp_path_factory):
    """The time at which the demo was loaded for the module."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with media:
        now = timezone.now()
        loading.load_demo(report=lambda text: None, now=now)
        yield now


@pytest.fixture
def demo(loaded, db):
    return loaded


def site_of(key: str) -> Site:
    return Site.objects.get(hostname=HOSTS[key].split(":")[0])


def editions(key: str):
    return snapshot_of(*HOSTS[key].split(":")).editions


def addresses(key: str) -> list[str]:
    """Every page that readers can open on a site, and its lists."""
    paths = []
    for edition in editions(key).values():
        pages = Page.objects.live().filter(path__startswith=edition.home.path).specific()
        paths += [edition.url_of(page) for page in pages]
        dates = Occurrence.objects.not_withdrawn().filter(event__in=[page.pk for page in pages]).select_related("event")
        paths += [edition.url_of(date) for date in dates]
        for page in pages:
            if isinstance(page, SectionPage) or page.pk == edition.home.pk:
                paths += [edition.list_url(page, which) for which in ("news", "events")]
    return paths


def test_three_sites_with_their_languages(demo):
    for key, codes in LANGUAGES.items():
        found = editions(key)
        assert sorted(found) == sorted(codes)
        own = snapshot_of(*HOSTS[key].split(":")).default.language
        assert own == codes[0]


def test_sites_do_not_look_alike(demo):
    settings = [SiteSettings.for_site(site_of(key)) for key in HOSTS]

    assert len({one.brand_colour for one in settings}) == 3
    assert len({one.accent_colour for one in settings}) == 3
    for one in settings:
        one.full_clean()


def test_each_site_has_its_sections(demo):
    for key in HOSTS:
        home = site_of(key).root_page
        sections = SectionPage.objects.live().child_of(home)
        assert sections.count() >= 4
        codes = {facts["key"] for facts in network()["sections"] if "below" not in facts}
        assert {"economy", "property", "transitions", "events"} <= codes


def test_each_site_has_enough_stories(demo):
    kinds = Counter(StoryCard.objects.values_list("kind", flat=True))

    assert sum(kinds.values()) >= 45
    assert set(kinds) == {kind.name for kind in registered_kinds(Listed.STORIES)}
    for key in HOSTS:
        assert Placement.objects.in_lists_of(site_of(key).root_page.pk, demo).count() >= 10


def test_there_are_past_and_upcoming_events(demo):
    assert EventPage.objects.live().count() >= 18
    for key in HOSTS:
        edition = snapshot_of(*HOSTS[key].split(":")).default
        events = OccurrencePlacement.objects.in_lists_of(edition.home.pk, demo)
        assert events.upcoming(demo).count() >= 3
        assert events.past(demo).count() >= 1


def test_dates_are_counted_from_the_day_of_loading(demo):
    dates = list(StoryCard.objects.values_list("published_at", flat=True))

    assert max(dates) <= demo
    assert max(dates) > demo - timedelta(days=4)
    assert not EventPage.objects.filter(start__gt=demo + timedelta(days=400)).exists()


@pytest.mark.parametrize("day", range(16, 23))
def test_events_of_a_weekend_are_dated_from_any_day_of_its_week(day):
    builder = EventBuilder(ZoneInfo("Europe/Paris"), datetime(2026, 11, day, 9, tzinfo=UTC), None)
    dates = [builder.time_of({"weekend": number, "time": "18:30"}) for number in (-1, 0, 1)]

    assert [f"{date:%a %d %H:%M}" for date in dates] == ["Fri 20 18:30", "Sat 21 18:30", "Sun 22 18:30"]


@pytest.mark.parametrize(("key", "code"), [("lorraine", "fr"), ("saar", "de")])
def test_front_shows_this_weekend_on_both_sides_of_the_border(demo, key, code):
    wednesday = demo + timedelta(days=(2 - demo.weekday()) % 7)
    # The demo may be loaded late on a Sunday, but two of its events take place each week.
    with travel(wednesday, tick=False):
        html = BeautifulSoup(reader_of(HOSTS[key]).get(f"/{code}/").content, "html.parser")
    shelf = next(each for each in html.select(".shelf--events") if each.select(".event-row__site"))

    assert 2 <= len(shelf.select(".event-row")) <= 4
    assert {row.get_text(strip=True) for row in shelf.select(".event-row__site")} < {
        site_of(other).site_name for other in HOSTS
    }


def test_texts_use_every_block(demo):
    used = Counter(block["type"] for key in HOSTS for piece in texts_of(key) for block in piece.get("body", []))

    wanted = {"heading", "paragraph", "quote", "figure", "gallery", "video", "table", "fact_box", "key_figures"}
    wanted |= {"timeline", "call_out", "download", "button", "related_links", "accordion"}
    assert wanted <= set(used)


def test_no_two_stories_have_the_same_picture(demo):
    for key in HOSTS:
        pictures = [name for piece in texts_of(key) if not piece.original for name in pictures_of(piece)]
        assert len(pictures) == len(set(pictures))
    assert not Image.objects.filter(description="").exists()


def test_translation_shows_the_pictures_of_its_original(demo):
    for key in HOSTS:
        originals = {piece.slug: piece for piece in texts_of(key) if not piece.original}
        for piece in texts_of(key):
            if piece.original:
                assert list(pictures_of(piece)) == list(pictures_of(originals[piece.original])), piece.slug


def test_translations_are_of_their_originals(demo):
    for key in ("lorraine", "lux", "saar"):
        translated = [piece for piece in texts_of(key) if piece.original]
        assert translated
        own = {piece.slug for piece in texts_of(key) if piece.language == LANGUAGES[key][0]}
        assert {piece.original for piece in translated} <= own


def test_every_text_can_be_found_by_readers_and_by_the_newsroom(demo):
    assert check(repair=False).total == 0
    for page in Page.objects.filter(depth__gt=2):
        assert page in Page.objects.search(page.title, fields=["title"]), page.title


def test_newsroom_shows_where_pictures_and_related_stories_are_used(demo):
    for record in [*Image.objects.all(), *(link.story for link in RelatedStory.objects.all())]:
        assert ReferenceIndex.get_references_to(record).exists(), record.title


def test_newsroom_search_is_updated_after_the_demo_was_loaded(demo):
    image = Image.objects.first()
    image.title = "Ein Schaufelradbagger"
    image.save()

    assert list(Image.objects.search("Schaufelradbagger")) == [image]


def words_of(response) -> str:
    """The text of the main element, without the events that name another site and the map of the network."""
    main = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    main = re.sub(r'<ol class="atlas-places">.*?</ol>', "", main, flags=re.DOTALL)
    rows = re.findall(r'<article class="event-row.*?</article>', main, re.DOTALL)
    for row in rows:
        main = main.replace(row, "") if "event-row__site" in row else main
    return unescape(re.sub(r"<[^>]*>", " ", main)).replace("\u202f", " ")


@pytest.mark.parametrize("key", HOSTS)
def test_every_page_can_be_read_and_shows_no_other_site(demo, key):
    """Another site is recognised by the titles of its stories and events; its name is in the network bar."""
    prefixes = tuple(edition.home.path for edition in editions(key).values())
    pages = Page.objects.live().filter(depth__gt=3).exclude(content_type__model__in=("standardpage", "calendarpage"))
    own = {page.title for page in pages if page.path.startswith(prefixes)}
    foreign = {page.title for page in pages if not page.path.startswith(prefixes)} - own
    foreign = {title for title in foreign if len(title) > 20}
    assert len(foreign) > 20
    reader = reader_of(HOSTS[key])

    for path in addresses(key):
        response = reader.get(path)
        assert response.status_code == 200, path
        main = words_of(response)
        assert not [title for title in foreign if title in main], path


@pytest.mark.parametrize("key", HOSTS)
def test_every_link_of_a_front_page_exists(demo, key):
    """Every link leads to a page that the previous test has read, to the feed, or to the search."""
    reader, known = reader_of(HOSTS[key]), set(addresses(key))
    for edition in editions(key).values():
        html = BeautifulSoup(reader.get(edition.home_url).content, "html.parser")
        links = {a["href"].split("#")[0].split("?")[0] for a in html.select("a[href^='/']")}
        assert len(links) > 10
        search = html.select_one(".masthead__search")["href"]
        assert links - known <= {f"{edition.home_url}feed.rss", search}
        assert all(reader.get(link).status_code == 200 for link in links - known)


@pytest.mark.parametrize("key", HOSTS)
def test_accounts_have_their_roles(demo, key):
    for role in ("editor", "approver", "organiser", "siteadmin"):
        user = authenticate(username=f"{role}-{key}", password="portal-demo")
        assert user is not None
        roles = RoleGroup.objects.filter(group__in=user.groups.all())
        assert [(held.site, held.role) for held in roles] == [(site_of(key), role)]
        assert not user.is_superuser
    assert authenticate(username="admin", password="portal-demo").is_superuser


@pytest.mark.parametrize("key", HOSTS)
def test_organiser_may_write_in_all_calendars_of_the_site_only(demo, key):
    organiser = get_user_model().objects.get(username=f"organiser-{key}")
    places = [page for page in CalendarPage.objects.all() if page.permissions_for_user(organiser).can_add_subpage()]

    homes = tuple(home.path for home in homes_of(site_of(key)))
    assert places == [page for page in CalendarPage.objects.all() if page.path.startswith(homes)]
    assert len({page.locale_id for page in places}) > 1


def test_one_story_in_each_language_offers_a_document_by_mail(demo):
    offers = [
        (page.locale.language_code, block.value["document"])
        for model in (ArticlePage, PortraitPage)
        for page in model.objects.live()
        for block in page.body
        if block.block_type == "sheet"
    ]

    assert {language for language, _document in offers} == {"fr", "de", "en"}
    assert all(document.is_gated for _language, document in offers)


def test_demo_refuses_a_database_with_content(demo):
    before = Page.objects.count()

    with pytest.raises(CommandError, match="empty"):
        call_command("load_demo", production=True, stdout=StringIO())

    assert Page.objects.count() == before


def test_demo_refuses_where_debug_is_off(db, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="--production"):
        call_command("load_demo", stdout=StringIO())


def test_single_page_counts_as_content(db):
    make_site("solo.localhost")

    with pytest.raises(loading.NotEmptyError):
        loading.load_demo(report=lambda text: None)


def test_sites_move_to_the_port_that_they_are_served_on(demo):
    lines = loading.set_ports(9000)

    assert lines == [
        "L’Élan lorrain: http://localhost:9000/",
        "Saar-Impuls: http://saar.localhost:9000/",
        "Passerelle Luxembourg: http://lux.localhost:9000/",
    ]
    assert reader_of("saar.localhost:9000").get("/de/").status_code == 200


def test_second_start_changes_nothing(demo, monkeypatch):
    from portal.demo.management.commands.demo import Command

    monkeypatch.setattr(Command, "collect_static", lambda self: None)
    before = list(Page.objects.order_by("pk").values_list("pk", "title", "latest_revision_created_at", "live"))
    output = StringIO()

    call_command("demo", port=8000, prepare_only=True, stdout=output)

    assert list(Page.objects.order_by("pk").values_list("pk", "title", "latest_revision_created_at", "live")) == before
    for text in ("http://localhost:8000/", "http://saar.localhost:8000/", "portal-demo", "editor-"):
        assert text in output.getvalue()


def test_demo_starts_without_reminders(demo):
    send_reminders(demo)

    assert sent_mails() == []


def test_each_text_of_a_story_stands_beside_its_translation(demo):
    alone = []
    for basis in Basis.objects.filter(translation__in=ArticlePage.objects.all()):
        passages = passages_of(basis, Page.objects.get(pk=basis.translation_id).specific)
        paths = {passage.path for passage in passages if passage.source}
        alone += [
            (text.whole, path)
            for path, text in page_texts(original_of(basis)).items()
            if path not in paths and has_words(plain(text.whole, text.is_rich))
        ]

    assert alone == []


def test_every_live_page_can_be_sent_for_review(demo):
    """A newcomer who corrects one word of a page may send it."""
    pages = Page.objects.filter(live=True, depth__gt=2, alias_of=None).specific()

    assert {page.title: missing for page in pages if (missing := missing_findings(page, demo))} == {}


def test_the_readership_of_a_site_has_figures_of_its_own_pages(demo, client):
    client.force_login(get_user_model().objects.get(username="siteadmin-lorraine"))

    report = client.get("/admin/reports/readership/", headers={"host": HOSTS["lorraine"]}, follow=True)

    own = [home.path for home in site_of("lorraine").root_page.get_translations(inclusive=True)]
    most_read = report.context["most_read"]
    assert {read.thing.path.startswith(tuple(own)) for read in most_read} == {True}


def planned_by(key: str) -> set[str]:
    """The titles in the newsroom's calendar of this site's editor, for this month and the next."""
    client = reader_of(site_of(key).hostname)
    client.force_login(get_user_model().objects.get(username=f"editor-{key}"))
    today = timezone.now().date()
    months = [today, today.replace(day=1) + timedelta(days=32)]
    pages = [client.get(reverse("planning"), {"from": month.isoformat()}).content.decode() for month in months]
    return {
        plan.title for plans in PLANS.values() for plan in plans if any(plan.title in unescape(each) for each in pages)
    }


@pytest.mark.parametrize("key", HOSTS)
def test_newsroom_has_planned_items_of_its_own_site(demo, key):
    assert planned_by(key) == {plan.title for plan in PLANS[key]}
