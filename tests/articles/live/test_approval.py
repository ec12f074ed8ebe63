"""Readers see an entry once a second person has approved exactly this text."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import PageLogEntry

from articles.live.approving import approve, end, pin, submit, withdraw
from articles.models import LiveEntry, LiveText
from portal.content.publication import PublicationRefusedError
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.platform.operation.changes import content_version
from tests.articles.live.making import act, approved, desk, entries, make_entry, make_live, send, written
from tests.builders import make_member, make_settings, newsroom_client


@pytest.fixture
def page(lorraine):
    return make_live(lorraine.section)


@pytest.fixture
def people(newsroom):
    return newsroom[Role.EDITOR], newsroom[Role.APPROVER]


@pytest.fixture
def editor(lorraine, people):
    return newsroom_client(lorraine, people[0])


@pytest.fixture
def approver(lorraine, people):
    return newsroom_client(lorraine, people[1])


def test_entry_is_published_by_one_tap_of_a_second_person(lorraine, page, editor, approver):
    assert send(editor, page, "Les portes ouvrent.").status_code == 302
    assert entries(lorraine, page) == []

    button = desk(approver, page).select_one(".live-desk__approve")
    form = button.find_parent("form")
    approver.post(form["action"], {field["name"]: field["value"] for field in form.select("input")})

    assert entries(lorraine, page) == ["Les portes ouvrent."]


def test_author_has_no_button_and_is_refused(lorraine, page, people, approver):
    both = people[1]
    both.groups.add(*people[0].groups.all())
    text = written(page, both)

    assert desk(approver, page).select_one(".live-desk__approve") is None
    act(approver, text.entry, "approve", text)
    assert entries(lorraine, page) == []


def test_author_is_refused_even_where_the_four_eyes_rule_is_off(lorraine, page, people):
    make_settings(lorraine, four_eyes=False)
    people[1].groups.add(*people[0].groups.all())
    text = written(page, people[1])

    with pytest.raises(PublicationRefusedError):
        approve(text, people[1], timezone.now())


def test_editor_without_the_permission_to_publish_cannot_approve(lorraine, page, people, editor):
    text = written(page, make_member("other", *people[0].groups.all()))
    act(editor, text.entry, "approve", text)

    assert entries(lorraine, page) == []


def test_somebody_who_corrected_a_waiting_entry_cannot_approve_it(page, people):
    people[1].groups.add(*people[0].groups.all())
    first = written(page, people[0])
    corrected = written(page, people[1], "Les portes ouvrent à dix heures.", first.entry)
    again = written(page, people[0], "Les portes ouvrent à onze heures.", first.entry)

    for text in (first, corrected, again):
        with pytest.raises(PublicationRefusedError):
            approve(text, people[1], timezone.now())


def test_text_that_was_changed_meanwhile_is_not_approved(lorraine, page, people, approver):
    seen = written(page, people[0], "Un")
    written(page, people[0], "Deux", seen.entry)
    act(approver, seen.entry, "approve", seen)

    assert entries(lorraine, page) == []


def test_entry_of_a_deleted_account_cannot_be_approved(page, people):
    writer = make_member("gone", *people[0].groups.all())
    text = written(page, writer)
    writer.delete()

    with override("en"), pytest.raises(PublicationRefusedError, match="deleted"):
        approve(LiveText.objects.get(pk=text.pk), people[1], timezone.now())


def test_readers_see_the_approved_text_while_its_correction_waits(lorraine, page, people):
    first = approved(page, *people, "Vingt ateliers.")
    correction = written(page, people[0], "Trente ateliers.", first.entry)
    assert entries(lorraine, page) == ["Vingt ateliers."]

    approve(correction, people[1], timezone.now())
    assert entries(lorraine, page) == ["Trente ateliers."]


def test_withdrawn_entry_disappears(lorraine, page, people, approver):
    text = approved(page, *people, "Une rumeur.")
    act(approver, text.entry, "withdraw")

    assert entries(lorraine, page) == []


def test_withdrawn_entry_comes_back_only_through_an_approval(lorraine, page, people):
    text = approved(page, *people, "Une rumeur.")
    withdraw(text.entry, people[1])
    with pytest.raises(PublicationRefusedError):
        approve(LiveText.objects.get(pk=text.pk), people[1], timezone.now())

    approved(page, *people, "Confirmé.", text.entry)
    assert entries(lorraine, page) == ["Confirmé."]


def test_editor_withdraws_only_what_they_wrote(lorraine, page, people):
    other = make_member("other", *people[0].groups.all())
    text = approved(page, *people, "Vrai.")
    with pytest.raises(PublicationRefusedError):
        withdraw(text.entry, other)

    withdraw(text.entry, people[0])
    assert entries(lorraine, page) == []


def test_pinned_entry_is_first(lorraine, page, people, approver):
    first = approved(page, *people, "Un")
    approved(page, *people, "Deux")
    assert entries(lorraine, page) == ["Deux", "Un"]

    act(approver, first.entry, "pin")
    assert entries(lorraine, page) == ["Un", "Deux"]
    act(approver, first.entry, "unpin")
    assert entries(lorraine, page) == ["Deux", "Un"]


@pytest.mark.parametrize("deed", [lambda text, user: pin(text.entry, user, is_pinned=True),
                                  lambda text, user: end(text.entry.page, user, timezone.now())])  # fmt: skip
def test_editor_neither_pins_nor_ends(page, people, deed):
    text = approved(page, *people, "Un")

    with pytest.raises(PublicationRefusedError):
        deed(text, people[0])


def test_ended_coverage_takes_no_new_entry_but_corrections(lorraine, page, people):
    text = approved(page, *people, "Vingt ateliers.")
    end(page, people[1], timezone.now())
    page.refresh_from_db()
    with pytest.raises(PublicationRefusedError):
        written(page, people[0])

    approved(page, *people, "Trente ateliers.", text.entry)
    assert entries(lorraine, page) == ["Trente ateliers."]


def test_acts_are_in_the_history_of_the_page(page, people, approver):
    text = approved(page, *people, "Vingt ateliers.")
    withdraw(text.entry, people[1])
    history = approver.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()

    for words in ("Live entry submitted: “Vingt", "Live entry approved: “Vingt", "Live entry withdrawn: “Vingt"):
        assert words in history
    assert PageLogEntry.objects.get(action="portal.live.approved").user == people[1]


def test_only_what_readers_see_changes_the_content_version(page, people):
    before = content_version()
    text = written(page, people[0])
    assert content_version() == before

    approve(text, people[1], timezone.now())
    shown = content_version()
    assert shown != before
    correction = written(page, people[0], "Autre.", text.entry)
    assert content_version() == shown
    approve(correction, people[1], timezone.now())
    assert content_version() != shown


@pytest.mark.parametrize("deed", ["withdraw", "pin"])
def test_act_on_a_shown_entry_changes_the_content_version(page, people, approver, deed):
    text = approved(page, *people, "Un")
    before = content_version()
    act(approver, text.entry, deed)

    assert content_version() != before


def test_entry_of_a_page_in_the_trash_is_not_approved(page, people):
    text = written(page, people[0])
    put_into_trash(page, people[1])

    with pytest.raises(PublicationRefusedError, match="corbeille"):
        approve(LiveText.objects.get(pk=text.pk), people[1], timezone.now())


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_newsroom_of_another_site_reaches_nothing(lorraine, saar, newsrooms, page, people, role):
    text = written(page, people[0])
    stranger = newsroom_client(saar, newsrooms.saar[role])
    for url in (
        reverse("live:entries", args=[page.pk]),
        reverse("live:entry", args=[text.entry_id]),
    ):
        assert stranger.get(url).status_code in (302, 403, 404)
    for url in (
        reverse("live:act", args=[page.pk, "end"]),
        reverse("live:act", args=[page.pk, "article"]),
        *(reverse("live:entry_act", args=[text.entry_id, name]) for name in ("approve", "withdraw", "pin")),
    ):
        stranger.post(url, {"text": text.pk})
    page.refresh_from_db()

    assert entries(lorraine, page) == []
    assert page.ended_at is None
    assert page.following_id is None
    assert LiveText.objects.get(pk=text.pk).state == LiveText.State.WAITING


def test_link_to_a_page_of_another_site_is_refused(lorraine, saar, page, editor):
    other = make_live(saar.section, "Drüben")
    content = (
        '{"blocks": [{"key": "a", "text": "ici", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], '
        '"entityRanges": [{"key": 0, "offset": 0, "length": 3}]}], "entityMap": {"0": {"type": "LINK", '
        f'"mutability": "MUTABLE", "data": {{"id": {other.pk}, "url": "/x/", "parentId": 1}}}}}}}}'
    )
    response = editor.post(reverse("live:entries", args=[page.pk]), {"title": "", "text": content})

    assert response.status_code == 422
    assert not LiveEntry.objects.exists()


def test_dashboard_names_the_coverages_with_waiting_entries(lorraine, page, people, editor, approver):
    decoy = make_live(lorraine.section, "Rien n’attend")
    make_entry(decoy)
    written(page, people[0])
    shown = approver.get(reverse("wagtailadmin_home")).content.decode()

    assert "Live entries to approve" in shown
    assert reverse("live:entries", args=[page.pk]) in shown
    assert reverse("live:entries", args=[decoy.pk]) not in shown
    assert "Live entries to approve" not in editor.get(reverse("wagtailadmin_home")).content.decode()


def test_submitting_needs_the_permission_to_edit(page, people):
    with pytest.raises(PublicationRefusedError):
        submit(page, make_member("nobody"), "", "<p>Non.</p>")
