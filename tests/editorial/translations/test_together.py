"""One button submits, approves, schedules or publishes an original with its translations, and names them."""

from copy import deepcopy
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions
from tests.builders import make_article, make_image, make_settings, make_topic, newsroom_client, work_off
from tests.editorial.actions import confirm_passages, edit_form, messages_of, reload
from tests.editorial.drafts import answer, draft, rewrite, step_of, submit

pytestmark = pytest.mark.django_db
AUTHOR = Role.EDITOR


@pytest.fixture(scope="module")
def module_pair(module_network, module_newsrooms):
    """A draft that was never published, and its finished translation."""
    lorraine, author = module_network.lorraine, module_newsrooms.lorraine[AUTHOR]
    facts = {"lead_image": make_image(), "lead_image_alt": "Une scierie", "topics": [make_topic("Bois")]}
    french = draft(lorraine, author, "La filière bois", standfirst="Cent postes.", **facts)
    german = actions.start(french, lorraine.homes["de"].locale, author)
    rewrite(german, author, title="Holz sucht Leute", standfirst="Hundert Stellen.", lead_image_alt="Ein Sägewerk")
    confirm_passages(german)
    return french, german


@pytest.fixture
def french(module_pair, network):
    return deepcopy(module_pair[0])


@pytest.fixture
def translation(module_pair, network):
    return deepcopy(module_pair[1])


@pytest.fixture
def writing(lorraine, editor):
    return newsroom_client(lorraine, editor)


@pytest.fixture
def reading(lorraine, approver):
    return newsroom_client(lorraine, approver)


def buttons(client, page) -> dict[str, str]:
    """The values of the page editor's submit and publish buttons, by label."""
    html = BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")
    found = html.select(
        "[name=action-submit], [name=action-publish], a.button[href*=answer], [data-workflow-action-name]"
    )
    return {" ".join(each.text.split()): each.get("value", "") for each in found}


def notes(client, page) -> str:
    html = BeautifulSoup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")
    return " ".join(html.select_one("#checklist").text.split())


def answer_form(client, page):
    response = client.get(reverse("editorial:answer", args=[step_of(page).pk]))
    return BeautifulSoup(response.content, "html.parser").select_one("form.answer__form")


def labels(form) -> list[str]:
    return [button.text for button in form.select("[name=approve]")]


def press(client, form, label, **more):
    """Press a button on the review page."""
    values = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    value = next(button["value"] for button in form.select("[name=approve]") if button.text == label)
    return client.post(form["action"], values | {"comment": "", "approve": value} | more)


def is_in_review(page) -> bool:
    return reload(page).workflow_in_progress


BOTH = "Send for review: French and German"


def test_button_of_the_editor_names_both_and_sends_both(writing, french, translation):
    found = buttons(writing, french)
    assert list(found)[:2] == [BOTH, "Send for review: French only"]

    shown = messages_of(edit_form(writing, french, **{"action-submit": found[BOTH]}))

    assert is_in_review(french)
    assert is_in_review(translation)
    assert "“La filière bois” is with" in shown
    assert "“Holz sucht Leute” is with" in shown


def mails_to(user) -> list[mail.EmailMessage]:
    work_off()
    return [message for message in mail.outbox if message.to == [user.email]]


def test_approver_gets_one_mail_that_names_both(writing, french, translation, approver):
    edit_form(writing, french, **{"action-submit": buttons(writing, french)[BOTH]})

    (message,) = mails_to(approver)
    assert "La filière bois" in message.subject
    assert "(Français, Allemand)" in message.subject
    for text in (message.body, str(message.alternatives[0].content)):
        assert "Allemand: " in text
        assert "Holz sucht Leute" in text
        assert all(reverse("editorial:answer", args=[step_of(page).pk]) in text for page in (french, translation))


def test_approver_who_wrote_one_of_them_gets_a_mail_about_the_other(writing, french, translation, approver):
    rewrite(translation, approver, title="Holz sucht viele")
    edit_form(writing, french, **{"action-submit": buttons(writing, french)[BOTH]})

    (message,) = mails_to(approver)
    assert "La filière bois" in message.subject
    assert "Allemand" not in message.subject + message.body


def test_nobody_gets_a_mail_if_one_language_is_refused(writing, french, translation, editor, approver):
    value = buttons(writing, french)[BOTH]
    rewrite(translation, editor, lead_image_alt="")
    edit_form(writing, french, **{"action-submit": value})

    assert mails_to(approver) == []


def test_other_button_sends_only_the_page_that_is_open(writing, french, translation):
    edit_form(writing, french, **{"action-submit": buttons(writing, french)["Send for review: French only"]})

    assert is_in_review(french)
    assert not is_in_review(translation)


def test_unsaved_text_is_sent_too(writing, french, translation):
    value = buttons(writing, translation)["Send for review: German and French"]

    edit_form(writing, translation, title="Holz sucht viele", **{"action-submit": value})

    assert step_of(translation).revision.content["title"] == "Holz sucht viele"
    assert is_in_review(french)


