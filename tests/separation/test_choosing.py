"""Records that an editor may choose: their own site's, names of the network, and pages offered by other sites."""

from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail_localize.wagtail_hooks import register_snippet_listing_buttons

from articles.models import ArticlePage
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.editorial.roles import Role
from tests.builders import make_article, make_event, make_member, make_settings, newsroom_client
from tests.editorial.actions import form_of
from tests.separation.marks import COMMON, marks_in, whole_text


@pytest.fixture
def editor(db, marked):
    return newsroom_client(marked.own.ground, marked.own.people[Role.EDITOR])


@pytest.fixture
def article(db, marked):
    section = type(marked.own.ground.section).objects.get(pk=marked.own.ground.section.pk)
    return make_article(section, "Neutre", standfirst="Neutre")


def save(client, page, **facts):
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, **facts))


def draft_of(page) -> ArticlePage:
    return ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()


def topics(*found: Topic):
    return inline_formset([{"topic": topic.pk} for topic in found])


def linked(page) -> str:
    # The test does not need the slug that the editor's browser would submit.
    return rich_text(f'<p><a linktype="page" id="{page.pk}">là</a></p>').replace(page.slug, "la")


def map_fields(outline):
    point = {"name": "Port", "coordinates": "49.1, 6.2", "text": "", "page": "", "url": ""}
    return {"title": "Un port", "outline": outline.pk, "points": streamfield([("item", point)]), "source": ""}


@pytest.mark.parametrize(
    "facts",
    [
        lambda site: {"lead_image": site["image"].pk, "lead_image_alt": "Vue"},
        lambda site: {"page_topics": topics(site["topic"])},
        lambda site: {"bylines": inline_formset([{"person": site["person"].pk}])},
        lambda site: {"related_stories": inline_formset([{"story": site["live"].pk}])},
        lambda site: {"body": streamfield([("paragraph", linked(site["live"]))])},
        lambda site: {"body": streamfield([("map", map_fields(site["mapoutline"]))])},
    ],
    ids=["picture", "topic", "person", "story", "link", "outline"],
)
def test_editor_can_choose_records_of_their_own_site_only(marked, editor, article, facts):
    revisions = article.revisions.count()

    refused = save(editor, article, **facts(marked.foreign))
    assert "belongs to another site" in refused.content.decode()
    assert marks_in(whole_text(refused), "b") == set()
    assert article.revisions.count() == revisions

    assert save(editor, article, **facts(marked.own)).status_code == 302
    assert article.revisions.count() == revisions + 1


def test_only_the_refused_choice_is_emptied(marked, editor, article):
    key = str(marked.foreign["image"].pk)
    body = streamfield([("figure", {"image": key, "alt": key, "caption": "", "credit": ""}), ("heading", key)])
    for number in ("0", "1"):
        body[number]["id"] = str(uuid4())

    refused = save(editor, article, body=body)

    data = refused.context["form"].data
    assert (data["body-0-value-image"], data["body-0-value-alt"], data["body-1-value"]) == ("", key, key)


def test_existing_choice_of_a_page_stays(marked, editor, article):
    ArticlePage.objects.filter(pk=article.pk).update(lead_image=marked.foreign["image"])
    page = ArticlePage.objects.get(pk=article.pk)
    page.save_revision()

    assert save(editor, page, lead_image=marked.foreign["image"].pk, lead_image_alt="Vue").status_code == 302
    assert draft_of(article).lead_image == marked.foreign["image"]


def test_network_topics_are_offered_everywhere_and_changed_by_its_administrators(marked, editor, article):
    shared = Topic.objects.create(name="Partout", slug="partout", locale=article.locale)

    assert "Partout" in editor.get(reverse("wagtailsnippetchoosers_core_topic:choose")).content.decode()
    assert save(editor, article, page_topics=topics(shared)).status_code == 302
    keeper = newsroom_client(marked.own.ground, marked.own.people[Role.SITE_ADMINISTRATOR])
    path = reverse("wagtailsnippets_core_topic:edit", args=[shared.pk])
    changed = {"name": "Pris", "slug": "pris", "site": marked.own.ground.site.pk}
    keeper.post(path, changed)
    assert Topic.objects.get(pk=shared.pk).name == "Partout"
    network = newsroom_client(marked.own.ground, make_member("network", is_superuser=True))
    network.post(path, {"name": "Partout !", "slug": "partout", "site": ""})
    assert Topic.objects.get(pk=shared.pk).name == "Partout !"


def test_site_administrator_edits_topics_of_their_own_site(marked, db):
    site, client = (
        marked.own.ground.site,
        newsroom_client(marked.own.ground, marked.own.people[Role.SITE_ADMINISTRATOR]),
    )
    add = reverse("wagtailsnippets_core_topic:add")

    client.post(add, {"name": "Bois", "slug": "bois", "site": site.pk})
    made = Topic.objects.get(slug="bois")
    assert made.site == site
    for elsewhere in (marked.foreign.ground.site.pk, ""):
        refused = client.post(add, {"name": "Fer", "slug": "fer", "site": elsewhere})
        assert "site" in refused.context["form"].errors
    client.post(reverse("wagtailsnippets_core_topic:delete", args=[made.pk]))
    assert not Topic.objects.filter(slug__in=["bois", "fer"]).exists()


