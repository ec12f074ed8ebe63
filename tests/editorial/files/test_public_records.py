"""Only the roles in the table change published records without drafts, and the approvers are notified."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation
from modelcluster.fields import ParentalKey
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    ModelLogEntry,
    Page,
    PageViewRestriction,
)
from wagtail.test.utils.form_data import nested_form_data, streamfield

from events.models import EventSettings, Subscription, Venue
from portal.content.records.network_notice import NetworkNotice
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.editorial.models import PublicChange
from portal.editorial.public_records.notifications import notify_approvers
from portal.editorial.public_records.registry import NOT_PUBLIC, PUBLIC_RECORDS
from portal.editorial.roles import Role, media_collection
from search.models import SearchSettings
from tests.builders import (
    make_article,
    make_document,
    make_draft,
    make_event,
    make_image,
    make_member,
    make_person,
    make_private,
    make_topic,
    newsroom_client,
    work_off,
)
from tests.maps.makers import make_outline, map_value

OURS = ("portal.", "home", "articles", "events", "search")
OTHERS = {
    "wagtailredirects.Redirect",
    "wagtailcore.PageViewRestriction",
    "wagtailcore.CollectionViewRestriction",
    "wagtailcore.Site",
    "wagtailcore.Locale",
}


def editable_models():
    """All our models except pages and their parts, and Wagtail's models that affect public pages."""
    for model in apps.get_models():
        is_ours = apps.get_app_config(model._meta.app_label).name.startswith(OURS)
        is_part = any(isinstance(field, ParentalKey) for field in model._meta.get_fields())
        if model._meta.label in OTHERS or (is_ours and not issubclass(model, Page) and not is_part):
            yield model


def test_table_has_every_public_model():
    listed = {each.model for each in PUBLIC_RECORDS}
    labels = {model._meta.label for model in editable_models() if model._meta.app_label not in NOT_PUBLIC}

    assert labels - listed - set(NOT_PUBLIC) == set()
    assert listed <= {model._meta.label for model in apps.get_models()}


def table():
    pages = "pages: text, pictures, shelves of a home page, forms, newsletters"
    rows = [f"| {pages} | whoever may write there | a second person, who may publish (four eyes) |"]
    with translation.override("en"):
        for each in PUBLIC_RECORDS:
            roles = ", ".join(str(role.label).lower() for role in Role if role in each.roles)
            who = roles or "administrator of the network"
            rows.append(f"| {each.what} | {who} | nobody’s: one person alone; the approvers are notified |")
    return "\n".join(["| what readers see | changed by | with whose consent |", "|---|---|---|", *rows])


def test_documentation_shows_the_table():
    text = (settings.BASE_DIR / "docs" / "administrators.md").read_text()

    assert text.partition("<!-- public records -->\n")[2].partition("\n<!-- /public records -->")[0] == table()


@pytest.fixture
def person(lorraine):
    """The author of a live story."""
    person = make_person("Claire Humbert", site=lorraine.site, role="Journaliste")
    make_article(lorraine.section, authors=[person])
    return person


@pytest.fixture
def public_records(lorraine, person):
    """One record of each kind, used by something public."""
    image = make_image("Four", collection=media_collection(lorraine.site))
    topic = Topic.objects.create(name="Énergie", slug="energie", locale=lorraine.home.locale, site=lorraine.site)
    outline = make_outline(site=lorraine.site)
    body = [{"type": "map", "value": map_value(outline)}]
    article = make_article(lorraine.section, lead_image=image, topics=[topic], body=body)
    venue = Venue.objects.create(name="Halle", collection=media_collection(lorraine.site))
    make_event(lorraine.calendar, venue=venue)
    document = make_document()
    document.collection = media_collection(lorraine.site)
    document.save()
    return {
        "core.Person": person,
        "core.Topic": topic,
        "core.MapOutline": outline,
        "media.Image": image,
        "media.Document": document,
        "events.Venue": venue,
        "events.Subscription": Subscription.objects.create(
            calendar=lorraine.calendar, name="Bois", url="https://b.example"
        ),
        "core.SiteSettings": SiteSettings.for_site(lorraine.site),
        "core.NetworkNotice": NetworkNotice.objects.create(),
        "events.EventSettings": EventSettings.for_site(lorraine.site),
        "search.SearchSettings": SearchSettings.for_site(lorraine.site),
        "wagtailredirects.Redirect": Redirect.objects.create(old_path="/a", site=lorraine.site, redirect_link="/b"),
        "wagtailcore.PageViewRestriction": make_private(article),
        "wagtailcore.Site": lorraine.site,
        "wagtailcore.Locale": Locale.objects.first(),
        "wagtailcore.CollectionViewRestriction": CollectionViewRestriction.objects.create(
            collection=Collection.get_first_root_node(), restriction_type="login"
        ),
    }


@pytest.mark.parametrize("entry", PUBLIC_RECORDS, ids=lambda entry: entry.model)
def test_exactly_the_roles_in_the_table_may_change_it(public_records, newsrooms, entry, monkeypatch):
    record = public_records[entry.model]
    # test_published_records tests whether a record counts as used.
    monkeypatch.setattr("portal.editorial.published_records.is_read", lambda record, now: True)

    may = {role for role, member in newsrooms.lorraine.items() if entry.may_change(member, record)}

    assert may == set(entry.roles)
    assert not any(entry.may_change(member, record) for member in newsrooms.saar.values())


