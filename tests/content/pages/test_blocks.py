"""Every block has a label and description, a preview, and renders its value."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.test import RequestFactory, override_settings
from django.urls import reverse
from PIL import Image as Canvas
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from events.models import EventPage
from home.landing.shelves import LandingShelves
from home.shelves import Shelves
from portal.content.blocks.bodies import StoryBody
from portal.content.blocks.links import LinkBlock
from portal.content.blocks.pictures import VideoBlock
from portal.media.models import Document
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_image,
    make_member,
    make_portrait,
    make_standard_page,
    newsroom_client,
)
from tests.maps.makers import make_outline
from tests.recordings.makers import make_recording

BODY = list(StoryBody().child_blocks.items())
SHELVES = list(Shelves().child_blocks.items())
# The shelves that only landing pages have.
LANDING = [(name, block) for name, block in LandingShelves().child_blocks.items() if name not in Shelves().child_blocks]
EVERY = [*BODY, *SHELVES, *LANDING]
names = [name for name, _block in EVERY]


@pytest.fixture(autouse=True, scope="module")
def module_media(tmp_path_factory):
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(scope="module")
def module_admin(module_network, module_media):
    """An administrator, who may see every preview, and the content of the previews."""
    ground = module_network.lorraine
    make_document()
    make_portrait(ground.section, "Avec une vue", lead_image=make_image("Vue"))
    return make_member("admin", is_superuser=True)


def written(ground, kind: str, value) -> BeautifulSoup:
    """The HTML of the block in an article."""
    article = make_article(ground.section, body=[{"type": kind, "value": value}])
    response = ground.reader().get(ground.address(article))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").select_one(".prose")


@pytest.mark.parametrize(("name", "block"), EVERY, ids=names)
def test_block_has_icon_label_and_description(name, block):
    assert block.meta.icon
    assert str(block.label)
    assert str(block.get_description())
    assert block.meta.template
    assert block.is_previewable


def test_blocks_of_a_body_have_different_labels():
    labels = [str(block.label) for _name, block in BODY]

    assert len(set(labels)) == len(labels)
    assert all(str(block.meta.group) for _name, block in BODY)


def test_every_field_of_a_block_has_a_label_of_our_own():
    """Without a label, Wagtail shows the English name of the field."""
    from django.utils.functional import Promise

    bare = []

    def look(block, path):
        for name, child in getattr(block, "child_blocks", {}).items():
            if not isinstance(child.meta.label, (Promise, str)) or not child.meta.label:
                bare.append(f"{path}.{name}")
            look(child, f"{path}.{name}")
        if isinstance(block, blocks.ListBlock):
            look(block.child_block, path)

    for name, block in EVERY:
        look(block, name)
    assert bare == []


def test_event_offers_the_blocks_of_a_story():
    assert set(EventPage.body.field.stream_block.child_blocks) == set(StoryBody().child_blocks)


@pytest.fixture
def admin(lorraine, module_admin):
    return newsroom_client(lorraine, module_admin)


@pytest.mark.parametrize(("name", "block"), EVERY, ids=names)
def test_preview_shows_the_block(admin, name, block):
    response = admin.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})

    assert response.status_code == 200
    html = BeautifulSoup(response.content, "html.parser")
    shown = html.select_one("main")
    assert shown.get_text(strip=True) or shown.select("img")


@pytest.mark.parametrize(("name", "block"), SHELVES, ids=[name for name, _block in SHELVES])
def test_preview_of_a_shelf_shows_its_content(admin, name, block):
    response = admin.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    main = BeautifulSoup(response.content, "html.parser").select_one("main")

    if name == "events":
        assert main.select(".event-row")
    elif name not in ("border", "breaking", "call_to_action", "partners"):
        assert main.select(".card")


def example(block, user):
    """The preview value that a user sees."""
    request = RequestFactory().get("/")
    request.user = user
    bound = block.bind(block.get_preview_value())
    return block.get_preview_context(bound.value, {"request": request, "bound_block": bound})["bound_block"].value


@pytest.mark.parametrize(("name", "block"), BODY, ids=[name for name, _block in BODY])
def test_preview_value_can_be_rendered_in_a_body(lorraine, module_admin, name, block):
    make_image()
    make_document()
    make_outline()
    make_recording()
    value = block.get_prep_value(example(block, module_admin))

    html = written(lorraine, name, value)

    assert html.get_text(strip=True) or html.select("img")


@pytest.mark.parametrize(("name", "block"), BODY, ids=[name for name, _block in BODY])
def test_preview_value_passes_the_form(lorraine, module_admin, name, block):
    make_image()
    make_document()
    make_outline()
    make_recording()
    value = example(block, module_admin)
    if name in ("figure", "gallery"):
        for part in value["images"] if name == "gallery" else [value]:
            part["alt"] = "Un atelier"
    if name == "sheet":
        Document.objects.update(is_gated=True)

    block.clean(value)


def test_paragraph_has_links_and_lists(lorraine):
    html = written(lorraine, "paragraph", '<p>Un <a href="https://example.org/">lien</a></p><ul><li>Deux</li></ul>')

    assert html.a["href"] == "https://example.org/"
    assert html.li.get_text() == "Deux"


def test_quote_names_its_source(lorraine):
    html = written(lorraine, "quote", {"text": "Oui.", "source": "É. Marchal", "role": "gérante"})

    assert html.blockquote.get_text(strip=True) == "Oui."
    assert "É. Marchal" in html.figcaption.get_text()
    assert "gérante" in html.figcaption.get_text()


def test_figure_has_alternative_text_caption_and_credit(lorraine):
    image = make_image(credit="Photo : C. Roy")
    value = {"image": image.pk, "alt": "Un four", "caption": "Le four.", "credit": "", "wide": True}
    html = written(lorraine, "figure", value)

    assert html.img["alt"] == "Un four"
    assert "Le four." in html.figcaption.get_text()
    assert "C. Roy" in html.figcaption.get_text()


def test_cropped_picture_of_a_gallery_links_to_the_full_one(lorraine):
    image = make_image()
    picture = {"image": image.pk, "alt": "Un four", "decorative": False, "caption": "Le four."}
    html = written(lorraine, "gallery", {"images": [picture, picture]})

    link = html.select_one(".gallery a")
    assert link["title"] == "Agrandir"
    whole = lorraine.reader().get(link["href"])
    assert whole.headers["Content-Type"] == "image/jpeg"
    shown = Canvas.open(BytesIO(content_of(whole)))
    assert shown.width * image.height == pytest.approx(shown.height * image.width, rel=0.02)


def test_figure_without_its_deleted_image_is_omitted(lorraine):
    image = make_image()
    value = {"image": image.pk, "alt": "Un four", "caption": "", "credit": "", "wide": False}
    article = make_article(lorraine.section, body=[{"type": "figure", "value": value}])
    image.delete()

    response = lorraine.reader().get(lorraine.address(article))

    assert response.status_code == 200
    assert not BeautifulSoup(response.content, "html.parser").select(".prose figure")


@pytest.mark.parametrize(
    ("address", "player"),
    [
        (
            "https://www.youtube.com/watch?v=abcdef12345",
            "https://www.youtube-nocookie.com/embed/abcdef12345?autoplay=1",
        ),
        (
            "https://www.youtube.com/watch?t=3&v=abcdef12345",
            "https://www.youtube-nocookie.com/embed/abcdef12345?autoplay=1",
        ),
        ("https://youtu.be/abcdef12345?t=3", "https://www.youtube-nocookie.com/embed/abcdef12345?autoplay=1"),
        ("https://youtube.com/shorts/abcdef12345", "https://www.youtube-nocookie.com/embed/abcdef12345?autoplay=1"),
        ("https://vimeo.com/123456", "https://player.vimeo.com/video/123456?autoplay=1&dnt=1"),
        ("https://peertube.example/w/abc", ""),
        ("https://www.youtube.com.evil.example/watch?v=abcdef12345", ""),
        ("https://evil.example/https://vimeo.com/123456", ""),
        ("http://vimeo.com/123456", ""),
    ],
)
def test_video_url_selects_a_player(address, player):
    assert VideoBlock().to_python({"url": address}).player == player


def test_video_host_is_not_contacted_before_a_click(lorraine):
    value = {
        "title": "Visite",
        "url": "https://vimeo.com/123456",
        "image": make_image().pk,
        "duration": "3:40",
        "transcript": "<p>Le film montre un four.</p>",
    }
    html = written(lorraine, "video", value)

    assert not html.select("iframe, script, video, embed, object")
    assert html.a["href"] == "https://vimeo.com/123456"
    assert html.select_one("[data-player]")["data-player"].startswith("https://player.vimeo.com/")
    assert "Le film montre un four." in html.select_one("details").get_text()
    assert all(image["src"].startswith("/pictures/") for image in html.select("img"))


def test_table_has_a_caption_and_headings(lorraine):
    table = {
        "columns": [{"type": "text", "heading": "Zone"}, {"type": "text", "heading": "Hectares"}],
        "rows": [{"values": ["Les Sables", "12"]}],
        "caption": "",
    }
    html = written(lorraine, "table", {"caption": "Surfaces", "table": table})

    assert html.caption.get_text(strip=True) == "Surfaces"
    assert [th.get_text(strip=True) for th in html.select("thead th")] == ["Zone", "Hectares"]
    assert html.select_one("tbody th[scope=row]").get_text(strip=True) == "Les Sables"
    assert html.select_one("tbody td").get_text(strip=True) == "12"


def test_key_figures_and_timeline_and_accordion_show_their_parts(lorraine):
    figures = written(
        lorraine, "key_figures", {"title": "En chiffres", "figures": [{"value": "42", "label": "emplois"}]}
    )
    assert "42" in figures.get_text()
    assert "emplois" in figures.get_text()

    steps = [{"date": "1962", "title": "Un atelier", "text": "Dans une grange."}]
    timeline = written(lorraine, "timeline", {"title": "Histoire", "entries": steps})
    assert "1962" in timeline.get_text()
    assert "Dans une grange." in timeline.get_text()

    items = [{"question": "Qui ?", "answer": "<p>Vous.</p>"}]
    accordion = written(lorraine, "accordion", {"items": items})
    assert "Qui" in accordion.summary.get_text()
    assert "Vous." in accordion.details.get_text()


def test_code_keeps_its_indentation_when_somebody_saves_it():
    assert StoryBody().child_blocks["code"].clean("  si x:\n\ty\n") == "  si x:\n\ty\n"


def test_boxes_have_a_role_and_a_name(lorraine):
    box = written(lorraine, "fact_box", {"title": "Repères", "text": "<p>Six ans.</p>"})
    assert box.select_one("[role=note]")["aria-label"] == "Repères"

    for tone in ("note", "important", "advice"):
        html = written(lorraine, "call_out", {"tone": tone, "title": "Délai", "text": "<p>Avant midi.</p>"})
        assert html.select_one(f".call-out--{tone}")
        assert "Avant midi." in html.get_text()


def test_button_and_links_lead_to_pages_and_addresses(lorraine):
    page = make_standard_page(lorraine.home, "Contact", slug="contact")
    button = written(lorraine, "button", {"label": "", "page": page.pk, "url": ""})
    assert (button.a.get_text(strip=True), button.a["href"]) == ("Contact", "/fr/contact/")

    links = [
        {"label": "", "page": page.pk, "url": ""},
        {"label": "Le texte", "page": None, "url": "https://example.org/"},
    ]
    html = written(lorraine, "related_links", {"title": "Plus", "links": links})
    assert [(a.get_text(strip=True), a["href"]) for a in html.select("a")] == [
        ("Contact", "/fr/contact/"),
        ("Le texte", "https://example.org/"),
    ]


def test_link_to_a_deleted_page_is_omitted(lorraine):
    page = make_standard_page(lorraine.home, "Contact")
    links = [{"label": "", "page": page.pk, "url": ""}]
    body = [
        {"type": "button", "value": links[0]},
        {"type": "related_links", "value": {"title": "Plus", "links": links}},
        {"type": "paragraph", "value": f'<p><a linktype="page" id="{page.pk}">Nous</a></p>'},
    ]
    article = make_article(lorraine.section, body=body)
    page.delete()

    html = BeautifulSoup(lorraine.reader().get(lorraine.address(article)).content, "html.parser")

    assert not html.select(".prose a[href='']")
    assert not html.select(".prose .button")


@pytest.mark.parametrize(
    ("page", "url", "label", "fine"),
    [
        (True, "", "", True),
        (False, "https://example.org/", "Voir", True),
        (False, "https://example.org/", "", False),
        (True, "https://example.org/", "Voir", False),
        (False, "", "Voir", False),
        (False, "javascript:alert(1)", "Voir", False),
    ],
)
def test_link_is_a_page_or_an_address_with_a_label(lorraine, page, url, label, fine):
    block = LinkBlock()
    value = block.to_python({"label": label, "page": lorraine.section.pk if page else None, "url": url})

    if fine:
        block.clean(value)
    else:
        with pytest.raises(StructBlockValidationError):
            block.clean(value)
