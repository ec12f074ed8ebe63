"""Generated content leaves the same rows in the database as editors' work."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Model
from wagtail.models import Locale, Page, ReferenceIndex
from wagtail.search.models import IndexEntry

from articles.listing import update_listings_below
from articles.models import ArticlePage, PortraitPage
from events.models import EventPage, OccurrencePlacement, RecapPage
from portal.content.records.listing import Placement, StoryCard
from portal.media.models import Image
from portal.platform.operation.changes import content_version
from tests.bench.bulk import generator, page_texts
from tests.bench.bulk.generator import ContentGenerator
from tests.bench.bulk.vocabulary import vocabulary
from tests.bench.management.commands.generate_content import Command
from tests.builders import (
    locale,
    make_calendar,
    make_document,
    make_event,
    make_image,
    make_member,
    make_person,
    make_private,
    make_section,
    make_site,
    make_topic,
    newsroom_client,
)
from tests.conftest import rolled_back

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
STORIES, EVENTS = 120, 30
KINDS = (ArticlePage, PortraitPage, RecapPage, EventPage)


def generate(stories: int, events: int = 0, **facts) -> Counter[str]:
    return ContentGenerator(**{"now": NOW, **facts}).generate(stories, events)


def pages() -> list[Page]:
    """The generated pages, and whatever else of their types there is."""
    return [page for model in KINDS for page in model.objects.order_by("path")]


def rows(model: type[Model], *names: str) -> list[tuple]:
    return sorted(model.objects.values_list(*names), key=str)


def words_of(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if word.isascii() and word.isalpha()]


@pytest.fixture(scope="module")
def network(module_db, django_db_blocker):
    """Two sites with content generated below them."""
    with django_db_blocker.unblock(), rolled_back():
        first = make_site("premier.localhost", ("fr", "de"))
        second = make_site("zweiter.localhost", ("de",))
        craft = make_section(first.section, "Artisanat")
        make_calendar(craft)
        hidden = make_section(first.home, "Interne")
        make_private(hidden)
        for code in ("fr", "de"):
            for name in ("Énergie", "Bois", "Mobilité"):
                make_topic(name, code)
        for name in ("Claire Humbert", "Jana Kessler"):
            make_person(name)
        for name in ("Atelier", "Forêt"):
            make_image(name, description=f"{name}, un matin")
        make_document()
        before = content_version()
        written = generate(STORIES, EVENTS)
        yield SimpleNamespace(first=first, second=second, hidden=hidden, written=written, content_version=before)


def test_as_many_pages_are_written_as_were_asked_for(network):
    assert network.written == Counter({model.__name__: model.objects.count() for model in KINDS})
    assert EventPage.objects.count() == EVENTS
    assert sum(network.written.values()) == STORIES + EVENTS


def test_most_stories_are_articles_and_some_are_recaps(network):
    shares = {name: count / STORIES for name, count in network.written.items()}

    assert 0.6 < shares["ArticlePage"] < 0.8
    assert 0.1 < shares["PortraitPage"] < 0.3
    assert 0.03 < shares["RecapPage"] < 0.2


def test_most_content_is_in_a_site_s_own_language(network):
    counts = {
        code: StoryCard.objects.filter(page__path__startswith=home.path).count()
        for code, home in network.first.homes.items()
    }

    assert counts["fr"] > 3 * counts["de"] > 0
    assert StoryCard.objects.filter(page__path__startswith=network.second.home.path).exists()


def test_tree_has_no_problem(network):
    output = StringIO()

    call_command("fixtree", interactive=False, stdout=output)

    assert Page.find_problems() == ([], [], [], [], [])
    assert "No problems found" in output.getvalue()


def test_addresses_follow_from_the_tree(network):
    for page in pages():
        parent = Page.objects.get(path=page.path[: -Page.steplen])
        assert page.url_path == f"{parent.url_path}{page.slug}/"
        assert page.locale_id == parent.locale_id
        assert parent.specific_class.can_create_at is not None
        assert type(page) in parent.specific_class.allowed_subpage_models()

    children = Counter((page.path[: -Page.steplen], page.slug) for page in Page.objects.all())
    assert max(children.values()) == 1


def test_pages_pass_model_validation(network):
    for page in pages():
        page.full_clean()


def test_dates_are_spread_over_ten_years_and_none_is_in_the_future(network):
    moments = [card.published_at for card in StoryCard.objects.all()]

    assert max(moments) <= NOW
    assert NOW - timedelta(days=3651) <= min(moments) < NOW - timedelta(days=365 * 7)


def test_some_events_are_in_the_future_and_all_end_after_they_start(network):
    assert 0 < OccurrencePlacement.objects.upcoming(NOW).values("event").distinct().count() < EVENTS / 3
    assert not EventPage.objects.filter(end__lte=F("start")).exists()


def test_recaps_are_of_past_events_in_the_same_calendar(network):
    for recap in RecapPage.objects.select_related("event"):
        assert recap.event.end < recap.first_published_at
        assert recap.event.path[: -Page.steplen] == recap.path[: -Page.steplen]


def test_search_index_is_what_wagtail_itself_writes(network):
    keys = {str(page.pk) for page in pages()}
    names = [field.name for field in IndexEntry._meta.fields if field.name != "id"]

    def entries() -> dict[str, tuple]:
        found = IndexEntry.objects.filter(object_id__in=keys).order_by("object_id")
        return {row[0]: row[1:] for row in found.values_list("object_id", *names)}

    generated = entries()
    with rolled_back():
        call_command("update_index", verbosity=0, stdout=StringIO())
        assert generated.keys() == keys
        assert generated == entries()


def test_reference_index_is_what_wagtail_itself_writes(network):
    names = ("content_type", "object_id", "to_content_type", "to_object_id", "model_path", "content_path_hash")
    generated = rows(ReferenceIndex, *names)

    with rolled_back():
        for page in pages():
            ReferenceIndex.create_or_update_for_object(page)
        assert generated == rows(ReferenceIndex, *names)


def test_lists_are_what_publishing_would_have_made(network):
    card = ("page", "kind", "title", "standfirst", "image", "published_at", "hidden_at")
    placement = ("above", "card", "kind", "published_at", "hidden_at")
    generated = rows(StoryCard, *card), rows(Placement, *placement)

    with rolled_back():
        update_listings_below(Page.get_first_root_node())
        assert generated == (rows(StoryCard, *card), rows(Placement, *placement))


def test_private_section_has_stories_that_no_list_shows(network):
    below = ArticlePage.objects.descendant_of(network.hidden)

    assert below.exists()
    assert not StoryCard.objects.filter(page__in=below).exists()


def test_words_are_counted_as_saving_counts_them(network):
    with rolled_back():
        for page in ArticlePage.objects.all()[:10]:
            words = page.words
            page.save()
            assert page.words == words > 20


def test_rare_word_is_found_on_its_site_only(network):
    texts = {
        page.pk: {word for text in page.body.stream_block.get_searchable_content(page.body) for word in words_of(text)}
        for page in pages()
    }
    counts = Counter(word for words in texts.values() for word in words)
    page = ArticlePage.objects.filter(path__startswith=network.first.home.path).order_by("pk").last()
    word = next(word for word in sorted(texts[page.pk]) if counts[word] == 1 and len(word) > 8)

    assert page.pk in [found.pk for found in Page.objects.descendant_of(network.first.home).search(word)]
    assert not Page.objects.descendant_of(network.second.home).search(word)
    assert len(Page.objects.search(word)) < 5


def test_reader_sees_a_generated_story_in_the_list_and_on_its_page(network):
    ground = network.first
    card = StoryCard.objects.filter(page__path__startswith=ground.home.path).order_by("-published_at", "-pk").first()
    address = ground.address(card.page)

    listing = ground.reader().get(f"/{ground.language}/actualites/")
    story = ground.reader().get(address)

    assert address in listing.content.decode()
    assert story.status_code == 200
    elsewhere = network.second.reader().get(address)
    # To the same path in a language that the other site has, where nothing is.
    assert (elsewhere.status_code, elsewhere["Location"]) == (301, address.replace("/fr/", "/de/", 1))
    assert network.second.reader().get(elsewhere["Location"]).status_code == 404


@pytest.mark.parametrize("model", KINDS)
def test_page_opens_for_readers_and_in_the_editor(network, model):
    page = model.objects.filter(path__startswith=network.first.home.path).exclude(path__startswith=network.hidden.path)[
        0
    ]

    with rolled_back():
        editor = newsroom_client(network.first, make_member("chief", is_superuser=True))

        assert network.first.reader().get(network.first.address(page)).status_code == 200
        assert editor.get(f"/admin/pages/{page.pk}/edit/").status_code == 200


def test_content_version_advances(network):
    assert content_version() != network.content_version


def snapshot(page: Page) -> tuple:
    return page.url_path, page.first_published_at, page.translation_key, str(page.body.raw_data[:])


def test_same_seed_gives_the_same_content(db):
    ground = make_site("gleich.localhost", ("de",))
    make_event(ground.calendar, start=NOW - timedelta(days=30))
    results = []
    for seed, moment in ((4, NOW), (4, NOW + timedelta(hours=3)), (5, NOW)):
        with rolled_back():
            generate(20, 4, seed=seed, now=moment)
            results.append([snapshot(page) for page in pages() if page.path.startswith(ground.home.path)])

    assert results[0] == results[1]
    assert results[0] != results[2]


def test_second_process_generates_the_same(db, monkeypatch):
    ground = make_site("gleich.localhost", ("de",))
    monkeypatch.setattr(generator, "BATCH", 5)
    results = []
    for processors in (1, 2):
        monkeypatch.setattr(page_texts, "processors", lambda count=processors: count)
        with rolled_back():
            generate(20)
            results.append([snapshot(page) for page in pages()])

    assert len(results[0]) == 20
    assert results[0] == results[1]
    assert ground.section.get_children().count() == 1


def test_second_run_adds_to_the_first(db):
    make_site("mehr.localhost", ("de",))

    generate(15, 3)
    generate(15, 3)

    assert StoryCard.objects.count() == 30
    assert EventPage.objects.count() == 6
    assert Page.find_problems() == ([], [], [], [], [])
    assert len(set(ArticlePage.objects.values_list("title", flat=True))) == ArticlePage.objects.count()


def test_content_can_be_put_below_one_page(db):
    ground = make_site("hier.localhost", ("de",))
    craft = make_section(ground.section, "Handwerk")

    generate(12, 3, below=craft)

    assert StoryCard.objects.count() == Placement.objects.filter(above=craft).count() == 12
    assert not EventPage.objects.exists()


def test_pages_have_no_picture_if_there_are_no_images(db):
    make_site("leer.localhost", ("en",))
    Image.objects.all().delete()

    generate(10)

    assert not StoryCard.objects.filter(image__isnull=False).exists()
    assert StoryCard.objects.count() == 10


def test_without_a_section_nothing_is_written(db):
    with pytest.raises(CommandError, match="no section"):
        call_command(Command(), stories=10, stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize("counts", [{}, {"stories": -1}, {"events": -5, "stories": 3}])
def test_command_requires_a_positive_number(db, counts):
    with pytest.raises(CommandError, match="how much"):
        call_command(Command(), stdout=StringIO(), stderr=StringIO(), **counts)


def test_command_reports_what_it_wrote(db):
    make_site("bericht.localhost", ("de",))
    output, progress = StringIO(), StringIO()

    call_command(Command(), stories=5, events=1, seed=3, stdout=output, stderr=progress)

    assert "1 EventPage" in output.getvalue()
    assert "6 of 6 pages" in progress.getvalue()


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_few_words_make_half_of_a_text_and_many_are_rare(language):
    counts = Counter(vocabulary(language).all_words)
    total = sum(counts.values())

    assert 0.3 < sum(count for _, count in counts.most_common(70)) / total < 0.6
    assert sum(1 for count in counts.values() if count == 1) > 3000


def test_unknown_language_is_written_in_english_words():
    assert vocabulary("lb") == vocabulary("en")


def test_locale_of_another_language_gets_content_too(db):
    assert isinstance(locale("en"), Locale)
    ground = make_site("anglais.localhost", ("en", "fr"))

    generate(30)

    assert StoryCard.objects.filter(page__path__startswith=ground.homes["fr"].path).exists()