def test_unfinished_translation_is_named_with_the_reason(writing, french, translation, editor):
    rewrite(translation, editor, lead_image_alt="")

    assert list(buttons(writing, french)) == ["Send for review: French only"]
    assert "German cannot come along: Lead image: describe what it shows" in notes(writing, french)


def test_nothing_is_sent_if_one_language_is_refused(writing, french, translation, editor):
    value = buttons(writing, french)[BOTH]
    rewrite(translation, editor, lead_image_alt="")

    shown = messages_of(edit_form(writing, french, **{"action-submit": value}))

    assert not is_in_review(french)
    assert not is_in_review(translation)
    assert "Nothing was done in any language." in shown
    assert "German: The page is not complete" in shown


def test_translation_of_an_older_draft_is_refused(writing, french, translation):
    shown = messages_of(
        edit_form(writing, french, standfirst="Deux cents.", **{"action-submit": buttons(writing, french)[BOTH]})
    )

    assert "German: The original has changed since: bring the translation up to date first." in shown
    assert f'href="{reverse("translate_page", args=[translation.pk])}"' in shown
    assert not is_in_review(french)
    assert reload(french).get_latest_revision_as_object().standfirst == "Deux cents."


def test_page_of_another_site_is_never_included(lorraine, saar, writing, editor, newsrooms, french):
    alone = draft(lorraine, editor, "Seul", lead_image=french.lead_image, lead_image_alt="Une scierie")
    foreign = draft(saar, newsrooms.saar[AUTHOR], "Holz an der Saar", parent=saar.section)
    Page.objects.filter(pk=foreign.pk).update(translation_key=alone.translation_key)
    assert list(buttons(writing, alone)) == ["Send for review"]

    edit_form(writing, alone, **{"action-submit": f"with:{foreign.pk}"})

    assert not is_in_review(foreign)
    assert not is_in_review(alone)


def test_history_of_each_names_the_others(lorraine, writing, french, translation, approver):
    edit_form(writing, french, **{"action-submit": buttons(writing, french)[BOTH]})

    for page, other in ((french, "German"), (translation, "French")):
        entry = PageLogEntry.objects.get(page=page.pk, action="portal.translation.together")
        assert entry.message == f"Sent for review together with {other}"


def send(page, translation, author):
    for each in (page, translation):
        submit(each, author)


def test_approver_approves_both_by_one_button(reading, french, translation, editor):
    send(french, translation, editor)
    form = answer_form(reading, french)
    assert labels(form) == ["Approve: French and German", "Approve: French only"]

    shown = messages_of(press(reading, form, "Approve: French and German"))

    assert reload(french).live
    assert reload(translation).live
    assert "“La filière bois” is published" in shown
    assert "“Holz sucht Leute” is published" in shown


def test_approval_of_one_language_publishes_no_other(reading, french, translation, editor):
    send(french, translation, editor)

    press(reading, answer_form(reading, french), "Approve: French only")

    assert reload(french).live
    assert not reload(translation).live


def test_page_of_the_review_shows_the_other_text(reading, french, translation, editor):
    send(french, translation, editor)

    response = reading.get(reverse("editorial:answer", args=[step_of(french).pk]))

    frames = BeautifulSoup(response.content, "html.parser").select(".together iframe")
    assert [frame["title"] for frame in frames] == ["Holz sucht Leute (German)"]
    assert reading.get(frames[0]["src"]).status_code == 200


def test_translation_that_changed_since_stops_the_approval_of_both(reading, french, translation, editor):
    send(french, translation, editor)
    form = answer_form(reading, french)
    rewrite(translation, editor, title="Ganz anders")

    shown = messages_of(press(reading, form, "Approve: French and German", comment="Gut."))

    assert not reload(french).live
    assert not reload(translation).live
    assert "German: The page has changed since you looked" in shown
    assert answer_form(reading, french).select_one("[name=comment]").text.strip() == "Gut."


def test_own_translation_is_not_approved_with_the_original(lorraine, french, translation, editor, newsroom):
    translator = newsroom[Role.APPROVER]
    rewrite(translation, translator, title="Holz sucht viele")
    send(french, translation, editor)
    client = newsroom_client(lorraine, translator)

    form = answer_form(client, french)

    assert labels(form) == ["Approve: French only"]
    response = client.get(form["action"])
    assert "You wrote this yourself" in BeautifulSoup(response.content, "html.parser").select_one(".together").text
    seen = f"{reload(translation).latest_revision_id}.0"
    client.post(form["action"], {"approve": f"with:{translation.pk}", f"seen-{translation.pk}": seen, "comment": ""})
    assert not reload(french).live
    assert not reload(translation).live


def test_translation_that_was_not_sent_is_named(reading, french, translation, editor):
    submit(french, editor)
    form = answer_form(reading, french)

    assert labels(form) == ["Approve: French only"]
    page = BeautifulSoup(reading.get(form["action"]).content, "html.parser")
    assert "Not yet sent for review." in page.select_one(".together").text


