"""A person leaves: their access ends and their work is handed over at once; the four-eyes rule still counts them."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.models import APIToken, Page, PageSubscription
from wagtail.users.models import UserProfile

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.authorship import authors_among
from portal.editorial.models import AccountInvitation, ReviewInvitation
from portal.editorial.roles import Role, group_of
from portal.editorial.schedule.scheduling import run_schedule
from tests.audit.acts import last, words
from tests.builders import make_event, make_member, newsroom_client, work_off
from tests.editorial.actions import reload
from tests.editorial.drafts import answer, draft, rewrite, step_of, submit
from tests.editorial.sign_in.acts import PASSWORD, SECRET, is_signed_in, sign_in


def address(person) -> str:
    return reverse("site_accounts_leave", args=[person.pk])


def text_of(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode())))


def guest_link(page, inviter, email="guest@example.org"):
    facts = {"expires_at": timezone.now() + timedelta(days=7), "language": "fr", "name": "Marie Keller"}
    return ReviewInvitation.objects.create(page=page, created_by=inviter, email=email, **facts)


@pytest.fixture
def leaver(lorraine):
    person = make_member("leaver", group_of(lorraine.site, Role.EDITOR), first_name="Lucie", last_name="Départ")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def heir(newsroom):
    person = newsroom[Role.EDITOR]
    person.first_name, person.last_name = "Hugo", "Reprise"
    person.save()
    return person


@pytest.fixture
def story(lorraine, leaver):
    return draft(lorraine, leaver, "Une usine")


@pytest.fixture
def leave(lorraine, leaver, administrator):
    """Offboard the person, by the administrator of the site unless another `client` is given."""

    def act(holder: Any = None, client: Any = None, person: Any = leaver, ground: Any = lorraine):
        data = {f"holder_{ground.site.pk}": holder.pk} if holder else {}
        return (client or administrator).post(address(person), data)

    return act


def has_left(person) -> bool:
    person.refresh_from_db()
    return not person.is_active and not person.groups.exists()


def test_page_says_in_numbers_what_ends_and_what_is_handed_over(lorraine, leaver, heir, story, administrator):
    sign_in(lorraine.reader(), "leaver")
    submit(draft(lorraine, leaver, "Une scierie"), leaver)
    draft(lorraine, leaver, "Un canal")
    Page.objects.filter(pk=lorraine.section.pk).update(locked=True, locked_by=leaver)
    TOTP.activate(leaver, SECRET)
    RecoveryCodes.activate(leaver)
    guest_link(story, leaver)
    PageSubscription.objects.create(user=leaver, page=story, comment_notifications=True)
    APIToken.objects.create(user=leaver, name="script", key_hash="x" * 64, prefix="x")

    page_text = text_of(administrator.get(address(leaver)))

    for line in (
        "The account of Lucie Départ is closed.",
        f"The role ends: Editor of {lorraine.site.site_name}.",
        "1 session ends",
        "2 second factors are removed: app with codes, recovery codes.",
        "1 API token is deleted.",
        "1 link to a draft",
        "Mails about the comments on 1 page end.",
        "1 text in review",
        "2 drafts",
        "1 page that they locked",
    ):
        assert line in page_text


def test_account_is_closed_everywhere(lorraine, leaver, heir, story, leave):
    there = lorraine.reader()
    sign_in(there, "leaver")
    TOTP.activate(leaver, SECRET)
    SocialAccount.objects.create(user=leaver, provider="region", uid="1")
    APIToken.objects.create(user=leaver, name="script", key_hash="x" * 64, prefix="x")

    leave(heir)

    assert has_left(leaver)
    assert not is_signed_in(there)
    assert not Authenticator.objects.filter(user=leaver).exists()
    assert not leaver.socialaccount_set.exists()
    assert not leaver.api_tokens.exists()
    assert not leaver.usersession_set.exists()


def test_guest_links_that_they_sent_or_got_open_nothing_and_others_do(lorraine, leaver, heir, story, leave, newsroom):
    other = draft(lorraine, newsroom[Role.APPROVER], "Un canal")
    sent, got = guest_link(story, leaver), guest_link(other, newsroom[Role.APPROVER], leaver.email.upper())
    decoy = guest_link(other, newsroom[Role.APPROVER])

    leave(heir)

    opened = [lorraine.reader().get(f"/fr/_review/{link.token}/").status_code for link in (sent, got, decoy)]
    assert opened == [404, 404, 200]


def test_mails_about_comments_end(leaver, heir, story, leave):
    PageSubscription.objects.create(user=leaver, page=story, comment_notifications=True)

    leave(heir)

    assert not PageSubscription.objects.filter(user=leaver).exists()


def test_drafts_reviews_and_locks_are_the_heirs(lorraine, leaver, heir, story, leave):
    submit(draft(lorraine, leaver, "Une scierie"), leaver)
    Page.objects.filter(pk=lorraine.section.pk).update(locked=True, locked_by=leaver)

    leave(heir)

    lists = text_of(newsroom_client(lorraine, heir).get("/admin/"))
    assert "Une usine" in lists.split("Your drafts")[1]
    assert "Une scierie" in lists.split("In review")[1]
    assert Page.objects.get(pk=lorraine.section.pk).locked_by == heir


def test_answer_to_a_review_is_mailed_to_the_heir(lorraine, leaver, heir, story, leave, newsroom):
    submit(story, leaver)
    leave(heir)
    work_off()
    mail.outbox.clear()

    answer(step_of(story), newsroom[Role.APPROVER], "reject", "Le titre")
    work_off()

    assert [message.to for message in mail.outbox] == [[heir.email]]


def test_scheduled_story_goes_live_without_them(lorraine, leaver, heir, story, leave, newsroom):
    story = rewrite(story, leaver, go_live_at=timezone.now() + timedelta(hours=1))
    answer(submit(story, leaver), newsroom[Role.APPROVER])

    assert "1 scheduled page" in text_of(
        newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]).get(address(leaver))
    )
    leave(heir)
    with travel(timezone.now() + timedelta(hours=2), tick=False):
        run_schedule(timezone.now())

    assert reload(story).live
    assert reload(story).owner == heir


def test_organiser_hands_their_published_events_over(lorraine, leave, newsroom, administrator):
    organiser = newsroom[Role.ORGANISER]
    event = make_event(lorraine.calendar, "Salon", owner=organiser)
    heir = make_member("next", *organiser.groups.all())

    leave(heir, person=organiser)

    assert newsroom_client(lorraine, heir).get(reverse("wagtailadmin_pages:edit", args=[event.pk])).status_code == 200
    assert reload(event).live


def test_whoever_takes_over_does_not_approve_and_a_third_person_does(lorraine, leaver, story, leave, newsroom):
    approver = newsroom[Role.APPROVER]
    leave(approver)

    step = submit(story, newsroom[Role.EDITOR])

    assert authors_among(reload(story), None) == {leaver.pk, approver.pk, newsroom[Role.EDITOR].pk}
    with pytest.raises(PublicationRefusedError):
        answer(step, approver)
    answer(step, make_member("third", group_of(lorraine.site, Role.APPROVER)))
    assert reload(story).live


def test_what_they_wrote_stays_theirs_for_four_eyes_once_they_are_back(lorraine, leaver, heir, story, leave):
    leave(heir)
    leaver.is_active = True
    leaver.save()
    leaver.groups.add(group_of(lorraine.site, Role.APPROVER))

    with pytest.raises(PublicationRefusedError):
        answer(submit(story, heir), leaver)


def test_history_names_both(lorraine, leaver, heir, story, leave, administrator):
    leave(heir)

    page_text = text_of(administrator.get(reverse("wagtailadmin_pages:history", args=[story.pk])))

    assert "Lucie Départ has left; Hugo Reprise takes the text over" in page_text


def test_audit_log_of_the_site_has_what_was_there_before(lorraine, leaver, heir, story, leave, newsroom):
    leave(heir)

    entry = last("portal.account.left")
    assert entry.site_key is None
    entry = type(entry).objects.filter(action=entry.action, site_key=lorraine.site.pk).get()
    assert (entry.actor_key, entry.object_key) == (newsroom[Role.SITE_ADMINISTRATOR].pk, str(leaver.pk))
    assert words(entry)["before"] == {"roles": [f"Editor of {lorraine.site.site_name}"], "waiting": 0, "drafts": 1}
    assert words(entry)["after"] == {"account": "closed", "holder": heir.pk}


def test_both_get_a_mail_in_their_language(leaver, heir, story, leave):
    UserProfile.objects.create(user=heir, preferred_language="de")
    leave(heir)
    work_off()

    mails = {message.to[0]: message for message in mail.outbox}
    assert "Votre compte dans la rédaction de" in mails[leaver.email].subject
    assert "Sie übernehmen von Lucie Départ" in mails[heir.email].subject
    assert "1 Entwurf" in mails[heir.email].body


def test_nothing_happens_before_somebody_takes_over(lorraine, leaver, story, leave):
    page_text = text_of(leave())

    assert f"Choose who takes over at {lorraine.site.site_name}." in page_text
    assert not has_left(leaver)


def test_only_people_of_the_site_who_may_edit_it_are_offered(
    lorraine, saar, leaver, heir, story, leave, newsrooms, administrator
):
    page = administrator.get(address(leaver))
    choices = dict(page.context["form"].fields[f"holder_{lorraine.site.pk}"].choices)

    wanted = {newsrooms.lorraine[role].pk for role in (Role.EDITOR, Role.APPROVER, Role.SITE_ADMINISTRATOR)}
    assert choices.keys() - {""} == wanted
    leave(newsrooms.saar[Role.EDITOR])
    assert not has_left(leaver)


def test_person_with_nothing_to_hand_over_leaves_at_once(leaver, leave):
    assert leave().status_code == 302
    assert has_left(leaver)


def test_last_reviewer_does_not_leave_reviews_behind(lorraine, leave, newsroom, administrator):
    approver = newsroom[Role.APPROVER]
    submit(draft(lorraine, newsroom[Role.EDITOR]), newsroom[Role.EDITOR])

    page_text = text_of(leave(person=approver))
    assert "can answer 1 review that waits" in page_text
    assert not has_left(approver)

    make_member("third", group_of(lorraine.site, Role.APPROVER))
    leave(person=approver)
    assert has_left(approver)


@pytest.fixture
def both(lorraine, saar):
    """A member of both sites, with a draft, a guest link and a lock at each."""
    person = make_member("both", group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.EDITOR))
    TOTP.activate(person, SECRET)
    for ground in (lorraine, saar):
        guest_link(draft(ground, person, f"Entwurf {ground.site.site_name}"), person)
        Page.objects.filter(pk=ground.section.pk).update(locked=True, locked_by=person)
    return person


def test_administrator_of_one_site_ends_what_is_of_that_site(lorraine, saar, both, heir, leave, administrator):
    page_text = text_of(administrator.get(address(both)))
    assert "stays open: it has permissions beyond your sites" in page_text
    assert saar.site.site_name not in page_text.split("What ends")[1]
    assert "1 draft" in page_text

    leave(heir, person=both)

    both.refresh_from_db()
    assert both.is_active
    assert Authenticator.objects.filter(user=both).exists()
    assert both.groups.get() == group_of(saar.site, Role.EDITOR)
    assert [(link.page.get_site(), link.revoked_at is None) for link in ReviewInvitation.objects.order_by("pk")] == [
        (lorraine.site, False),
        (saar.site, True),
    ]
    owned = {page.get_site(): page.owner for page in Page.objects.filter(title__startswith="Entwurf")}
    assert owned == {lorraine.site: heir, saar.site: both}
    assert Page.objects.get(pk=saar.section.pk).locked_by == both


def test_administrator_of_the_network_ends_everything(lorraine, saar, both, heir, newsrooms):
    network = newsroom_client(lorraine, make_member("network", is_superuser=True))
    there = newsrooms.saar[Role.EDITOR]
    holders = {f"holder_{lorraine.site.pk}": heir.pk, f"holder_{saar.site.pk}": there.pk}

    network.post(address(both), holders)

    assert has_left(both)
    assert Page.objects.get(pk=saar.section.pk).locked_by == there
    assert not ReviewInvitation.objects.open(timezone.now()).exists()


def test_network_administrator_who_leaves_loses_that_status(lorraine):
    other = make_member("other", is_superuser=True)

    newsroom_client(lorraine, make_member("network", is_superuser=True)).post(address(other))

    other.refresh_from_db()
    assert (other.is_active, other.is_superuser) == (False, False)


def test_nobody_else_opens_the_page(lorraine, saar, newsrooms, leaver, administrator):
    me = newsrooms.lorraine[Role.SITE_ADMINISTRATOR]
    assert administrator.get(address(me)).status_code == 404
    assert administrator.get(address(newsrooms.saar[Role.EDITOR])).status_code == 404
    assert newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR]).post(address(leaver)).status_code == 404
    assert newsroom_client(lorraine, newsrooms.lorraine[Role.APPROVER]).post(address(leaver)).status_code == 404
    assert not has_left(leaver)


def test_invitation_brings_a_person_back_with_roles_given_anew(lorraine, leaver, heir, story, leave, administrator):
    leave(heir)
    roles = [f"{lorraine.site.pk}.{Role.APPROVER.value}."]
    data = {"first_name": "Lucie", "last_name": "Départ", "email": leaver.email, "roles": roles}

    administrator.post(reverse("site_accounts_add"), data)

    leaver.refresh_from_db()
    assert leaver.is_active
    assert leaver.groups.get() == group_of(lorraine.site, Role.APPROVER)
    assert AccountInvitation.objects.filter(account=leaver).exists()
    assert reload(story).owner == heir


def test_old_password_does_not_open_an_account_that_is_invited_again(lorraine, leaver, leave, administrator):
    leave(None)
    roles = [f"{lorraine.site.pk}.{Role.EDITOR.value}."]
    data = {"first_name": "Lucie", "last_name": "Départ", "email": leaver.email, "roles": roles}
    mail.outbox.clear()
    administrator.post(reverse("site_accounts_add"), data)
    work_off()
    browser = lorraine.reader()

    sign_in(browser, "leaver")
    assert not is_signed_in(browser)
    [link] = re.findall(r"http://localhost:8000(/admin/invitation/\S+)", mail.outbox[-1].body)
    form = browser.get(link, follow=True)
    browser.post(form.request["PATH_INFO"], dict.fromkeys(("new_password1", "new_password2"), "ein neues Kennwort 7!"))
    sign_in(browser, "leaver", "ein neues Kennwort 7!")
    assert is_signed_in(browser)


def test_page_names_only_the_factors_that_there_are(leaver, administrator):
    TOTP.activate(leaver, SECRET)

    page_text = text_of(administrator.get(address(leaver)))

    assert "1 second factor is removed: app with codes." in page_text
    assert "asskey" not in page_text


@pytest.mark.parametrize("has_factor", [True, False])
def test_farewell_speaks_of_factors_only_where_there_were_some(leaver, leave, has_factor):
    if has_factor:
        TOTP.activate(leaver, SECRET)
    leave(None)
    work_off()

    [body] = [message.body for message in mail.outbox if message.to == [leaver.email]]
    assert ("facteurs" in body) is has_factor