def rename(ground, user, person, name="Claire Autre"):
    path = reverse("wagtailsnippets_core_person:edit", args=[person.pk])
    data = {"name": name, "role": "Ministre", "picture": "", "site": ground.site.pk}
    data |= nested_form_data({"words": streamfield([]), "links": streamfield([])})
    assert newsroom_client(ground, user).post(path, data).status_code < 500
    return Person.objects.get(pk=person.pk).name == name


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER])
def test_published_byline_is_not_changed_without_permission_to_publish(lorraine, newsroom, person, role):
    assert not rename(lorraine, newsroom[role], person)
    newsroom_client(lorraine, newsroom[role]).post(reverse("wagtailsnippets_core_person:delete", args=[person.pk]))
    assert Person.objects.filter(pk=person.pk).exists()


def test_editor_sees_why_a_published_byline_is_read_only(lorraine, newsrooms, person):
    path = reverse("wagtailsnippets_core_person:edit", args=[person.pk])
    reason = "Somebody who may publish on this site can change it."

    for newsroom, is_shown in ((newsrooms.lorraine, True), (newsrooms.saar, False)):
        response = newsroom_client(lorraine, newsroom[Role.EDITOR]).get(path, follow=True)
        assert (reason in response.content.decode()) == is_shown


@pytest.mark.parametrize("use", ["none", "draft"])
def test_editor_changes_an_unpublished_person(lorraine, newsroom, use):
    person = make_person("Claire Humbert", site=lorraine.site)
    if use != "none":
        make_draft(make_article(lorraine.section, authors=[person]))

    assert rename(lorraine, newsroom[Role.EDITOR], person)


def mails_to(address):
    notify_approvers(timezone.now() + timedelta(minutes=1))
    work_off()
    return [message for message in mail.outbox if message.to == [address]]


def test_change_of_a_byline_is_logged_and_mailed_to_the_approvers(lorraine, newsrooms, newsroom, person):
    rename(lorraine, newsroom[Role.SITE_ADMINISTRATOR], person)

    [message] = mails_to(newsroom[Role.APPROVER].email)
    assert "Claire Autre" in message.body
    assert str(newsroom[Role.SITE_ADMINISTRATOR]) in message.body
    assert ModelLogEntry.objects.filter(action="wagtail.edit", object_id=str(person.pk)).exists()
    assert mails_to(newsrooms.saar[Role.APPROVER].email) == []


def test_many_changes_are_one_mail(lorraine, newsroom, person):
    for name in ("Une", "Deux", "Trois"):
        rename(lorraine, newsroom[Role.SITE_ADMINISTRATOR], person, name)

    assert len(mails_to(newsroom[Role.APPROVER].email)) == 1
    assert len(mails_to(newsroom[Role.APPROVER].email)) == 1


def test_approver_is_not_notified_of_their_own_change(lorraine, newsroom, person):
    second = make_member("seconde", *newsroom[Role.APPROVER].groups.all())
    rename(lorraine, newsroom[Role.APPROVER], person)

    assert len(mails_to(second.email)) == 1
    assert mails_to(newsroom[Role.APPROVER].email) == []


def test_change_of_an_unpublished_record_is_not_mailed(lorraine, newsroom):
    rename(lorraine, newsroom[Role.SITE_ADMINISTRATOR], make_person("Claire Humbert", site=lorraine.site))

    assert mails_to(newsroom[Role.APPROVER].email) == []


def test_deletion_of_a_person_is_recorded(lorraine, newsroom, person):
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    client.post(reverse("wagtailsnippets_core_person:delete", args=[person.pk]))

    assert PublicChange.objects.filter(kind="deleted", title="Claire Humbert").exists()


def test_changes_of_settings_redirects_and_privacy_are_recorded(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    redirect = {"old_path": "/ancien/", "site": lorraine.site.pk, "redirect_link": "https://example.org/"}
    client.post(reverse("site_redirects_add"), redirect)
    article = make_article(lorraine.section, "Secret")
    client.post(reverse("wagtailadmin_pages:set_privacy", args=[article.pk]), {"restriction_type": "login"})
    path = reverse("wagtailsettings:edit", args=["events", "eventsettings", lorraine.site.pk])
    client.post(path, {"night_ends": 4, "registration_retention_days": 90})

    assert PageViewRestriction.objects.filter(page=article).exists()
    assert EventSettings.for_site(lorraine.site).night_ends == 4
    kinds = set(PublicChange.objects.filter(site=lorraine.site).values_list("model", flat=True))
    assert kinds == {"wagtailredirects.Redirect", "wagtailcore.PageViewRestriction", "events.EventSettings"}


def test_change_to_a_network_topic_is_mailed_on_every_site(lorraine, newsrooms):
    topic = make_topic("Mobilier")
    make_article(lorraine.section, topics=[topic])
    boss = newsroom_client(lorraine, make_member("boss", is_superuser=True))
    path = reverse("wagtailsnippets_core_topic:edit", args=[topic.pk])
    boss.post(path, {"name": "Meubles", "slug": "meubles", "site": ""})

    assert len(mails_to(newsrooms.lorraine[Role.APPROVER].email)) == 1
    assert len(mails_to(newsrooms.saar[Role.APPROVER].email)) == 1