def test_button_in_the_editor_leads_to_the_page_with_both_texts(reading, french, translation, editor):
    send(french, translation, editor)

    found = list(buttons(reading, french))

    assert found[:2] == ["Approve: French and German", "Approve: French only"]


def test_both_are_scheduled_for_the_same_time(writing, reading, french, translation):
    at = (timezone.localtime() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    planned = {"go_live_at": f"{at:%Y-%m-%d %H:%M}"}
    edit_form(writing, french, **planned, **{"action-submit": buttons(writing, french)[BOTH]})

    press(reading, answer_form(reading, french), "Approve: French and German")

    for page in (french, translation):
        assert not reload(page).live
        assert reload(page).scheduled_revision.approved_go_live_at == at


def test_both_are_moved_by_one_button(writing, reading, french, translation, editor, approver):
    first = (timezone.localtime() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    for page in (french, translation):
        rewrite(page, editor, go_live_at=first)
        answer(submit(page, editor), approver)
    address = reverse("move_schedule", args=[french.pk])
    form = BeautifulSoup(reading.get(address).content, "html.parser").select_one(
        "form[method=post]:has([name=revision])"
    )
    button = form.select_one("button[name=others]")
    assert button.text == "Move: French and German"

    later = first + timedelta(days=1)
    data = {"revision": form.select_one("[name=revision]")["value"], "at": f"{later:%d.%m.%Y %H:%M}"}
    reading.post(address, data | {"others": button["value"]})

    assert [reload(page).scheduled_revision.approved_go_live_at for page in (french, translation)] == [later, later]


@pytest.mark.parametrize("cancelled", [0, 1])
def test_each_is_cancelled_alone(writing, french, translation, editor, approver, cancelled):
    at = (timezone.localtime() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    pages = [french, translation]
    for page in pages:
        rewrite(page, editor, go_live_at=at)
        answer(submit(page, editor), approver)
    gone = pages.pop(cancelled)
    keys = [gone.pk, reload(gone).scheduled_revision.pk]
    writing.post(reverse("wagtailadmin_pages:revisions_unschedule", args=keys), {"versions": "alone"})

    assert reload(gone).scheduled_revision is None
    assert reload(pages[0]).scheduled_revision.approved_go_live_at == at


def test_version_keeps_a_time_of_its_own(writing, french, translation, editor):
    at = (timezone.localtime() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    rewrite(translation, editor, go_live_at=at + timedelta(days=1))

    edit_form(writing, french, go_live_at=f"{at:%Y-%m-%d %H:%M}", **{"action-submit": buttons(writing, french)[BOTH]})

    assert reload(translation).get_latest_revision_as_object().go_live_at == at + timedelta(days=1)


def test_approver_publishes_both_drafts_by_one_button(reading, french, translation):
    found = buttons(reading, french)
    label = next(label for label in found if label.startswith("Publish: French and German"))
    assert "Publish: French only" in found

    edit_form(reading, french, **{"action-publish": found[label]})

    assert reload(french).live
    assert reload(translation).live


def test_author_publishes_both_where_four_eyes_are_waived(lorraine, french, translation, editor):
    make_settings(lorraine, four_eyes=False)
    editor.groups.add(group_of(lorraine.site, Role.APPROVER))
    client = newsroom_client(lorraine, editor)

    edit_form(client, french, **{"action-publish": buttons(client, french)["Publish: French and German"]})

    assert reload(french).live
    assert reload(translation).live


def test_approver_cannot_publish_their_own_translation_by_a_forged_button(lorraine, french, translation, approver):
    rewrite(translation, approver, title="Holz sucht viele")
    client = newsroom_client(lorraine, approver)

    edit_form(client, french, **{"action-publish": f"with:{translation.pk}"})

    assert not reload(french).live
    assert not reload(translation).live


def test_page_without_other_drafts_has_plain_buttons(lorraine, writing, editor, german, french, translation):
    alone = draft(lorraine, editor, "Seul")

    assert list(buttons(writing, alone)) == ["Send for review"]


def test_translator_sends_both_from_beside_the_original(writing, french, translation):
    address = reverse("translate_page", args=[translation.pk])
    html = BeautifulSoup(writing.get(address).content, "html.parser")
    found = {button.text.strip(): button["value"] for button in html.select("[name=action-submit]")}
    assert list(found) == ["Send for review: German and French", "Send for review: German only"]
    fields = {each["name"]: each.get("value", "") or each.text for each in html.select("form[data-edit-form] [name]")}
    fields = {name: value for name, value in fields.items() if not name.startswith(("action-", "save"))}

    writing.post(address, fields | {"action-submit": found["Send for review: German and French"]})

    assert is_in_review(french)
    assert is_in_review(translation)


def test_published_original_is_not_included(lorraine, writing, editor, german):
    facts = {"lead_image": make_image(), "lead_image_alt": "Une scierie", "topics": [make_topic("Acier")]}
    story = make_article(lorraine.section, "L’acier", **facts)
    translated = actions.start(story, german, editor)

    assert list(buttons(writing, translated)) == ["Send for review"]