def test_site_administrator_translates_topics_of_their_own_site(marked, db):
    own, foreign = marked.own, marked.foreign
    client = newsroom_client(own.ground, own.people[Role.SITE_ADMINISTRATOR])
    german = own.ground.homes["de"].locale
    made = Topic.objects.create(name="Forêt", slug="foret", locale=own.ground.home.locale, site=own.ground.site)

    def translate(topic):
        return client.post(
            reverse("wagtail_localize:submit_snippet_translation", args=["core", "topic", topic.pk]),
            {"locales": [german.pk]},
        )

    listed = client.get(reverse("wagtailsnippets_core_topic:list")).content.decode()
    assert reverse("wagtail_localize:submit_snippet_translation", args=["core", "topic", made.pk]) in listed
    begun = translate(made)
    twin = made.get_translation(german)
    assert (twin.name, twin.site) == ("Forêt", own.ground.site)
    client.post(begun["location"], {"name": "Wald", "slug": "wald", "site": own.ground.site.pk})
    assert made.get_translation(german).name == "Wald"
    listed = client.get(reverse("wagtailsnippets_core_topic:list")).content.decode()
    assert reverse("wagtail_localize:submit_snippet_translation", args=["core", "topic", made.pk]) not in listed

    assert translate(foreign["topic"])["location"] == reverse("wagtailadmin_home")
    assert not foreign["topic"].get_translations().exists()


def test_duplicate_slug_of_a_translated_topic_is_reported(marked, db):
    own = marked.own
    german = own.ground.homes["de"].locale
    made = Topic.objects.create(name="Parc", slug="parc", locale=own.ground.home.locale, site=own.ground.site)
    Topic.objects.create(name="Park", slug="parc", locale=german, site=own.ground.site)

    refused = newsroom_client(own.ground, own.people[Role.SITE_ADMINISTRATOR]).post(
        reverse("wagtail_localize:submit_snippet_translation", args=["core", "topic", made.pk]),
        {"locales": [german.pk]},
    )

    assert "Another topic has this word in its address" in refused.content.decode()
    assert not made.get_translations().exists()


def test_editor_translates_no_topic(marked, editor):
    topic = marked.own["topic"]
    address = reverse("wagtail_localize:submit_snippet_translation", args=["core", "topic", topic.pk])

    assert address not in editor.get(reverse("wagtailsnippets_core_topic:list")).content.decode()
    editor.post(address, {"locales": [marked.own.ground.homes["de"].locale.pk]})
    assert not topic.get_translations().exists()


def test_wagtail_localize_still_offers_to_translate_any_record(marked, db):
    """If this fails, our button that replaces it is no longer needed."""
    editor = get_user_model().objects.get(pk=marked.own.people[Role.EDITOR].pk)
    assert list(register_snippet_listing_buttons(marked.foreign["topic"], editor))


def test_slug_of_a_topic_is_unique_within_a_site(marked, db):
    own, foreign = marked.own.ground.site, marked.foreign.ground.site
    client = newsroom_client(marked.own.ground, marked.own.people[Role.SITE_ADMINISTRATOR])
    locale = marked.own.ground.home.locale
    Topic.objects.create(name="Partout", slug="partout", locale=locale)
    Topic.objects.create(name="Ailleurs", slug="ailleurs", locale=locale, site=foreign)
    add = reverse("wagtailsnippets_core_topic:add")

    refused = client.post(add, {"name": "Ici", "slug": "partout", "site": own.pk})
    assert "slug" in refused.context["form"].errors
    client.post(add, {"name": "Ici", "slug": "ailleurs", "site": own.pk})
    assert Topic.objects.get(slug="ailleurs", site=own).name == "Ici"


def test_editor_can_choose_people_of_their_own_site_as_authors(marked, editor):
    streams = nested_form_data({"words": streamfield([]), "links": streamfield([])})
    facts = {"name": "Anna", "role": "", "picture": "", **streams}
    editor.post(reverse("wagtailsnippets_core_person:add"), facts)
    editor.post(reverse("wagtailsnippets_core_person:add"), {**facts, "site": marked.own.ground.site.pk})
    assert [person.site for person in Person.objects.filter(name="Anna")] == [marked.own.ground.site]


def found_by(client, query):
    """All responses of the page chooser, page by page."""
    leaves, texts = 1, []
    while len(texts) < leaves:
        sent = {"q": query, "p": len(texts) + 1}
        answer = client.get(reverse("wagtailadmin_choose_page_search"), sent)
        leaves = answer.context["pages"].paginator.num_pages
        texts.append(whole_text(answer))
    return "\n".join(texts)


