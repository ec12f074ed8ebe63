"""The dashboard shows reviews, drafts and dates of the user's own site only, in few queries for any size of site."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import Page, TaskState
from wagtail.users.models import UserProfile

from events.models import EventPage
from portal.editorial.dashboard.hooks import continue_writing
from portal.editorial.dashboard.lists import Dashboard
from portal.editorial.models import Review
from portal.editorial.roles import Role, group_of, section_group
from tests.builders import (
    change,
    make_article,
    make_event,
    make_member,
    make_recap,
    make_section_member,
    newsroom_client,
)
from tests.editorial.drafts import answer, draft, rewrite, submit

# One of them checks when the scheduler last ran, and one for administrators lists proposed roles.
MAX_QUERIES = 32


def desk(user, now=None) -> Dashboard:
    return Dashboard(user, now or timezone.now())


def titles(user, name: str, now=None) -> list[str]:
    return [row.title for row in desk(user, now).rows[name]]


def first_page(ground, user, client=None) -> str:
    response = (client or newsroom_client(ground, user)).get(reverse("wagtailadmin_home"))
    assert response.status_code == 200
    return response.content.decode()


def test_page_waits_for_people_who_can_approve_it(lorraine, newsrooms, editor, approver):
    state = submit(draft(lorraine, editor), editor)

    assert titles(approver, "waiting") == ["Une usine"]
    assert titles(editor, "waiting") == []
    for member in newsrooms.saar.values():
        assert titles(member, "waiting") == []
    html = first_page(lorraine, approver)
    assert reverse("editorial:answer", args=[state.pk]) in html
    assert "Lorraine (French) › Rubrique fr" in html
    assert "editor-lorraine.localhost" in html


def test_longest_waiting_review_comes_first(lorraine, editor, approver):
    for days, title in ((1, "Jeune"), (9, "Vieille")):
        state = submit(draft(lorraine, editor, title), editor)
        TaskState.objects.filter(pk=state.pk).update(started_at=timezone.now() - timedelta(days=days))

    assert titles(approver, "waiting") == ["Vieille", "Jeune"]
    assert "1\xa0week ago" in first_page(lorraine, approver)


def test_own_submission_waits_for_somebody_else(lorraine, approver):
    other = make_member("zweite", group_of(lorraine.site, Role.APPROVER))
    submit(draft(lorraine, approver), approver)

    assert titles(approver, "waiting") == []
    assert titles(approver, "in_review") == ["Une usine"]
    assert titles(other, "waiting") == ["Une usine"]


def test_dashboard_and_workflow_agree_on_reviewers(lorraine, saar, newsrooms):
    """The dashboard's query gives the same result as `Review.is_reviewer` for each page."""
    people = [*newsrooms.lorraine.values(), *newsrooms.saar.values()]
    people.append(make_member("relecteur", section_group(lorraine.site, Role.REVIEWER, lorraine.section)))
    people.append(make_member("chefin", is_superuser=True))
    author = make_member("plume", *(group_of(ground.site, Role.EDITOR) for ground in (lorraine, saar)))
    pages = [draft(lorraine, author), draft(saar, author), draft(lorraine, author, "Ailleurs", parent=lorraine.home)]
    steps = [submit(page, author) for page in pages]

    for person in people:
        requested = {
            page.title + page.path for page, step in zip(pages, steps, strict=True) if _asks(step, page, person)
        }
        assert {row.title + row.path for row in desk(person).rows["waiting"]} == requested, person


def _asks(step, page, person) -> bool:
    task = step.task.specific
    assert isinstance(task, Review)
    return task.is_reviewer(page, person)


def test_rejected_page_shows_the_comment(lorraine, newsrooms, editor, approver):
    answer(submit(draft(lorraine, editor), editor), approver, "reject", "Le chiffre est faux.")

    [row] = desk(editor).rows["sent_back"]
    assert (row.title, row.comment, row.person) == ("Une usine", "Le chiffre est faux.", approver.username)
    assert "Le chiffre est faux." in first_page(lorraine, editor)
    assert titles(approver, "sent_back") == []
    assert titles(newsrooms.saar[Role.EDITOR], "sent_back") == []


