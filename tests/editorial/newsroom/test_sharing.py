"""A story or event shared by one site is shown by another in its own design, until the share ends."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Page, PageViewRestriction

from portal.content.records.sharing import Share
from portal.editorial.roles import Role
from portal.editorial.sharing import shares
from portal.editorial.sharing.shares import accept, offer, show_due_shares, withdraw
from tests.builders import (
    change,
    make_article,
    make_draft,
    make_event,
    make_member,
    make_newsroom,
    make_private,
    make_section,
    make_site,
    newsroom_client,
)
from tests.checkers.refusals import is_refused

NEWS = "/fr/rubrique/actualites/"


@pytest.fixture
def giver(newsrooms):
    return newsrooms.lorraine[Role.SITE_ADMINISTRATOR]


@pytest.fixture
def receiver(newsrooms):
    return newsrooms.saar[Role.SITE_ADMINISTRATOR]


@pytest.fixture
def story(lorraine):
    return make_article(lorraine.section, "La filière bois recrute", slug="filiere-bois")


@pytest.fixture
def offered(story, saar, giver) -> Share:
    [share] = offer(story, [saar.site], giver)
    return share


@pytest.fixture
def shared(offered, saar, receiver) -> Share:
    now = timezone.now()
    accept(offered, saar.sections["fr"], receiver, now, now)
    return Share.objects.get(pk=offered.pk)


def news_of(ground, path: str = NEWS) -> str:
    return ground.reader().get(path).content.decode()


def make_confidential(ground, story, way: str) -> None:
    """Make a shared page private: by its own view restriction, by an ancestor's, or by a move. Also change its text."""
    if way == "move":
        confidential = make_section(ground.home, "Interne")
        make_private(confidential, "secret")
        story.move(confidential, pos="last-child")
    else:
        make_private(story if way == "story" else ground.section, "secret")
    change(type(story).objects.get(pk=story.pk), title="Le bois confidentiel", standfirst="Bois confidentiel.")


def test_offer_alone_is_not_shown_elsewhere(saar, offered):
    assert "La filière bois recrute" not in news_of(saar)
    assert saar.reader().get("/fr/rubrique/filiere-bois/").status_code == 404


def test_accepted_story_is_in_lists_and_pages_of_the_receiving_site(lorraine, saar, shared):
    assert "La filière bois recrute" in news_of(saar)
    page = saar.reader().get("/fr/rubrique/filiere-bois/").content.decode()

    assert saar.site.site_name in page
    assert f'rel="canonical" href="{lorraine.site.root_url}/fr/rubrique/filiere-bois/"' in page
    assert f'href="{lorraine.site.root_url}/fr/rubrique/filiere-bois/">{lorraine.site.site_name}</a>' in page


def test_shared_story_follows_changes_of_its_text(saar, story, shared):
    before = saar.reader().get("/fr/rubrique/filiere-bois/").content.decode()
    assert "Trente postes" not in before

    change(story, standfirst="Trente postes à pourvoir.", body=[("paragraph", "<p>Trente postes de scieurs.</p>")])

    after = saar.reader().get("/fr/rubrique/filiere-bois/").content.decode()
    assert "Trente postes à pourvoir." in after
    assert "Trente postes de scieurs." in after
    assert "Trente postes à pourvoir." in news_of(saar)


def test_unpublished_story_goes_offline_everywhere(saar, story, shared):
    make_draft(story)
    assert "La filière bois recrute" not in news_of(saar)
    assert saar.reader().get("/fr/rubrique/filiere-bois/").status_code == 410

    story.save_revision().publish()
    assert "La filière bois recrute" in news_of(saar)


def test_deleted_story_leaves_no_copy(saar, story, shared):
    story.delete()

    assert "La filière bois recrute" not in news_of(saar)
    assert not Page.objects.filter(title="La filière bois recrute").exists()


def test_withdrawal_by_either_site_removes_the_alias(saar, story, shared, giver, receiver):
    withdraw(shared, receiver)
    assert "La filière bois recrute" not in news_of(saar)
    assert story.aliases.count() == 0

    [again] = offer(story, [saar.site], giver)
    assert again.status == Share.Status.OFFERED


@pytest.mark.parametrize("way", ["story", "section", "move"])
def test_story_made_private_is_withdrawn_everywhere(lorraine, saar, story, shared, receiver, way):
    alias = shared.alias.pk
    make_confidential(lorraine, story, way)

    assert "La filière bois recrute" not in news_of(saar)
    assert saar.reader().get("/fr/rubrique/filiere-bois/").status_code == 410
    client = newsroom_client(saar, receiver)
    for view in ("edit", "view_draft"):
        assert client.get(reverse(f"wagtailadmin_pages:{view}", args=[alias])).status_code == 404
    message = client.get(reverse("wagtailadmin_explore", args=[saar.sections["fr"].pk])).content.decode()
    assert "bois" not in message + client.get(reverse("shares")).content.decode()


