"""Review by link: a person without an account reads one draft and comments, until the invitation ends."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Comment, PageLogEntry

from articles.models import ArticlePage
from portal.content.records.people import Byline
from portal.editorial.guests import answers
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_draft,
    make_image,
    make_person,
    newsroom_client,
    work_off,
)
from tests.editorial.drafts import draft, rewrite, submit

pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def page(lorraine, editor):
    return draft(lorraine, editor, "Une usine", standfirst="Encore secret.")


def invite(page, approver, **facts) -> ReviewInvitation:
    facts = {"expires_at": timezone.now() + timedelta(days=7), "language": "de", **facts}
    return ReviewInvitation.objects.create(
        page=page, created_by=approver, name="Marie Keller", email="marie@example.org", **facts
    )


def link(invitation, code: str = "fr") -> str:
    return f"/{code}/_review/{invitation.token}/"


def send(reader, invitation, answer: str, text: str = "", **facts):
    shown = re.search('name="content_hash" value="([^"]*)"', reader.get(link(invitation)).text)[1]
    facts = {"content_hash": shown, "website": "", **facts}
    data = {"name": "Marie Keller", "text": text, "answer": answer, **facts}
    return reader.post(link(invitation), data)


def test_guest_reads_the_draft_as_readers_would(page, approver, reader):
    response = reader.get(link(invite(page, approver)))

    html = response.content.decode()
    assert response.status_code == 200
    assert "Encore secret." in html
    assert "Rubrique fr" in html
    assert "Marie Keller" in html


def test_guest_reads_the_latest_draft_and_not_the_live_version(page, approver, editor, reader):
    page.publish(page.latest_revision, user=approver)
    page = rewrite(page, editor, standfirst="Le chiffre corrigé.")

    assert "Le chiffre corrigé." in reader.get(link(invite(page, approver))).content.decode()


def test_draft_is_neither_cached_nor_indexed(page, approver, reader):
    response = reader.get(link(invite(page, approver)))

    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_draft_sets_no_cookie_for_a_signed_in_member(lorraine, page, approver):
    response = newsroom_client(lorraine, approver).get(link(invite(page, approver)))

    assert response.status_code == 200
    assert not response.cookies


def test_portrait_of_an_author_shows_in_the_draft(lorraine, page, approver, editor, reader):
    portrait = make_image("Visage")
    page.bylines = [Byline(person=make_person(picture=portrait))]
    page.save_revision(user=editor)

    html = reader.get(link(invite(page, approver))).content.decode().replace("&amp;", "&")

    address = re.search(rf'/pictures/[^/]+/{portrait.pk}/[^" ,]+', html)[0]
    assert content_of(reader.get(address))


def test_files_of_the_draft_need_the_link(page, approver, editor, reader, lorraine):
    document = make_document()
    body = [{"type": "download", "value": {"document": document.pk, "title": ""}}]
    rewrite(page, editor, lead_image=make_image(), lead_image_alt="Un atelier", body=body)
    invitation = invite(page, approver)
    other = invite(draft(lorraine, editor, "Une autre"), approver)

    html = reader.get(link(invitation)).content.decode().replace("&amp;", "&")
    addresses = [re.search(rf'/{kind}/[^" ]+', html)[0] for kind in ("pictures", "documents")]

    for address in addresses:
        response = reader.get(address)
        assert content_of(response)
        assert "no-store" in response["Cache-Control"]
        assert reader.get(re.split("[?&]guest=", address)[0]).status_code == 404
        assert reader.get(address.replace(invitation.token, other.token)).status_code == 404
    ReviewInvitation.objects.update(revoked_at=timezone.now())
    assert [reader.get(address).status_code for address in addresses] == [404, 404]


@pytest.mark.parametrize("method", ["get", "post"])
def test_invalid_link_gives_no_hint(page, approver, reader, saar, method):
    other = draft(saar, approver)
    now = timezone.now()
    forged = invite(page, approver)
    shut = {
        "revoked": link(invite(page, approver, revoked_at=now)),
        "expired": link(invite(page, approver, expires_at=now)),
        "forged": link(forged)[:-3] + "xx/",
        "made up": "/fr/_review/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/",
        "of another site": link(invite(other, approver)),
        "of another site, by its language": link(invite(other, approver), "de"),
        "in another language": link(forged, "de"),
    }

    for why, address in shut.items():
        response = getattr(reader, method)(address, {"name": "x", "answer": "agreed"} if method == "post" else None)
        html = response.content.decode()
        assert response.status_code == 404, why
        assert "Lorraine" in html, why
        assert not any(word in html for word in ("Une usine", "Encore secret.", "Marie Keller")), why
        assert "no-store" in response["Cache-Control"]
    assert not GuestRemark.objects.exists()


def test_remark_becomes_a_comment_in_the_newsroom(lorraine, page, approver, editor, reader):
    response = send(reader, invite(page, approver), "remark", "La date est fausse. <script>x</script>")

    assert response.status_code == 303
    comment = Comment.objects.get(page=page)
    assert comment.user == approver
    assert "Marie Keller" in comment.text
    assert "La date est fausse." in comment.text
    html = newsroom_client(lorraine, editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "La date est fausse." in html
    assert "<script>x</script>" not in html
    shown = reader.get(response["Location"]).content.decode()
    assert "La date est fausse." in shown
    assert "<script>x</script>" not in shown


def test_remark_survives_the_next_save(page, approver, editor, reader):
    send(reader, invite(page, approver), "remark", "La date est fausse.")

    rewrite(page, editor, title="Une autre usine")

    assert Comment.objects.filter(page=page).count() == 1


def test_agreement_is_recorded_and_publishes_nothing(page, approver, editor, reader):
    submit(page, editor)
    invitation = invite(page, approver)

    send(reader, invitation, "agreed")

    word = GuestRemark.objects.get()
    page = ArticlePage.objects.get(pk=page.pk)
    assert (word.kind, word.revision_id) == ("agreed", page.latest_revision_id)
    assert not page.live
    assert page.current_workflow_task_state.status == "in_progress"
    entry = PageLogEntry.objects.get(page=page.pk, action=answers.AGREED)
    assert entry.user is None
    assert entry.data["guest"]["name"] == "Marie Keller"
    assert not Comment.objects.exists()


def test_guest_makes_nobody_an_author(lorraine, page, approver, editor, reader):
    submit(page, editor)
    send(reader, invite(page, approver), "remark", "La date est fausse.")

    assert page.permissions_for_user(approver).can_publish()


def test_agreement_to_a_changed_text_is_refused(page, approver, editor, reader):
    invitation = invite(page, approver, language="en")
    html = reader.get(link(invitation)).content.decode()
    content_hash = re.search('name="content_hash" value="([^"]*)"', html)[1]
    rewrite(page, editor, standfirst="Tout autre chose.")

    response = send(reader, invitation, "agreed", "Très bien.", content_hash=content_hash)

    html = response.content.decode()
    assert "has changed since you opened it" in html
    assert "Tout autre chose." in html
    assert "Très bien." in html
    assert not GuestRemark.objects.exists()


def test_agreement_to_an_earlier_version_is_marked(lorraine, page, approver, editor, reader):
    send(reader, invite(page, approver), "agreed")
    rewrite(page, editor, standfirst="Tout autre chose.")

    html = newsroom_client(lorraine, approver).get(reverse("editorial:guests", args=[page.pk])).content.decode()

    assert "(to an earlier text)" in html


def test_inviter_is_notified(page, approver, reader):
    send(reader, invite(page, approver), "agreed", "Parfait.")
    work_off()

    [message] = mail.outbox
    assert message.to == [approver.email]
    assert "Marie Keller" in message.subject
    assert "Parfait." in message.body


def test_honeypot_discards_the_comment_silently(page, approver, reader):
    response = send(reader, invite(page, approver), "remark", "Buy!", website="https://spam.example")

    assert response.status_code == 303
    assert not GuestRemark.objects.exists()


def test_rate_limit_keeps_the_text_in_the_form(page, approver, reader):
    invitation = invite(page, approver, language="en")
    for _number in range(10):
        send(reader, invitation, "remark", "encore")

    response = send(reader, invitation, "remark", "une de trop")

    html = response.content.decode()
    assert "Please wait" in html
    assert "une de trop" in html
    assert GuestRemark.objects.count() == 10


@pytest.mark.parametrize(
    "facts",
    [
        {"answer": "remark", "text": "  "},
        {"answer": "remark", "text": "x" * 4001},
        {"answer": "publish", "text": "x"},
        {"answer": "remark", "text": "x", "name": ""},
        {"answer": "remark", "text": "x\0"},
    ],
)
def test_invalid_comment_is_a_form_error(page, approver, reader, facts):
    invitation = invite(page, approver)

    response = send(reader, invitation, facts.pop("answer"), **facts)

    assert response.status_code == 200
    assert 'class="errorlist' in response.content.decode()
    assert not GuestRemark.objects.exists()


def test_approver_invites_by_mail(lorraine, page, approver, reader):
    client = newsroom_client(lorraine, approver)
    data = {
        "name": "Marie Keller",
        "email": "marie@example.org",
        "language": "de",
        "days": "7",
        "message": "Bis Freitag?",
    }

    response = client.post(reverse("editorial:guests", args=[page.pk]), data)

    assert response.status_code == 302
    assert mail.outbox == []
    token = ReviewInvitation.objects.get().token
    assert not any(token in str(call.args_kwargs) for call in DBTaskResult.objects.all())
    work_off()
    [message] = mail.outbox
    assert message.to == ["marie@example.org"]
    assert message.reply_to == [approver.email]
    assert "> Bis Freitag?" in message.body
    assert '<html lang="de">' in str(message.alternatives[0].content)
    address = re.search(r"http://lorraine.localhost(/\S+)", message.body)[1]
    assert reader.get(address).status_code == 200


def test_revoked_invitation_is_not_sent_any_more(lorraine, page, approver, reader):
    client = newsroom_client(lorraine, approver)
    data = {"name": "Marie Keller", "email": "marie@example.org", "language": "de", "days": "7", "message": ""}
    client.post(reverse("editorial:guests", args=[page.pk]), data)
    invitation = ReviewInvitation.objects.get()

    client.post(reverse("editorial:uninvite", args=[page.pk, invitation.pk]))
    work_off()

    assert mail.outbox == []
    assert reader.get(link(invitation)).status_code == 404
    assert PageLogEntry.objects.filter(page=page.pk, action=answers.REVOKED).count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.REVIEWER])
def test_only_people_who_may_publish_invite(lorraine, newsrooms, page, role):
    path = reverse("editorial:guests", args=[page.pk])
    data = {"name": "x", "email": "x@example.org", "language": "de", "days": "7", "message": ""}
    may = role in (Role.APPROVER, Role.SITE_ADMINISTRATOR)

    newsroom_client(lorraine, newsrooms.lorraine[role]).post(path, data)
    assert ReviewInvitation.objects.count() == may

    stranger = newsroom_client(lorraine, newsrooms.saar[role])
    stranger.post(path, data)
    assert ReviewInvitation.objects.count() == may
    assert stranger.get(path).status_code != 200


def test_page_editor_shows_remarks_of_guests(lorraine, page, approver, editor, reader):
    send(reader, invite(page, approver), "agreed", "Parfait.")

    html = newsroom_client(lorraine, editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()

    assert "Agreed" in html
    assert reverse("editorial:guests", args=[page.pk]) not in html


def test_button_is_on_pages_of_sites_only(lorraine, page, approver, editor):
    path = reverse("editorial:guests", args=[page.pk])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])

    assert path in newsroom_client(lorraine, approver).get(edit).content.decode()
    assert path not in newsroom_client(lorraine, editor).get(edit).content.decode()
    explored = newsroom_client(lorraine, approver).get(reverse("wagtailadmin_explore_root"))
    assert explored.status_code == 200


def test_newsroom_never_shows_a_link_and_mails_a_new_one(lorraine, saar, newsrooms, page, approver, reader):
    invitation = invite(page, approver)
    old, client = link(invitation), newsroom_client(lorraine, approver)
    assert "/_review/" not in client.get(reverse("editorial:guests", args=[page.pk])).content.decode()
    again = reverse("editorial:reinvite", args=[page.pk, invitation.pk])
    newsroom_client(saar, newsrooms.saar[Role.APPROVER]).post(again)
    assert reader.get(old).status_code == 200

    client.post(again)
    work_off()

    [message] = mail.outbox
    assert message.to == ["marie@example.org"]
    assert reader.get(re.search(r"http://lorraine.localhost(/\S+)", message.body)[1]).status_code == 200
    assert reader.get(old).status_code == 404


def test_guest_of_a_translation_can_read_the_live_original(lorraine, approver, editor, reader):
    original = make_article(lorraine.section, "Le bois")
    translation = actions.start(original, lorraine.homes["de"].locale, editor)
    invitation = invite(translation, approver)

    shown = reader.get(link(invitation, "de")).content.decode()
    assert f'href="{original.full_url}"' in shown

    make_draft(original)
    assert f'href="{original.full_url}"' not in reader.get(link(invitation, "de")).content.decode()
