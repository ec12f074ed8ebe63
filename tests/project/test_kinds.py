"""Every registered kind of page is handled everywhere. A failure shows the place where one is missing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from wagtail.admin.icons import get_icons

from articles.models import PortraitPage
from portal.content.blocks.links import EventChooserBlock, StoryChooserBlock
from portal.content.kinds import Format, Kind, Listed, kind_named, kinds, register_kind
from portal.content.records.listing import Placement, StoryCard
from portal.demo.reading import network, texts_of
from portal.editorial.approval.checklist import findings
from portal.editorial.dashboard.write import offered_types
from portal.newsletter.blocks import IssueContent
from portal.newsletter.compose import bulletin_of
from portal.newsletter.content import content_of_period, parts_of
from search.kinds import result_choices
from tests.builders import SampleSite, make_article
from tests.project.samples import TITLE, facts_of, make_page_of
from tests.search.searching import edition, search


@pytest.fixture(params=kinds(), ids=lambda kind: kind.name)
def kind(request) -> Kind:
    return request.param


def read(ground: SampleSite, path: str, **params: str) -> str:
    response = ground.reader().get(path, params)
    assert response.status_code == 200, path
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def is_served(kind, page, ground):
    return TITLE in read(ground, ground.address(page))


def is_listed(kind, page, ground):
    word = edition(ground).list_word("news" if kind.is_story else "events")
    text = read(ground, f"{ground.address(ground.section)}{word}/", **({"kind": kind.name} if kind.is_story else {}))
    return TITLE in text


def has_structured_data(kind, page, ground):
    soup = BeautifulSoup(read(ground, ground.address(page)), "html.parser")
    things = json.loads(soup.select_one('script[type="application/ld+json"]').text)["@graph"]
    return any(TITLE in (thing.get("headline"), thing.get("name")) for thing in things)


def is_in_api(kind, page, ground):
    found = json.loads(read(ground, f"/api/v2/pages/{page.pk}/"))
    described = json.loads(read(ground, "/api/v2/openapi.json"))["components"]["schemas"]["PageDetail"]
    is_named = not kind.is_story or (
        found["kind"] == kind.name and kind.name in described["properties"]["kind"]["enum"]
    )
    return is_named and found.keys() <= described["properties"].keys()


def is_in_sitemap(kind, page, ground):
    address = ground.address(page)
    return f"{address}</loc>" in read(ground, "/sitemap-fr-1.xml")


def is_found(kind, page, ground):
    (result,) = search(ground, TITLE).page_results
    return (result.kind, result.kind_label) == (kind.name, kind.label)


def is_a_result(kind, page, ground):
    return result_choices()[kind.name] == kind.label


def is_in_feeds(kind, page, ground):
    feeds = [read(ground, f"/fr/feed.{form}", kind=kind.name) for form in ("rss", "atom", "json")]
    files = list(kind.model.feed_files(StoryCard.objects.filter(pk=page.pk), edition(ground)).values())
    has_files = all(read(ground, file.url.partition(ground.host)[2]) for file in files)
    if "feed_files" in vars(kind.model):
        has_files = has_files and f'type="{files[0].mime_type}"' in feeds[0].partition("<enclosure")[2]
    return has_files and all(
        ground.address(page) in feed and all(file.url in feed for file in files) and kind.label in feed
        for feed in feeds
    )


def newsletter(ground: SampleSite) -> dict[str, str]:
    """The label of each newsletter entry of the last two days, by title."""
    now, day = timezone.now(), timezone.localdate()
    raw = content_of_period(edition(ground), day - timedelta(days=1), day, now)
    parts = parts_of(IssueContent().to_python(raw), edition(ground), now)
    (group,) = bulletin_of("", parts, edition(ground)).groups
    return {entry.title: entry.label for entry in (*group.stories, *group.events)}


def is_in_newsletter(kind, page, ground):
    label = newsletter(ground)[TITLE].partition(" · ")[0]
    return label == (kind.label if kind.is_story and kind.is_labelled else "")


def is_chosen(kind, page, ground):
    block = StoryChooserBlock() if kind.is_story else EventChooserBlock()
    return kind.model in block.target_models


def has_a_card(kind, page, ground):
    return Placement.objects.filter(card=page.pk, above=ground.home.pk, kind=kind.name).exists()


def is_in_calendar(kind, page, ground):
    return TITLE in read(ground, f"{ground.address(ground.calendar).rstrip('/')}.ics")


def is_checked(kind, page, ground):
    """The checklist names each requirement of the kind for an empty page, and none for a complete one."""
    draft = kind.model(title="", **({"format": kind.name} if isinstance(kind, Format) else {}))
    empty = {finding.code for finding in findings(draft, timezone.now())}
    required = {each.code for each in draft.needed if not each.is_met(draft)}
    return required <= empty and not findings(page, timezone.now())


def is_offered(kind, page, ground):
    return kind.model in offered_types() and kind.model.page_description != ""


def has_an_icon(kind, page, ground):
    return f'id="icon-{kind.icon}"' in get_icons()


def is_in_the_demo(kind, page, ground):
    return kind.name in {piece.listed_as for site in network()["sites"] for piece in texts_of(site["key"])}


EVERYWHERE: list[Callable[..., bool]] = [
    *(is_served, has_structured_data, is_in_api, is_in_sitemap, is_found, is_a_result, is_checked, has_an_icon),
]
LISTED = [is_listed, is_in_newsletter, is_chosen, is_offered, is_in_the_demo]
PLACES = {
    Listed.STORIES: [*EVERYWHERE, *LISTED, is_in_feeds, has_a_card],
    Listed.EVENTS: [*EVERYWHERE, *LISTED, is_in_calendar],
    Listed.NOWHERE: EVERYWHERE,
}


def test_kind_is_complete_in_all_places(lorraine, kind):
    page = make_page_of(kind.model, lorraine, **facts_of(kind))

    assert [place.__name__ for place in PLACES[kind.listed] if not place(kind, page, lorraine)] == []


def test_unregistered_kind_fails_the_system_check(monkeypatch):
    monkeypatch.setattr("portal.content.kinds._registered", {})

    (error,) = [each for each in PortraitPage.check() if each.id == "portal.E003"]

    assert error.msg == "No app registers the kind of PortraitPage: call register_kind(PortraitPage) in `ready`."


def test_story_class_without_a_kind_fails_the_system_check(monkeypatch):
    monkeypatch.setattr(PortraitPage, "kind", None)

    (error,) = [each for each in PortraitPage.check() if each.id == "portal.E003"]

    assert error.msg == "PortraitPage is a story or an event without a kind: set `kind = Kind(…)` in the class."


def test_story_of_a_removed_kind_breaks_no_list(lorraine):
    story = make_article(lorraine.section, TITLE)
    for rows in (StoryCard.objects.filter(pk=story.pk), Placement.objects.filter(card=story.pk)):
        rows.update(kind="podcast")

    assert newsletter(lorraine)[TITLE] == "podcast"
    assert TITLE in read(lorraine, lorraine.address(lorraine.section))
    assert TITLE in read(lorraine, "/fr/feed.rss")


def described(**facts: Any) -> Any:
    known = {"kind": Kind(name="podcast", order=1, icon="media"), "search_names": (), "search_texts": ()}
    return type("PodcastPage", (), {**known, **facts})


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"kind": None}, "PodcastPage has no kind of its own: set `kind = Kind(…)` in the class."),
        (
            {"kind": Kind(name="a podcast episode", order=1, icon="media")},
            "PodcastPage: its kind’s name, “a podcast episode”, must be a word of at most 12 letters.",
        ),
        (
            {"kind": Kind(name="article", order=1, icon="media")},
            "PodcastPage and ArticlePage have kinds with the same name, “article”.",
        ),
        ({"search_texts": ("notes",)}, "PodcastPage has no “notes”, which its search fields name."),
    ],
)
def test_incomplete_registration_prevents_the_start(monkeypatch, facts, sentence):
    monkeypatch.setattr("portal.content.kinds._registered", {"article": kind_named("article")})

    with pytest.raises(ImproperlyConfigured) as refused:
        register_kind(described(**facts))

    assert str(refused.value) == sentence