@pytest.mark.parametrize("way", ["story", "section", "move"])
def test_offer_of_a_story_made_private_reveals_nothing(lorraine, saar, story, offered, receiver, way):
    make_confidential(lorraine, story, way)
    client = newsroom_client(saar, receiver)

    listed = client.get(reverse("shares")).content.decode()
    requested = client.get(reverse("answer_offer", args=[offered.pk]), follow=True).content.decode()
    taken_back = client.post(reverse("withdraw_share", args=[offered.pk]), follow=True).content.decode()

    assert "bois" not in listed + requested + taken_back
    assert "A page that is now private" in listed
    assert "answered or withdrawn" in requested
    with pytest.raises(ValidationError):
        accept(offered, saar.sections["fr"], receiver, timezone.now(), timezone.now())


def test_own_newsroom_still_sees_the_offer_of_a_private_story(lorraine, saar, story, shared, giver):
    decoy = make_article(lorraine.section, "La scierie ouvre", slug="scierie")
    [stored] = offer(decoy, [saar.site], giver)
    make_private(story, "secret")

    assert "La filière bois recrute" in newsroom_client(lorraine, giver).get(reverse("shares")).content.decode()
    stored.refresh_from_db()
    assert stored.status == Share.Status.OFFERED


def test_accepted_story_is_not_shown_later_if_it_is_private(saar, story, offered, receiver):
    now = timezone.now()
    accept(offered, saar.sections["fr"], receiver, now + timedelta(hours=2), now)
    # The rule is created in the same way as by a command.
    PageViewRestriction.objects.bulk_create([PageViewRestriction(page=story.page_ptr, restriction_type="login")])

    show_due_shares(now + timedelta(hours=3))

    assert story.aliases.count() == 0


def test_republished_story_can_be_offered_again(saar, story, shared, giver):
    make_private(story, "secret").delete()

    [again] = offer(story, [saar.site], giver)
    assert again.status == Share.Status.OFFERED


def test_lock_and_owner_stay_with_their_own_site(lorraine, saar, newsrooms, story, offered, receiver):
    editor = newsrooms.lorraine[Role.EDITOR]
    editor.first_name, editor.last_name = "Zita", "Keller"
    editor.save()
    Page.objects.filter(pk=story.pk).update(locked=True, locked_by=editor, locked_at=timezone.now(), owner=editor)
    now = timezone.now()
    accept(offered, saar.sections["fr"], receiver, now, now)
    change(story, standfirst="Trente postes à pourvoir.")

    alias = story.aliases.get()
    assert Page.objects.get(pk=story.pk).locked
    assert not alias.locked
    assert alias.owner == receiver
    client = newsroom_client(saar, receiver)
    for address in (reverse("wagtailadmin_pages:edit", args=[alias.pk]), reverse("wagtailadmin_reports:locked_pages")):
        assert "Keller" not in client.get(address).content.decode()


def test_private_story_cannot_be_offered(saar, story, giver):
    make_private(story, "secret")

    with pytest.raises(PermissionDenied):
        offer(story, [saar.site], giver)


def test_each_site_has_its_own_date(lorraine, saar, offered, receiver):
    now = timezone.now()
    long_ago = now - timedelta(days=400)
    make_article(lorraine.section, "Une vieille histoire", date=long_ago)
    accept(offered, saar.sections["fr"], receiver, long_ago, now)

    assert "La filière bois recrute" in news_of(saar, f"{NEWS}?year={long_ago.year}")
    there = news_of(lorraine, f"{NEWS}?year={long_ago.year}")
    assert "Une vieille histoire" in there
    assert "La filière bois recrute" not in there


def test_story_accepted_for_later_appears_then(saar, offered, receiver):
    now = timezone.now()
    accept(offered, saar.sections["fr"], receiver, now + timedelta(hours=2), now)

    show_due_shares(now)
    assert saar.reader().get("/fr/rubrique/filiere-bois/").status_code == 404

    show_due_shares(now + timedelta(hours=3))
    show_due_shares(now + timedelta(hours=3))
    assert saar.reader().get("/fr/rubrique/filiere-bois/").status_code == 200
    assert Page.objects.filter(slug__startswith="filiere-bois", path__startswith=saar.homes["fr"].path).count() == 1


def test_conflicting_slug_gets_a_number(saar, offered, receiver):
    make_article(saar.sections["fr"], "Autre filière", slug="filiere-bois")
    now = timezone.now()

    accept(offered, saar.sections["fr"], receiver, now, now)

    assert "La filière bois recrute" in news_of(saar, "/fr/rubrique/filiere-bois-2/")


