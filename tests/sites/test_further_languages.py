"""An installation in languages without our own translations needs only settings and a translation file."""

import json

import polib
import pytest

from tests.database_copies import finished, installed

# The database is created for tests that need it.
pytestmark = pytest.mark.django_db

DUTCH = {
    ("address", "all-news"): "nieuws",
    ("address", "search"): "zoeken",
    ("address", "news"): "actueel",
    ("title", "News"): "Actueel",
}
# Run in the installation: a newsroom publishes a story in each language, and readers request it.
USE = """
import json
from django.test import Client
from wagtail.models import Page
from articles.models import ArticlePage
from portal.content.publication import passing_gate

WORDS = {"nl": ("Nieuwe bedrijven", "bedrijf"), "it": ("Nuove imprese", "impresa"), "lb": ("Nei Betriber", "Betriber")}
DAYS = {"nl": "18 maart 2027", "it": "18 marzo 2027", "lb": "18 Mäerz 2027"}
found = {}
for code, (title, asked) in WORDS.items():
    section = Page.objects.get(locale__language_code=code, depth=3, content_type__model="sectionpage")
    page = ArticlePage(title=title, slug="story", locale=section.locale, standfirst='Er zei "ja".')
    with passing_gate(None):
        section.add_child(instance=page)
        page.save_revision().publish(skip_permission_checks=True)
    reader = Client(headers={"host": "news.localhost"})
    page = Page.objects.get(pk=page.pk)
    texts = {}
    for name, path in {
        "story": page.url_path[len(Page.objects.get(locale__language_code=code, depth=2).url_path):],
        "list": "nieuws/" if code == "nl" else "all-news/",
        "search": ("zoeken" if code == "nl" else "search") + f"/?q={asked}",
        "day": ("zoeken" if code == "nl" else "search") + f"/?q={DAYS[code]}",
    }.items():
        response = reader.get(f"/{code}/{path}")
        texts[name] = [response.status_code, response.content.decode()]
    found[code] = texts
print("FOUND " + json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(django_db_setup, django_db_blocker, tmp_path_factory):
    """The responses of an installation in Dutch, Italian and Luxembourgish, by language and page."""
    folder = tmp_path_factory.mktemp("languages")
    messages = folder / "translations" / "nl" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    catalogue.extend(polib.POEntry(msgctxt=context, msgid=text, msgstr=word) for (context, text), word in DUTCH.items())
    catalogue.save_as_mofile(str(messages / "django.mo"))
    with django_db_blocker.unblock(), installed(folder) as installation:
        own = {"DEBUG": "yes", "LANGUAGES": "nl,it,lb", "TRANSLATIONS": str(folder / "translations")}
        site = ("--host", "news.localhost", "--name", "Nieuws", "--languages", "nl,it,lb", "--open")
        finished(installation.start("manage.py", "create_site", *site, **own))
        message = finished(installation.start("manage.py", "shell", "-c", USE, **own))
    return json.loads(message.rpartition("FOUND ")[2])


@pytest.mark.parametrize("language", ["nl", "it", "lb"])
def test_story_is_served_in_its_language(found, language):
    status, page = found[language]["story"]

    assert status == 200
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("language", ["nl", "it", "lb"])
def test_story_is_listed_and_found_in_its_language(found, language):
    for page in ("list", "search"):
        status, text = found[language][page]
        assert (status, f"/{language}/" in text and "/story/" in text) == (200, True), page


@pytest.mark.parametrize(
    ("language", "day"),
    [("nl", "donderdag 18 maart 2027"), ("it", "giovedì 18 marzo 2027"), ("lb", "Donneschdeg, 18. Mäerz 2027")],
)
def test_date_is_parsed_and_formatted_in_its_language(found, language, day):
    assert day in found[language]["day"][1]


def test_translation_file_has_words_for_urls_and_starter_pages(found):
    assert "/nl/actueel/story/" in found["nl"]["list"][1]


def test_quotation_marks_suit_the_language(found):
    marks = {language: found[language]["story"][1] for language in ("it", "lb")}

    assert "«ja»" in marks["it"]
    assert "„ja“" in marks["lb"]
