"""The newsroom's list of ideas, and proposals that are taken up or declined."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.storage import FileSystemStorage
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, ModelLogEntry

from articles.models import ArticlePage
from events.models import EventPage, Proposal, ProposalPicture
from events.newsroom.proposal_drafts import take_up
from events.proposals.acting import ProposalRefusedError
from portal.content.readers.access_log import LOOKED_AT
from portal.content.records.sharing import Share
from portal.editorial.approval.authorship import authors_among
from portal.editorial.ideas import views
from portal.editorial.models import IdeaDecision, PlannedItem
from portal.editorial.roles import Role
from portal.media.models import Image
from portal.media.stored import StorageUnavailableError
from search.ideas import LEAST_TIMES
from search.models import LoggedQuery
from tests.builders import make_article, make_event, make_member, make_section, newsroom_client
from tests.events.proposals.proposing import ANSWERS, DAYS, html, propose, proposed, sent_mails, take_proposals
from tests.events.proposals.test_proposing import add_picture, file
from tests.publishing import republish

pytestmark = pytest.mark.usefixtures("media")


def ideas_of(ground, user) -> dict[str, tuple[str, str]]:
    """The titles in the list, each with its source and key."""
    rows = html(newsroom_client(ground, user).get(reverse("ideas"))).select("main tbody tr")
    return {
        row.select_one(".title-wrapper").text.strip(): (
            row.select_one("[name=source]")["value"],
            row.select_one("[name=key]")["value"],
        )
        for row in rows
    }


def plan(ground, user, title, view="plan_idea"):
    source, key = ideas_of(ground, user)[title]
    return newsroom_client(ground, user).post(reverse(view), {"source": source, "key": key})


def log_query(ground, text, times=LEAST_TIMES, results=0):
    for _ in range(times):
        LoggedQuery.objects.log(ground.site, ground.language, text, results, timezone.localdate())


def test_list_has_only_ideas_of_the_users_site(ground, saar, newsroom):
    proposed(ground)
    proposed(take_proposals(saar), title="Fremder Vorschlag")
    past = timezone.now() - timedelta(days=3)
    make_event(ground.calendar, "Nuit du bois", past)
    make_event(saar.calendar, "Holznacht", past)
    log_query(ground, "tramway")
    log_query(ground, "canal", results=4)
    log_query(saar, "straßenbahn")
    ours, theirs = make_article(ground.section, "La nôtre"), make_article(saar.sections["fr"], "Leur histoire")
    Share.objects.create(page=theirs.page_ptr, site=ground.site)
    Share.objects.create(page=ours.page_ptr, site=saar.site)

    assert set(ideas_of(ground, newsroom[Role.EDITOR])) == {
        ANSWERS["title"],
        "Nuit du bois",
        "Tramway",
        "Leur histoire",
    }


def test_organiser_sees_proposals_but_no_searches(ground, newsroom):
    proposed(ground)
    log_query(ground, "tramway")

    assert set(ideas_of(ground, newsroom[Role.ORGANISER])) == {ANSWERS["title"]}


def test_number_of_queries_does_not_grow(ground, saar, newsroom, django_assert_max_num_queries):
    client = newsroom_client(ground, newsroom[Role.APPROVER])
    for number in range(5):
        proposed(ground, title=f"Rencontre {number}", address=f"a{number}@portal.example")
        make_event(ground.calendar, f"Passée {number}", timezone.now() - timedelta(days=number + 1))
        log_query(ground, f"recherche {number}")
        story = make_article(saar.sections["fr"])
        Share.objects.create(page=story.page_ptr, site=ground.site)

    with django_assert_max_num_queries(45):
        assert client.get(reverse("ideas")).status_code == 200


def test_proposals_come_first_and_the_oldest_one_is_never_cut_off(ground, newsroom, monkeypatch):
    monkeypatch.setattr(views, "MOST_OF_SOURCE", 1)
    for number in range(3):
        proposed(ground, title=f"Rencontre {number}", address=f"a{number}@portal.example")
    log_query(ground, "tramway")

    assert list(ideas_of(ground, newsroom[Role.EDITOR])) == ["Rencontre 0", "Rencontre 1", "Rencontre 2", "Tramway"]


def test_search_becomes_a_planned_item_once(ground, newsroom):
    log_query(ground, "tramway")

    plan(ground, newsroom[Role.EDITOR], "Tramway")

    item = PlannedItem.objects.get(page__draft_title="Tramway")
    assert item.person == newsroom[Role.EDITOR]
    assert "Tramway" in item.note
    assert ideas_of(ground, newsroom[Role.EDITOR]) == {}


def test_offered_story_becomes_a_planned_item(ground, saar, newsroom):
    story = make_article(saar.sections["fr"], "Leur histoire")
    Share.objects.create(page=story.page_ptr, site=ground.site)

    plan(ground, newsroom[Role.EDITOR], "Leur histoire")

    item = PlannedItem.objects.get(page__draft_title="Leur histoire")
    assert saar.site.site_name in item.note
    assert item.page.path.startswith(ground.home.path)


def test_past_event_becomes_a_planned_recap(ground, newsroom):
    make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))

    plan(ground, newsroom[Role.EDITOR], "Nuit du bois")

    assert PlannedItem.objects.get().page.specific.event.title == "Nuit du bois"
    assert ideas_of(ground, newsroom[Role.EDITOR]) == {}


def test_dismissed_idea_leaves_the_list_of_everybody(ground, newsroom):
    log_query(ground, "tramway")

    plan(ground, newsroom[Role.EDITOR], "Tramway", "dismiss_idea")

    assert ideas_of(ground, newsroom[Role.APPROVER]) == {}
    assert not ArticlePage.objects.filter(draft_title="Tramway").exists()


def test_dismissal_is_logged(ground, newsroom):
    log_query(ground, "tramway")

    plan(ground, newsroom[Role.EDITOR], "Tramway", "dismiss_idea")

    entry = ModelLogEntry.objects.get(action=views.DISMISSED)
    assert (entry.user, entry.object_id) == (newsroom[Role.EDITOR], str(ground.site.pk))
    assert "Tramway" in entry.message


def writer(*permissions):
    """A user with these page permissions, given as pairs of a page and a permission."""
    group = Group.objects.create(name="Few rights")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for page, codename in permissions:
        GroupPagePermission.objects.create(
            group=group, page=page, permission=Permission.objects.get(codename=f"{codename}_page")
        )
    return make_member("few-rights", group)


def test_recap_is_an_idea_only_for_those_who_may_write_it(ground):
    make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))

    assert ideas_of(ground, writer((ground.calendar, "change"), (make_section(ground.home), "add"))) == {}


def test_buttons_are_for_those_who_may_open_the_list(ground):
    posted = {"source": "searches", "key": "1"}
    client = newsroom_client(ground, writer((ground.calendar, "change")))

    addresses = {client.post(reverse(view), posted).headers["Location"] for view in ("plan_idea", "dismiss_idea")}

    assert addresses == {reverse("wagtailadmin_home")}


def test_idea_of_another_site_cannot_be_planned(ground, saar, newsroom):
    log_query(saar, "straßenbahn")
    key = f"{saar.site.pk}:{saar.language}:straßenbahn"

    newsroom_client(ground, newsroom[Role.EDITOR]).post(reverse("plan_idea"), {"source": "searches", "key": key})

    assert not PlannedItem.objects.exists()
    assert not IdeaDecision.objects.exists()


def test_proposal_becomes_a_draft_of_whoever_takes_it_up(ground, newsroom):
    proposed(ground)

    response = plan(ground, newsroom[Role.ORGANISER], ANSWERS["title"])

    page = EventPage.objects.get(title=ANSWERS["title"])
    assert response.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (page.live, page.owner, page.organiser) == (False, newsroom[Role.ORGANISER], "Scierie Klein")
    assert (page.wall_span[0].date(), page.wall_span[0].hour) == (DAYS[0], 14)
    assert [(added.day, added.start_time.hour) for added in page.added_dates.all()] == [(DAYS[1], 10)]
    assert "<p>Seconde partie.</p>" in str(page.body.raw_data[0]["value"])


def test_whoever_takes_it_up_is_an_author(ground, newsroom):
    proposed(ground)
    page = take_up(Proposal.objects.get(), newsroom[Role.APPROVER], timezone.now()).page

    assert newsroom[Role.APPROVER].pk in authors_among(page, None)


@pytest.mark.parametrize("kind", ["", "recap/"])
def test_sender_with_an_account_is_an_author_too(ground, newsroom, kind):
    approver = newsroom[Role.APPROVER]
    type(approver).objects.filter(pk=approver.pk).update(email="Anna@portal.example")
    past = make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))
    propose(ground, kind, **({"date": str(past.occurrences.get().pk), "place": None} if kind else {}))
    Proposal.objects.update(state=Proposal.State.OPEN, confirmed_at=timezone.now())

    page = take_up(Proposal.objects.get(), newsroom[Role.EDITOR], timezone.now()).page

    assert authors_among(page, None) >= {approver.pk, newsroom[Role.EDITOR].pk}


def test_proposal_is_taken_up_once(ground, newsroom):
    proposed(ground)
    first, second = Proposal.objects.get(), Proposal.objects.get()
    take_up(first, newsroom[Role.ORGANISER], timezone.now())

    with pytest.raises(ProposalRefusedError):
        take_up(second, newsroom[Role.EDITOR], timezone.now())
    assert EventPage.objects.filter(title=ANSWERS["title"]).count() == 1


def test_script_of_a_proposal_is_text_in_the_draft(ground, newsroom):
    proposed(ground, text="<script>alert(2)</script>")

    page = take_up(Proposal.objects.get(), newsroom[Role.ORGANISER], timezone.now()).page

    assert "<script" not in str(page.body.raw_data[0]["value"])


def test_pictures_become_images_with_description_and_credit(ground, newsroom, settings):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"
    link = proposed(ground)
    add_picture(ground, link, file(), file())

    page = take_up(Proposal.objects.get(), newsroom[Role.ORGANISER], timezone.now()).page

    assert (page.lead_image.credit, page.lead_image_alt) == ("A. Klein", "La scierie")
    assert [block["type"] for block in page.body.raw_data] == ["paragraph", "figure"]
    assert not Proposal.objects.get().pictures.exists()


def with_pictures(ground, settings, number=2):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"
    add_picture(ground, proposed(ground), *(file() for _ in range(number)))


def test_picture_that_cannot_be_read_stays_with_the_proposal(ground, newsroom, settings, monkeypatch):
    with_pictures(ground, settings)
    _first, second = ProposalPicture.objects.order_by("pk")
    open_file = FileSystemStorage.open

    def fail(storage, name, mode="rb"):
        if name == second.file.name:
            raise StorageUnavailableError("The object storage does not respond.")
        return open_file(storage, name, mode)

    monkeypatch.setattr(FileSystemStorage, "open", fail)
    page, problems = take_up(Proposal.objects.get(), newsroom[Role.ORGANISER], timezone.now())

    assert page.lead_image.description == "La scierie"
    assert len(problems) == 1
    assert list(ProposalPicture.objects.all()) == [second]


def test_proposal_that_cannot_be_taken_up_leaves_no_image(ground, newsroom, settings, monkeypatch):
    with_pictures(ground, settings)
    before, save = set(Image.objects.all()), Image.save

    def fail(image, *arguments, **options):
        if image.description and Image.objects.count() == len(before) + 2:
            raise RuntimeError
        save(image, *arguments, **options)

    monkeypatch.setattr(Image, "save", fail)
    with pytest.raises(RuntimeError):
        take_up(Proposal.objects.get(), newsroom[Role.ORGANISER], timezone.now())

    assert set(Image.objects.all()) == before
    assert ProposalPicture.objects.count() == 2


def test_sender_gets_mails_about_taking_up_and_publication(ground, newsroom):
    link = proposed(ground)
    sent_mails()
    page = take_up(Proposal.objects.get(), newsroom[Role.ORGANISER], timezone.now()).page
    subjects = [each.subject for each in sent_mails() if each.to == ["anna@portal.example"]]
    for _ in range(2):
        republish(EventPage.objects.get(pk=page.pk))
        subjects += [each.subject for each in sent_mails() if each.to == ["anna@portal.example"]]

    assert len(subjects) == 2
    assert ground.address(page) in html(ground.reader().get(link)).select_one("main .message__actions a")["href"]


def test_sender_of_a_declined_proposal_gets_the_reason(ground, newsroom):
    link = proposed(ground)
    sent_mails()
    client, url = (
        newsroom_client(ground, newsroom[Role.ORGANISER]),
        reverse("proposal", args=[Proposal.objects.get().pk]),
    )

    assert client.post(url, {"action": "decline", "reason": ""}).status_code == 422
    client.post(url, {"action": "decline", "reason": "Trop loin de chez nous."})

    [message] = sent_mails()
    assert "Trop loin de chez nous." in message.body
    assert "Trop loin de chez nous." in ground.reader().get(link).content.decode()
    assert ideas_of(ground, newsroom[Role.ORGANISER]) == {}


def test_proposal_of_another_site_does_not_exist(ground, saar, newsroom):
    proposed(take_proposals(saar))
    url = reverse("proposal", args=[Proposal.objects.get().pk])

    responses = [newsroom_client(ground, newsroom[role]).get(url) for role in newsroom]

    assert {response.status_code for response in responses} == {404}


@pytest.mark.parametrize("data", ["anna@portal.example", "Anna Klein"])
def test_only_administrators_see_name_and_address(ground, newsroom, data):
    proposed(ground)
    url = reverse("proposal", args=[Proposal.objects.get().pk])

    seen = {role: data in newsroom_client(ground, newsroom[role]).get(url).content.decode() for role in newsroom}

    assert [role for role, is_seen in seen.items() if is_seen] == [Role.SITE_ADMINISTRATOR]


def test_list_names_the_organisation_only(ground, newsroom):
    proposed(ground)

    listed = newsroom_client(ground, newsroom[Role.EDITOR]).get(reverse("ideas")).content.decode()

    assert "Scierie Klein" in listed
    assert "Anna Klein" not in listed


def test_download_of_a_picture_is_logged(ground, newsroom, settings):
    with_pictures(ground, settings, 1)
    picture = ProposalPicture.objects.get()

    url = reverse("proposal_picture", args=[picture.proposal_id, picture.pk])
    response = newsroom_client(ground, newsroom[Role.EDITOR]).get(url)

    assert b"".join(response)
    assert ModelLogEntry.objects.filter(action=LOOKED_AT, user=newsroom[Role.EDITOR]).exists()


def test_rare_search_is_no_idea(ground, newsroom):
    log_query(ground, "tramway", times=4)

    assert ideas_of(ground, newsroom[Role.EDITOR]) == {}
