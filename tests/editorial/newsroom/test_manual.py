"""The newsroom shows the manual in its reader's language, with its pictures."""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import trans_real
from wagtail.users.models import UserProfile

from portal.editorial.manual.documents import EDITIONS, FOLDER
from portal.editorial.roles import Role
from tests.builders import newsroom_client


@pytest.fixture(params=EDITIONS)
def language(request) -> str:
    return request.param


@pytest.fixture
def text(language) -> str:
    return (FOLDER / EDITIONS[language]).read_text(encoding="utf-8")


@pytest.fixture
def organiser(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.ORGANISER])


@pytest.fixture
def page(organiser, language) -> Iterator[BeautifulSoup]:
    return BeautifulSoup(organiser.get(f"/admin/manual/{language}/").content, "html.parser")


def test_every_heading_of_the_manual_is_shown(page, text):
    title, *headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)

    assert page.h1.get_text(strip=True) == title
    assert [heading.get_text() for heading in page.select("article h2, article h3")] == headings


def test_contents_of_the_manual_lead_to_every_section(page):
    links = page.select("nav.manual__contents a")

    assert [link.get_text() for link in links] == [heading.get_text() for heading in page.select("article h2")]
    for link in links:
        assert page.find(id=link["href"].removeprefix("#")).get_text() == link.get_text()


def test_every_picture_of_the_manual_is_shown_and_served(page, text):
    pictures = page.select("article img")

    assert [picture["alt"] for picture in pictures] == re.findall(r"!\[(.+?)\]\(", text)
    for picture in pictures:
        assert finders.find(picture["src"].removeprefix(settings.STATIC_URL)), picture["src"]
        # Pictures with a size do not move sections after a link has jumped to one.
        assert int(picture["width"]) > int(picture["height"]) > 500


def test_all_translations_of_the_manual_have_the_same_parts(text):
    of_the_first = (FOLDER / EDITIONS["fr"]).read_text(encoding="utf-8")

    for part in (r"^## ", r"^!\[", r"^- ", r"^\d\. ", r"^\|"):
        assert len(re.findall(part, text, re.MULTILINE)) == len(re.findall(part, of_the_first, re.MULTILINE)), part


def messages(language: str) -> str:
    """The newsroom's messages in this language, each on a line."""
    catalogue = trans_real.translation("fr" if language == "en" else language)._catalog
    # The messages of the code are English, and the first of the two parts of a key is a context.
    pairs = [((key[0] if isinstance(key, tuple) else key).split("\x04")[-1], word) for key, word in catalogue.items()]
    return "\n".join(" ".join(pair[language != "en"].split()) for pair in pairs).casefold()


def test_buttons_and_headings_that_the_manual_quotes_exist(text, language):
    quoted = [" ".join(term.split()) for term in re.findall(r"(?<!\*)\*([^*]+?)\*(?!\*)", text)]
    terms = {part for term in quoted for part in term.casefold().split(" → ") if "+" not in part}
    known = messages(language)

    assert len(terms) > 50
    assert {term for term in terms if not re.search(rf"(?<!\w){re.escape(term)}(?!\w)", known)} == set()


def test_table_of_the_manual_is_a_table(page):
    assert len(page.select("article table tbody tr")) == 9


def test_manual_is_in_its_readers_language(lorraine, newsroom, language):
    editor = newsroom[Role.EDITOR]
    UserProfile.objects.create(user=editor, preferred_language=language)

    found = BeautifulSoup(newsroom_client(lorraine, editor).get("/admin/manual/").content, "html.parser")

    assert found.select_one("article.manual")["lang"] == language


def test_manual_links_to_its_translations(page, language):
    links = [link["href"] for link in page.select(".manual__languages a")]

    assert sorted(links) == sorted(f"/admin/manual/{code}/" for code in EDITIONS if code != language)


def test_manual_in_an_unknown_language_is_not_found(organiser):
    assert organiser.get("/admin/manual/it/").status_code == 404


def test_manual_requires_access_to_the_newsroom(lorraine):
    assert lorraine.reader().get("/admin/manual/").status_code == 302


def test_manual_is_part_of_the_container_image(text, language):
    rules = (settings.BASE_DIR / ".dockerignore").read_text().splitlines()

    assert {f"!docs/{EDITIONS[language]}", "!docs/screenshots"} <= set(rules)