def test_status_says_that_a_page_was_sent_back(lorraine, editor, approver):
    page = draft(lorraine, editor)
    path = reverse("wagtailadmin_pages:edit", args=[page.pk])
    never_sent = newsroom_client(lorraine, editor).get(path).content.decode()
    state = submit(page, editor)
    assert "Sent back to its author" not in newsroom_client(lorraine, editor).get(path).content.decode()
    answer(state, approver, "reject", "Le chiffre est faux.")

    html = newsroom_client(lorraine, editor).get(path).content.decode()
    assert "Sent back to its author" not in never_sent
    assert "Sent back to its author" in html
    assert "workflow-status-dialog" in html
    assert "In Moderation" not in html


def test_comparison_is_offered_for_live_pages(lorraine, editor, approver):
    submit(draft(lorraine, editor, "Jamais parue"), editor)
    submit(rewrite(make_article(lorraine.section, "Déjà parue"), editor, standfirst="Autrement."), editor)

    rows = desk(approver).rows["waiting"]
    assert {row.title: ["compare" in url for _label, url in row.links] for row in rows} == {
        "Jamais parue": [False],
        "Déjà parue": [True, False],
    }


def test_drafts_are_the_users_own_and_not_in_review(lorraine, saar, newsrooms, editor):
    draft(lorraine, editor, "La mienne")
    draft(lorraine, make_member("autre", group_of(lorraine.site, Role.EDITOR)), "La sienne")
    submit(draft(lorraine, editor, "Soumise"), editor)
    live = make_article(lorraine.section, "En ligne")
    rewrite(live, editor, title="En ligne, corrigée")
    # Written while still a member of the other newsroom.
    draft(saar, editor, "Là-bas")

    assert titles(editor, "drafts") == ["En ligne, corrigée", "La mienne"]


def test_dashboard_reads_scheduled_and_planned_pages(lorraine, saar, newsrooms, editor, approver):
    now = timezone.now()
    other = newsrooms.saar[Role.EDITOR]
    answer(submit(draft(lorraine, editor, "Approuvée", go_live_at=now + timedelta(days=3)), editor), approver)
    draft(lorraine, editor, "Prévue", go_live_at=now + timedelta(days=4))
    draft(lorraine, editor, "Sous embargo", embargo_until=now + timedelta(days=5))
    draft(lorraine, editor, "Trop loin", go_live_at=now + timedelta(days=30))
    change(make_article(lorraine.section, "Finit"), expire_at=now + timedelta(days=6))
    draft(saar, other, "Ailleurs", go_live_at=now + timedelta(days=3))

    found = {entry.title: entry.kind for entry in desk(editor).entries}

    assert found == {"Approuvée": "appears", "Prévue": "planned", "Sous embargo": "planned", "Finit": "ends"}
    assert {entry.title for entry in desk(other).entries} == {"Ailleurs"}


def test_calendar_marks_the_end_of_an_embargo(lorraine, editor, approver):
    page = draft(lorraine, editor, embargo_until=timezone.now() + timedelta(days=5))
    answer(submit(page, editor), approver)

    assert [entry.kind for entry in desk(editor).entries] == ["embargo"]


def test_event_that_ended_without_a_recap_is_shown(lorraine, saar, newsroom, newsrooms):
    now = timezone.now()
    for ground, word in ((lorraine, "ici"), (saar, "là")):
        make_event(ground.calendar, f"Sans retour {word}", start=now - timedelta(days=3))
        shown = make_event(ground.calendar, f"Racontée {word}", start=now - timedelta(days=2))
        make_recap(ground.calendar, event=shown)
    make_event(lorraine.calendar, "À venir")
    make_event(lorraine.calendar, "De l’an dernier", start=now - timedelta(days=300))

    assert titles(newsroom[Role.EDITOR], "ended_without_recap") == ["Sans retour ici"]
    html = first_page(lorraine, newsroom[Role.EDITOR])
    assert reverse("event_recap", args=[EventPage.objects.get(title="Sans retour ici").pk]) in html


def test_organiser_sees_their_own_events_only(lorraine, newsroom):
    organiser = newsroom[Role.ORGANISER]
    past = timezone.now() - timedelta(days=3)
    make_event(lorraine.calendar, "La sienne", start=past, owner=organiser)
    make_event(lorraine.calendar, "D’une autre", start=past)

    assert titles(organiser, "ended_without_recap") == ["La sienne"]