def test_chooser_offers_public_pages_of_sites_that_permit_it(marked, editor, article):
    tree = reverse("wagtailadmin_choose_page_child", args=[marked.foreign.ground.section.pk])
    assert marks_in(found_by(editor, COMMON), "b") == set()
    assert editor.get(tree, follow=True).status_code == 404

    make_settings(marked.foreign.ground, offers_its_pages=True)

    # A published page's title is being changed: choosers must not show the unpublished title.
    assert marks_in(found_by(editor, COMMON), "b") == {"event", "recap", "form", "brochure", "letter"}
    assert "revised" not in marks_in(whole_text(editor.get(tree)), "b")
    assert save(editor, article, body=streamfield([("paragraph", linked(marked.foreign["event"]))])).status_code == 302
    hidden = save(editor, article, body=streamfield([("paragraph", linked(marked.foreign["draft"]))]))
    assert "belongs to another site" in hidden.content.decode()


def test_only_network_administrators_decide_whether_a_site_offers_pages(marked, db):
    path = reverse("wagtailsettings:edit", args=["core", "sitesettings", marked.own.ground.site.pk])
    keeper = newsroom_client(marked.own.ground, marked.own.people[Role.SITE_ADMINISTRATOR])
    network = newsroom_client(marked.own.ground, make_member("network", is_superuser=True))

    assert "offers_its_pages" not in keeper.get(path).context["form"].fields
    assert "offers_its_pages" in network.get(path).context["form"].fields
    assert not SiteSettings.for_site(marked.own.ground.site).offers_its_pages


@pytest.mark.parametrize("role", list(Role))
def test_only_tags_of_own_files_are_offered(marked, db, role):
    client = newsroom_client(marked.own.ground, marked.own.people[role])
    answer = client.get(reverse("wagtailadmin_tag_autocomplete"), {"term": "zz"}).json()

    assert answer == [marked.own.word("doctag"), marked.own.word("tag")]


def test_event_chooser_of_a_recap_lists_own_events_newest_first(marked, editor):
    earlier = make_event(marked.own.ground.calendar, "Salon du bois")
    later = make_event(marked.own.ground.calendar, "Salon du fer")
    make_event(marked.foreign.ground.calendar, "Salon d’ailleurs")

    html = editor.get(reverse("wagtailadmin_choose_page"), {"page_type": "events.eventpage"}).json()["html"]

    assert 0 < html.index(later.title) < html.index(earlier.title)
    assert "Salon d’ailleurs" not in html
    assert marked.own.ground.section.title not in html


def test_event_chooser_of_a_network_administrator_lists_events_of_the_host(marked, db):
    ours = make_event(marked.own.ground.calendar, "Salon du bois")
    make_event(marked.foreign.ground.calendar, "Salon d’ailleurs")
    network = newsroom_client(marked.own.ground, make_member("network", is_superuser=True))

    html = network.get(reverse("wagtailadmin_choose_page"), {"page_type": "events.eventpage"}).json()["html"]

    assert ours.title in html
    assert "Salon d’ailleurs" not in html


PEOPLE = "wagtailsnippetchoosers_core_person"


def new_person(client, **facts):
    return client.post(f"{reverse(f'{PEOPLE}:create')}?multiple=1", {"name": "Ada Neuve", "role": "Pigiste", **facts})


def test_missing_author_is_added_in_the_chooser(marked, editor):
    offered = editor.get(f"{reverse(f'{PEOPLE}:choose')}?multiple=1").json()["html"]
    assert "New person" in offered

    made = new_person(editor, site=marked.own.ground.site.pk)

    assert made.json()["step"] == "chosen"
    [chosen] = made.json()["result"]
    assert chosen["string"] == "Ada Neuve"
    person = Person.objects.get(pk=chosen["id"])
    assert (person.site, person.role, person.slug) == (marked.own.ground.site, "Pigiste", "ada-neuve")


def test_editor_adds_authors_to_their_own_site_only(marked, editor):
    for site in (marked.foreign.ground.site.pk, ""):
        assert new_person(editor, site=site).json()["step"] == "reshow_creation_form"
    assert not Person.objects.filter(name="Ada Neuve").exists()


def test_existing_author_is_not_added_again(marked, editor):
    known = marked.own["person"].name
    answer = new_person(editor, name=known.upper(), site=marked.own.ground.site.pk)

    assert "choose it in the list" in answer.json()["htmlFragment"]
    assert Person.objects.filter(name__iexact=known).count() == 1


def test_person_of_a_site_is_not_added_again_for_the_whole_network(marked, db):
    Person.objects.create(name="Ada Neuve", site=marked.own.ground.site)
    network = newsroom_client(marked.own.ground, make_member("network", is_superuser=True))

    answer = new_person(network, name=" Ada   Neuve", site="")

    assert "choose it in the list" in answer.json()["htmlFragment"]
    assert Person.objects.filter(name__contains="Neuve").count() == 1


def test_chooser_has_no_form_for_people_without_permission(marked, db):
    organiser = newsroom_client(marked.own.ground, marked.own.people[Role.ORGANISER])

    assert "New person" not in organiser.get(f"{reverse(f'{PEOPLE}:choose')}?multiple=1").json()["html"]
    new_person(organiser, site=marked.own.ground.site.pk)
    assert not Person.objects.filter(name="Ada Neuve").exists()
