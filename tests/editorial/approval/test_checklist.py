"""The checklist finds each missing part once, with its place and an instruction; a complete page has no findings."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from articles.models import ArticlePage
from home.models import StandardPage
from portal.content.records.topics import PageTopic
from portal.editorial.approval.checklist import findings, in_lines
from portal.editorial.approval.markup import markup_references
from tests.builders import (
    change,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_image,
    make_private,
    make_section,
    make_standard_page,
    make_topic,
)

pytestmark = pytest.mark.usefixtures("media")

HEADING = {"type": "heading", "value": {"text": "Un atelier", "level": "h2"}, "id": "h"}


def gaps(page) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in findings(page, timezone.now())]


def with_block(ground, kind, value) -> list[tuple[str, str]]:
    return gaps(make_article(ground.section, body=[{"type": kind, "value": value, "id": "b"}]))


def figure(**facts):
    return {"image": make_image().pk, "alt": "Un atelier", "caption": "", "credit": "", "wide": False, **facts}


def link(page=None, url="", label="Ici"):
    return {"label": label, "page": page and page.pk, "url": url}


def test_complete_article_has_no_finding(lorraine):
    body = [
        HEADING,
        {"type": "heading", "value": {"text": "Une machine", "level": "h3"}, "id": "s"},
        {"type": "paragraph", "value": "<p>Le texte</p>", "id": "p"},
        {"type": "figure", "value": figure(), "id": "f"},
        {"type": "button", "value": link(url="https://example.org/"), "id": "l"},
        {"type": "download", "value": {"document": make_document().pk, "title": ""}, "id": "d"},
        {"type": "video", "value": {"title": "Film", "url": "https://vimeo.com/123456", "image": make_image().pk}},
        {"type": "gallery", "value": {"images": [figure(), figure()]}},
        {"type": "quote", "value": {"text": "Oui", "source": "", "role": ""}},
        {"type": "key_figures", "value": {"title": "", "figures": [{"value": "12", "label": "tonnes"}]}},
    ]
    assert gaps(make_article(lorraine.section, body=body)) == []


@pytest.mark.parametrize(
    ("facts", "gap"),
    [
        ({"standfirst": "  "}, ("standfirst", "standfirst")),
        ({"lead_image": None}, ("lead_image", "lead_image")),
        ({"lead_image_alt": " "}, ("alt", "lead_image_alt")),
        ({"topics": []}, ("topic", "page_topics")),
    ],
    ids=["standfirst", "lead image", "alternative text", "topic"],
)
def test_story_lacks_a_field(lorraine, facts, gap):
    assert gaps(make_article(lorraine.section, **facts)) == [gap]


def test_every_story_type_has_the_same_requirements(lorraine):
    page = StandardPage(title="À propos", locale=lorraine.home.locale)
    assert gaps(page) == []
    assert [code for code, _where in gaps(ArticlePage(title="Neuf"))] == ["standfirst", "lead_image", "topic"]


@pytest.mark.parametrize(
    ("facts", "gap"),
    [
        ({"place": ""}, ("where", "place")),
        ({"place": "", "online_url": "https://example.org/salle"}, None),
        ({"start": None, "end": None}, ("when", "start")),
    ],
    ids=["nowhere", "online", "never"],
)
def test_event_has_a_place_and_a_time(lorraine, facts, gap):
    page = make_event(
        lorraine.calendar, "Salon", **{name: facts[name] for name in facts if name not in ("start", "end")}
    )
    for name in ("start", "end"):
        if name in facts:
            setattr(page, name, facts[name])

    assert gaps(page) == ([gap] if gap else [])


@pytest.mark.parametrize(
    ("kind", "value", "where"),
    [
        ("figure", lambda: figure(alt=" "), "b.alt"),
        ("gallery", lambda: {"images": [{"id": "i", "type": "item", "value": figure(alt="")}]}, "b.images.i.alt"),
    ],
)
def test_picture_without_alternative_text_is_found_wherever_it_is(lorraine, kind, value, where):
    assert with_block(lorraine, kind, value()) == [("alt", f"body.{where}")]


@pytest.mark.parametrize(
    ("kind", "value", "where"),
    [
        ("paragraph", "<p> </p>", "b"),
        ("quote", {"text": "", "source": "", "role": ""}, "b"),
        ("figure", {"image": None, "alt": "", "caption": "", "credit": "", "wide": True}, "b"),
        ("heading", {"text": " ", "level": "h2"}, "b"),
        ("related_links", {"title": "", "links": []}, "b"),
        (
            "accordion",
            {"items": [{"id": "i", "type": "item", "value": {"question": "Qui ?", "answer": ""}}]},
            "b.items.i.answer",
        ),
        ("quote", {"text": "", "source": "Une ouvrière", "role": ""}, "b.text"),
        ("call_out", {"tone": "note", "title": "Attention", "text": ""}, "b.text"),
        ("download", {"document": None, "title": "Le guide"}, "b.document"),
        ("table", {"caption": "", "table": {"columns": [], "rows": [], "caption": ""}}, "b"),
    ],
)
def test_empty_block_or_a_part_that_it_needs_is_found(lorraine, kind, value, where):
    assert with_block(lorraine, kind, value) == [("empty_block", f"body.{where}")]


def test_automatic_shelf_is_complete(lorraine):
    home = change(lorraine.home, shelves=[{"type": "lead", "value": {"story": None}, "id": "b"}])

    assert [gap for gap in gaps(home) if gap[0] == "empty_block"] == []


@pytest.mark.parametrize(("levels", "wrong"), [("23", []), ("32", [0]), ("3", [0]), ("2332", []), ("33", [0, 1])])
def test_subheading_belongs_below_a_heading(lorraine, levels, wrong):
    body = [
        {"type": "heading", "value": {"text": f"Titre {n}", "level": f"h{level}"}, "id": f"b{n}"}
        for n, level in enumerate(levels)
    ]
    assert gaps(make_article(lorraine.section, body=body)) == [("heading_order", f"body.b{n}.level") for n in wrong]


@pytest.mark.parametrize("how", ["draft", "private", "below private", "expired", "deleted"])
def test_link_to_a_hidden_page_is_broken(lorraine, saar, how):
    section = make_section(saar.home, "Ziele")
    goal = make_article(section, "Ziel")
    body = [
        {"type": "button", "value": link(goal), "id": "b"},
        {
            "type": "related_links",
            "value": {"title": "", "links": [{"id": "i", "type": "item", "value": link(goal)}]},
            "id": "r",
        },
        {"type": "paragraph", "value": f'<p><a linktype="page" id="{goal.pk}">par ici</a></p>', "id": "p"},
    ]
    page = make_article(lorraine.section, body=body)
    assert gaps(page) == []

    if how == "draft":
        make_draft(goal)
    elif how.endswith("private"):
        make_private(section if "below" in how else goal)
    elif how == "expired":
        type(goal).objects.filter(pk=goal.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    else:
        goal.delete()
    page = ArticlePage.objects.get(pk=page.pk)

    places = ["body.b", "body.r.links.i", f"body.p#page-{goal.pk}"]
    if how != "deleted":
        places = ["body.b.page", "body.r.links.i.page", f"body.p#page-{goal.pk}"]
    assert gaps(page) == [("link", place) for place in places]


def test_link_to_a_page_that_is_published_earlier_is_accepted(lorraine):
    at = timezone.now() + timedelta(hours=2)
    goal = make_article(lorraine.section, "Aussi sous embargo", go_live_at=at)
    body = [{"type": "button", "value": link(goal), "id": "b"}]
    early, together = (
        make_article(lorraine.section, body=body),
        make_article(lorraine.section, body=body, go_live_at=at),
    )

    assert gaps(early) == [("link", "body.b.page")]
    assert gaps(together) == []


def test_document_links_and_empty_links_are_checked(lorraine):
    document = make_document()
    text = (
        f'<p><a linktype="document" id="{document.pk}">le plan</a> <a href="https://example.org/">dehors</a> '
        '<a linktype="page" id="nonsense">rien</a> <a>vide</a> <a linktype="document" id="99999999999999">loin</a></p>'
    )
    page = make_article(lorraine.section, body=[{"type": "paragraph", "value": text, "id": "p"}], thanks=text)
    assert [code for code, _where in gaps(page)] == ["link"] * 6

    document.delete()
    assert [code for code, _where in gaps(page)] == ["link"] * 8


def test_finding_about_one_of_several_pictures_says_which(lorraine):
    body = [
        {"type": "figure", "value": figure()},
        {"type": "figure", "value": figure(alt="")},
        {"type": "gallery", "value": {"images": [figure(alt=""), figure(), figure(alt="")]}},
    ]
    found = findings(make_article(lorraine.section, body=body), timezone.now())

    assert [finding.message.partition("\u00a0:")[0] for finding in found] == [
        "Image 2",
        "Galerie – Image 1",
        "Galerie – Image 3",
    ]


def test_nine_pictures_without_a_description_are_one_line(lorraine):
    pictures = [{"type": "gallery", "value": {"images": [figure(alt="")] * 9}}, {"type": "paragraph", "value": ""}]
    found = findings(make_article(lorraine.section, standfirst="", body=pictures), timezone.now())

    with override("en"):
        standfirst, line, empty = in_lines(found)

        assert line.message == "9 pictures have no description."
    assert line.first.where == found[1].where
    assert (standfirst.first, empty.first) == (found[0], found[-1])


def test_every_finding_has_an_instruction_and_a_key_of_its_own(lorraine):
    body = [{"type": "figure", "value": figure(alt="")}, {"type": "paragraph", "value": ""}]
    found = findings(make_article(lorraine.section, standfirst="", topics=[], body=body), timezone.now())

    assert len({finding.key for finding in found}) == len(found) == 4
    assert all(finding.message and finding.where for finding in found)


def test_standard_page_needs_complete_blocks_and_links_only(lorraine):
    page = make_standard_page(lorraine.home, body=[{"type": "figure", "value": figure(alt=""), "id": "b"}])

    assert gaps(page) == [("alt", "body.b.alt")]


def test_shelf_of_a_home_page_is_checked(lorraine):
    shelf = {"title": "Un projet ?", "text": "", "link": link(page=None, label="Écrire")}
    lorraine.home.shelves = [
        ("call_to_action", lorraine.home.shelves.stream_block.child_blocks["call_to_action"].to_python(shelf))
    ]

    assert [code for code, _where in gaps(lorraine.home)] == ["link"]


def test_topics_of_an_unsaved_draft_count(lorraine):
    page = make_article(lorraine.section, topics=[])
    page.page_topics = [PageTopic(topic=make_topic("Bois"))]

    assert gaps(page) == []


@pytest.mark.parametrize("html", ["<a <a <<", "</a></p>", '<a linktype="page" id="-1">x</a', "&#0;<embed>", "<!-- <a>"])
def test_broken_html_breaks_nothing(html):
    assert all(mark.key is None for mark in markup_references(html))