def test_published_this_week(lorraine, saar, editor):
    make_article(lorraine.section, "Toute neuve")
    old = make_article(lorraine.section, "Ancienne")
    Page.objects.filter(pk=old.pk).update(last_published_at=timezone.now() - timedelta(days=8))
    make_article(saar.section, "Nebenan")

    found = titles(editor, "published")

    assert "Toute neuve" in found
    assert not {"Ancienne", "Nebenan"} & set(found)


def test_release_notes_are_shown_to_nobody(lorraine, editor):
    chief = make_member("chefin", is_superuser=True)

    assert "whats-new-in-wagtail" not in first_page(lorraine, chief)
    assert "whats-new-in-wagtail" not in first_page(lorraine, editor)


def test_title_with_markup_is_shown_as_text(lorraine, editor):
    draft(lorraine, editor, "<script>alert(1)</script>")

    assert "<script>alert(1)</script>" not in first_page(lorraine, editor)


def busy(ground, author, reviewer, number: int) -> None:
    """Add pages to every list of the dashboard."""
    soon = timezone.now() + timedelta(days=2)
    for each in range(number):
        draft(ground, author)
        submit(draft(ground, author), author)
        answer(submit(draft(ground, author), author), reviewer, "reject", comment="Qui parle ?")
        change(make_article(ground.section, f"Prévue {each}"), go_live_at=soon)
        make_article(ground.section, owner=author, expire_at=soon)


def test_dashboard_needs_few_queries_with_many_pages(lorraine, newsroom):
    author, reviewer = newsroom[Role.EDITOR], make_section_member(lorraine, Role.REVIEWER)
    people = {**newsroom, Role.REVIEWER: reviewer, "administrator": make_member("chefin", is_superuser=True)}
    clients = {role: newsroom_client(lorraine, person) for role, person in people.items()}
    assert set(clients) == {*Role, "administrator"}
    counts: dict[str, list[int]] = {role: [] for role in clients}
    for number in (2, 8):
        busy(lorraine, author, reviewer, number)
        for role, client in clients.items():
            client.get(reverse("wagtailadmin_home"))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse("wagtailadmin_home")).status_code == 200
            counts[role].append(len(queries))

    for role, (few, many) in counts.items():
        assert few == many <= MAX_QUERIES, (role, few, many)


@pytest.mark.parametrize(("role", "is_offered"), [(Role.SITE_ADMINISTRATOR, True), (Role.EDITOR, False)])
def test_registrations_of_coming_dates_are_shown_to_permitted_users(lorraine, newsroom, role, is_offered):
    event = make_event(lorraine.calendar, takes_registrations=True)

    html = first_page(lorraine, newsroom[role])

    assert (reverse("registrations:list", args=[event.pk]) in html) is is_offered


def test_refusal_is_in_the_accounts_language(lorraine, editor):
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "de"})
    event = make_event(lorraine.calendar, takes_registrations=True)

    client = newsroom_client(lorraine, editor)
    client.get(reverse("registrations:list", args=[event.pk]))

    with override("de"):
        message = gettext("Sorry, you do not have permission to access this area.")
    assert message in client.get(reverse("wagtailadmin_home")).content.decode()


def test_message_about_saved_settings_is_in_the_new_language(lorraine, editor):
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "fr"})
    client = newsroom_client(lorraine, editor)
    look = {
        f"theme-{name}": value for name, value in (("theme", "system"), ("contrast", "system"), ("density", "default"))
    }
    names = {"name_email-first_name": "Anne", "name_email-last_name": "Petit"}

    client.post(
        reverse("wagtailadmin_account"),
        {**look, **names, "locale-preferred_language": "de", "locale-current_time_zone": ""},
    )

    assert "Ihre Einstellungen sind gespeichert." in first_page(lorraine, editor, client)


@pytest.mark.parametrize("may_edit", [True, False])
def test_mover_of_a_draft_returns_to_its_editor_if_they_may_edit_it(lorraine, newsrooms, rf, may_edit):
    story = draft(lorraine, newsrooms.lorraine[Role.EDITOR])
    request = rf.post("/")
    request.user = (newsrooms.lorraine if may_edit else newsrooms.saar)[Role.EDITOR]

    answer = continue_writing(request, story)

    assert (answer and answer.url) == (reverse("wagtailadmin_pages:edit", args=[story.pk]) if may_edit else None)