def test_event_is_shown_in_a_calendar_of_the_other_site(lorraine, saar, giver, receiver):
    event = make_event(lorraine.calendar, "Salon de la scierie")
    [share] = offer(event, [saar.site], giver)
    now = timezone.now()

    assert {type(place).__name__ for place in shares.possible_parents(share)} == {"CalendarPage"}
    accept(share, saar.calendars["fr"], receiver, now, now)

    assert "Salon de la scierie" in news_of(saar, "/fr/calendrier/")


def test_nobody_accepts_their_own_offer(saar, story):
    admin = make_member("admin", is_superuser=True)
    [share] = offer(story, [saar.site], admin)
    now = timezone.now()

    with pytest.raises(PermissionDenied):
        accept(share, saar.sections["fr"], admin, now, now)


def test_second_decision_is_refused_with_a_message(saar, shared, receiver):
    now = timezone.now()

    with translation.override("en"), pytest.raises(ValidationError, match="since been answered"):
        accept(shared, saar.sections["fr"], receiver, now, now)
    assert Page.objects.filter(slug__startswith="filiere-bois", path__startswith=saar.homes["fr"].path).count() == 1


def test_story_is_accepted_only_below_pages_of_the_receiving_site_and_language(lorraine, saar, offered, receiver):
    now = timezone.now()
    for place in (saar.sections["de"], lorraine.section, saar.calendars["fr"]):
        with pytest.raises(ValidationError):
            accept(offered, place, receiver, now, now)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER])
def test_editors_neither_offer_nor_accept(newsrooms, saar, story, offered, role):
    now = timezone.now()
    with pytest.raises(PermissionDenied):
        offer(story, [saar.site], newsrooms.lorraine[role])
    with pytest.raises(PermissionDenied):
        accept(offered, saar.sections["fr"], newsrooms.saar[role], now, now)


def test_third_site_neither_sees_nor_accepts_the_offer(db, lorraine, story, offered, newsrooms):
    third = make_site("moselle.localhost", ("fr",))
    stranger = make_newsroom(third)[Role.SITE_ADMINISTRATOR]
    client = newsroom_client(third, stranger)

    assert "La filière bois recrute" not in client.get(reverse("shares")).content.decode()
    assert is_refused(client.get(reverse("answer_offer", args=[offered.pk])))
    client.post(reverse("withdraw_share", args=[offered.pk]))
    assert Share.objects.get(pk=offered.pk).status == Share.Status.OFFERED


class TestInTheNewsroom:
    def test_page_is_offered_and_accepted_by_form(self, lorraine, saar, story, giver, receiver):
        giving, receiving = newsroom_client(lorraine, giver), newsroom_client(saar, receiver)
        assert (
            reverse("offer_page", args=[story.pk])
            in giving.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
        )

        giving.post(reverse("offer_page", args=[story.pk]), {"sites": [saar.site.pk], "note": "Pour vos lecteurs"})
        share = Share.objects.get()
        inbox = receiving.get(reverse("shares")).content.decode()
        assert "La filière bois recrute" in inbox
        form = receiving.get(reverse("answer_offer", args=[share.pk])).content.decode()
        assert "Pour vos lecteurs" in form
        assert f'value="{saar.sections["fr"].pk}"' in form
        assert f'value="{saar.sections["de"].pk}"' not in form

        path = reverse("answer_offer", args=[share.pk])
        nowhere = receiving.post(path, {"published_at": "2026-11-24 10:00", "accept": "1"})
        assert "Choose where" in nowhere.content.decode()
        response = {"place": saar.sections["fr"].pk, "published_at": "2026-11-24 10:00", "accept": "1"}
        assert receiving.post(path, response).status_code == 302

        assert "La filière bois recrute" in news_of(saar)

    def test_declined_offer_says_why(self, lorraine, saar, offered, giver, receiver):
        response = {"published_at": "2026-11-24 10:00", "answer": "Trop loin de nos lecteurs", "decline": "1"}
        newsroom_client(saar, receiver).post(reverse("answer_offer", args=[offered.pk]), response)

        assert "Trop loin de nos lecteurs" in newsroom_client(lorraine, giver).get(reverse("shares")).content.decode()
        assert "La filière bois recrute" not in news_of(saar)

    def test_query_count_does_not_grow_with_the_shares(
        self, lorraine, saar, giver, receiver, django_assert_max_num_queries
    ):
        for number in range(8):
            offer(make_article(lorraine.section, f"Histoire {number}"), [saar.site], giver)
        client = newsroom_client(saar, receiver)
        client.get(reverse("shares"))

        with django_assert_max_num_queries(40):
            client.get(reverse("shares"))
