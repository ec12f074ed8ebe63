"""Editors compose issues and administrators manage subscribers, each on their site only."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from portal.editorial.roles import Role
from portal.newsletter.models import ConsentStep, Delivery, IssuePage, Sending, Subscriber
from tests.builders import make_article, make_image, newsroom_client, work_off
from tests.checkers.refusals import is_refused
from tests.newsletter.makers import group, make_issue, make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign(saar):
    """The newsletter of the other site, which this site must not show."""
    newsletter = make_newsletter(saar)
    subscriber = make_subscriber(saar, "fremd@reader.example")
    issue = make_issue(newsletter, [group("Alles", [make_article(saar.section)])], "Fremde Ausgabe")
    return {
        "newsletter": newsletter,
        "subscriber": subscriber,
        "issue": issue,
        "sending": Sending.objects.get(issue=issue),
    }


@pytest.fixture
def browse(lorraine, staff):
    def client(role):
        return newsroom_client(lorraine, staff[role])

    return client


SUBSCRIBER_VIEWS = {
    "newsletter_subscribers": (),
    "newsletter_import": (),
    "newsletter_subscriber": ("subscriber",),
    "newsletter_subscriber_data": ("subscriber",),
}


def url_of_view(name, records, keys=()):
    return reverse(name, args=[records[key].pk for key in keys])


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_only_administrators_see_addresses(lorraine, newsletter, browse, role):
    records = {"subscriber": make_subscriber(lorraine, "claire@reader.example")}
    client = browse(role)
    for name, keys in SUBSCRIBER_VIEWS.items():
        response = client.get(url_of_view(name, records, keys))
        assert is_refused(response)
        assert "claire@" not in response.text
    for name in ("newsletter_unsubscribe", "newsletter_erase"):
        client.post(url_of_view(name, records, ["subscriber"]))
    assert Subscriber.objects.get().state == Subscriber.State.ACTIVE
    assert "claire@" not in client.get(reverse("newsletter_overview"), follow=True).text


def test_editor_creates_issues_with_content(lorraine, newsletter, browse):
    story = make_article(lorraine.section, "Le four rallumé")
    client = browse(Role.EDITOR)
    url = reverse("newsletter_new_issue", args=[newsletter.pk])
    assert client.get(url).status_code == 200
    # Shortly after midnight, a story from the last hour belongs to the day before.
    today = timezone.localdate()
    period = {"first": (today - timedelta(days=1)).isoformat(), "last": today.isoformat()}

    for _ in range(2):
        response = client.post(url, {"title": "La lettre de mai", **period})

    first, issue = IssuePage.objects.order_by("pk")
    assert first.slug != issue.slug
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[issue.pk])
    assert not issue.live
    assert story.pk in [entry["page"].pk for block in issue.content for entry in block.value["stories"]]
    assert issue.latest_revision.user.username.startswith("editor")
    for edit in (
        response["Location"],
        reverse("wagtailadmin_pages:add", args=["newsletter", "issuepage", newsletter.pk]),
    ):
        assert client.get(edit).status_code == 200
    work_off()
    assert mail.outbox == []


def test_story_published_after_the_last_issue_of_its_day_is_in_the_next_issue(lorraine, newsletter, browse):
    yesterday = timezone.now() - timedelta(days=1)
    sent = make_article(lorraine.section, "Le matin", date=yesterday)
    issue = IssuePage(title="Hier", slug="hier", locale=newsletter.locale, period_end=timezone.localdate(yesterday))
    issue.content = [group("Tout", [sent])]
    newsletter.add_child(instance=issue)
    issue.save_revision()
    missed = make_article(lorraine.section, "Le soir", date=yesterday)
    client = browse(Role.EDITOR)
    url = reverse("newsletter_new_issue", args=[newsletter.pk])
    form = client.get(url).context["form"]

    client.post(url, {"title": "Aujourd’hui", **form.initial})

    stories = {entry["page"].pk for block in IssuePage.objects.last().content for entry in block.value["stories"]}
    assert stories & {sent.pk, missed.pk} == {missed.pk}


@pytest.mark.parametrize(
    "period",
    [("2026-05-10", "2026-05-01"), ("", ""), ("x", "y"), ("2020-01-01", "2026-01-01"), ("9999-12-31", "9999-12-31")],
)
def test_invalid_period_is_an_error(lorraine, newsletter, browse, period):
    url = reverse("newsletter_new_issue", args=[newsletter.pk])
    response = browse(Role.EDITOR).post(url, {"title": "T", "first": period[0], "last": period[1]})

    assert response.status_code == 200
    assert not IssuePage.objects.exists()


def draft_issue(lorraine, newsletter, title="Brouillon"):
    issue = IssuePage(title=title, slug="brouillon", locale=newsletter.locale, live=False)
    issue.content = [group("Tout", [make_article(lorraine.section, "Une histoire", lead_image=make_image())])]
    newsletter.add_child(instance=issue)
    issue.save_revision()
    return issue


def test_filling_an_issue_again_saves_a_new_revision(lorraine, newsletter, browse):
    issue = draft_issue(lorraine, newsletter)
    story = make_article(lorraine.section, "Toute fraîche")
    today = timezone.localdate()
    client = browse(Role.EDITOR)
    url = reverse("newsletter_fill_issue", args=[issue.pk])
    assert client.get(url).status_code == 200

    client.post(url, {"first": (today - timedelta(days=1)).isoformat(), "last": today.isoformat()})

    latest = IssuePage.objects.get().get_latest_revision_as_object()
    assert story.pk in [entry["page"].pk for block in latest.content for entry in block.value["stories"]]
    assert issue.revisions.count() == 2


def test_test_mail_is_sent_to_the_user_only(lorraine, newsletter, browse, staff):
    make_subscriber(lorraine)
    issue = draft_issue(lorraine, newsletter)
    client = browse(Role.EDITOR)
    assert client.get(reverse("newsletter_issue_mail", args=[issue.pk])).status_code == 200

    client.post(reverse("newsletter_test_issue", args=[issue.pk]))
    work_off()

    assert [message.to for message in mail.outbox] == [[staff[Role.EDITOR].email]]
    message = mail.outbox[0]
    assert message.subject.endswith("Brouillon")
    assert "Une histoire" in message.body
    assert "@@" not in message.body + message.alternatives[0].content
    assert not Sending.objects.exists()


@pytest.mark.parametrize("mode", ["", "mail", "phone", "dark", "text"])
def test_issue_is_previewed_in_every_mode(lorraine, newsletter, staff, mode):
    issue = draft_issue(lorraine, newsletter)

    response = issue.make_preview_request(preview_mode=mode)

    assert response.status_code == 200
    assert "Une histoire" in response.text
    policy = response.headers["Content-Security-Policy"]
    assert ("style-src 'unsafe-inline'" in policy) == bool(mode)
    assert ("script-src" in policy) == (not mode)
    if mode in ("mail", "dark"):
        assert 'src="/pictures/' in response.text
        assert ("@media all" in response.text) == (mode == "dark")


def sending_of(lorraine, newsletter):
    make_subscriber(lorraine)
    make_issue(newsletter, [group("Tout", [make_article(lorraine.section)])], "La lettre")
    return Sending.objects.get()


def test_report_shows_progress_without_addresses(lorraine, newsletter, browse):
    sending = sending_of(lorraine, newsletter)
    url = reverse("newsletter_sending", args=[sending.pk])
    moving = browse(Role.EDITOR).get(url)
    assert moving["Refresh"] == "5"
    assert "The mails are being prepared." in moving.text
    work_off()
    delivery = sending.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(reply="550 5.1.1 unknown")
    Subscriber.objects.update(state=Subscriber.State.LEFT, left_at=timezone.now())

    report = browse(Role.EDITOR).get(url)

    assert "Refresh" not in report.headers
    assert "It is sent to 1 subscriber." in report.text
    assert report.context["progress"].unsubscribed == 1
    assert "550 5.1.1" in report.text
    assert "@reader.example" not in report.text


def test_only_administrators_control_a_sending(lorraine, newsletter, browse):
    sending = sending_of(lorraine, newsletter)
    pause = reverse("newsletter_control", args=[sending.pk, "pause"])
    browse(Role.EDITOR).post(pause)
    sending.refresh_from_db()
    assert sending.state == Sending.State.PREPARING

    admin = browse(Role.SITE_ADMINISTRATOR)
    assert admin.get(pause).status_code == 405
    admin.post(pause)
    sending.refresh_from_db()
    assert sending.state == Sending.State.PAUSED
    assert admin.post(reverse("newsletter_control", args=[sending.pk, "fly"])).status_code == 404
    assert admin.post(pause).status_code == 302


def test_administrator_sees_unsubscribes_and_erases_a_subscriber(lorraine, newsletter, browse):
    person = make_subscriber(lorraine, "claire@reader.example")
    ConsentStep.objects.create(
        subscriber=person, kind=ConsentStep.Kind.ASKED, at=timezone.now(), details="Je veux bien."
    )
    client = browse(Role.SITE_ADMINISTRATOR)

    assert "Je veux bien." in client.get(reverse("newsletter_subscriber", args=[person.pk])).text
    assert client.get(reverse("newsletter_subscriber_data", args=[person.pk])).json()["address"] == person.address
    client.post(reverse("newsletter_unsubscribe", args=[person.pk]))
    person.refresh_from_db()
    assert person.state == Subscriber.State.LEFT
    client.post(reverse("newsletter_erase", args=[person.pk]))
    assert not Subscriber.objects.exists()
