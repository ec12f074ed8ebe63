"""The first button is the user's next step. Messages say who acts next and when readers will see the page."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.timezone import localtime, now
from wagtail.models import PageLogEntry
from wagtail.test.utils.form_data import inline_formset, streamfield

from articles.models import ArticlePage
from portal.editorial.roles import Role, group_of
from tests.builders import make_article, make_member, newsroom_client
from tests.editorial.drafts import answer, draft, step_of, submit
from tests.editorial.editor.test_conflicting_edits import filled_in, opened
from tests.editorial.forms import article_form
from tests.editorial.side_by_side import rich

NOTHING_LEFT = "Nothing is left to do"


@pytest.fixture
def page(lorraine, newsroom):
    return draft(lorraine, newsroom[Role.EDITOR], "Une usine", slug="une-usine")


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


@pytest.fixture
def approver(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.APPROVER])


def form_of(client, page) -> str:
    return client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


def first_button(html: str) -> str:
    footer = html.partition('aria-label="Actions (footer)"')[2] or html.partition("footer__container")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.search(r"<button.*?</button>", footer, re.S)[0])).strip()


def send(client, page, **facts):
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(
        address, filled_in(page, "Une usine", **facts) | opened(client, page), follow=True
    ).content.decode()


def test_author_sends_for_review_first(editor, page):
    form = form_of(editor, page)

    assert first_button(form) == "Send for review"
    assert 'name="action-publish"' not in form


def test_form_names_the_next_reviewer(editor, page, newsroom, saar):
    newsroom[Role.APPROVER].first_name, newsroom[Role.APPROVER].last_name = "Paul", "Thouvenin"
    newsroom[Role.APPROVER].save()
    make_member("jonas", group_of(saar.site, Role.APPROVER), first_name="Jonas", last_name="Feld")

    form = form_of(editor, page)

    assert "goes to Paul Thouvenin." in form
    assert "Jonas Feld" not in form


def test_reviewer_approves_first(approver, page, newsroom):
    submit(page, newsroom[Role.EDITOR])

    html = form_of(approver, page)

    assert first_button(html).startswith("Approve")
    assert NOTHING_LEFT not in html


def test_scheduled_page_is_not_described_as_in_review(editor, page, newsroom):
    assert NOTHING_LEFT in form_of(editor, page)
    page.go_live_at = now() + timedelta(days=30)
    page.save_revision().publish(user=newsroom[Role.APPROVER], skip_permission_checks=True)

    html = form_of(editor, page)

    assert NOTHING_LEFT not in html
    assert "“Send for review”" not in html


def test_unsaved_form_is_not_described_as_complete(editor, page):
    html = send(editor, page, go_live_at="soon")

    assert "could not be saved" in html
    assert NOTHING_LEFT not in html


def test_message_names_the_reviewer_and_the_publication_time(editor, page):
    html = send(editor, page, **{"action-submit": "yes"})

    assert "for review. Readers see it once it is approved." in html
    assert "submitted for moderation" not in html


def test_message_has_the_planned_time(editor, page):
    go_live_at = (now() + timedelta(days=30)).strftime("%Y-%m-%d 18:00")

    assert "if it is approved by then." in send(editor, page, go_live_at=go_live_at, **{"action-submit": "yes"})


def test_message_about_a_saved_draft_says_who_sees_it(editor, page):
    assert "is saved as a draft, which only the newsroom sees." in send(editor, page)


def test_message_about_a_draft_says_what_readers_still_see(lorraine, editor):
    assert "Readers still see the published version." in send(editor, make_article(lorraine.section, "Une usine"))


def test_message_about_an_approval_says_that_readers_see_the_page(approver, page, newsroom):
    submit(page, newsroom[Role.EDITOR])
    action = {"action-workflow-action": "true", "workflow-action-name": "approve"}

    html = send(approver, page, **action)

    assert "is published: readers see it now." in html
    assert ArticlePage.objects.get(pk=page.pk).live


def test_reviewers_comment_is_above_the_form(editor, page, newsroom):
    submit(page, newsroom[Role.EDITOR])
    answer(step_of(page), newsroom[Role.APPROVER], "reject", "Il manque le nom de l’atelier.")

    html = form_of(editor, page)

    assert html.index("Il manque le nom de l’atelier.") < html.index("Before publication")
    assert first_button(html) == "Send for review again"
    assert "“Send for review again” goes to" in html


def test_checklist_of_a_live_page_is_about_the_next_publication(editor, lorraine, page):
    published = make_article(lorraine.section, "Une usine ouverte")

    assert heading_of_checklist(editor, published) == "Before the next publication"
    assert heading_of_checklist(editor, page) == "Before publication"


def heading_of_checklist(client, page) -> str:
    return BeautifulSoup(form_of(client, page), "html.parser").select_one("#checklist-heading").text


def test_second_page_with_the_same_title_is_saved_at_once(editor, lorraine):
    """A new page in another window is a different page."""
    address = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    for _window in range(2):
        form = article_form(title="Une usine", slug="une-usine", editing_window=str(uuid4()))
        response = editor.post(address, form, headers={"accept": "application/json"}).json()

    assert ArticlePage.objects.get(pk=response["pk"]).slug == "une-usine-2"


def test_form_of_a_new_page_sent_twice_creates_one_page(editor, lorraine):
    address = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    form = article_form(title="Une usine", slug="une-usine", editing_window=str(uuid4()))
    editor.post(address, form)

    again = editor.post(address, form)

    assert "slug" in again.context["form"].errors
    assert ArticlePage.objects.filter(slug__startswith="une-usine").count() == 1


def test_form_sent_again_after_a_lost_response_keeps_the_text(editor, lorraine):
    address = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    form = article_form(title="Une usine", slug="une-usine", editing_window=str(uuid4()))
    editor.post(address, form)
    PageLogEntry.objects.update(timestamp=now() - timedelta(minutes=2))

    editor.post(address, form | {"standfirst": "Cent postes."})

    assert ArticlePage.objects.get(slug="une-usine-2").standfirst == "Cent postes."


def test_form_of_a_page_with_a_changed_slug_saves_the_same_page(editor, lorraine):
    """The form still has the slug of its title, which another page has."""
    make_article(lorraine.section, "Une usine", slug="une-usine")
    address = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    editor.post(address, article_form(title="Une usine", slug="une-usine"))
    page = ArticlePage.objects.get(slug="une-usine-2")

    again = article_form(title="Une usine", slug="une-usine", standfirst="Elle ouvre au printemps.")
    editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), again)

    draft = ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert (draft.standfirst, draft.slug) == ("Elle ouvre au printemps.", "une-usine-2")


def test_empty_first_paragraph_is_not_saved(editor, lorraine):
    address = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    assert '"type": "paragraph"' in editor.get(address).content.decode().replace("&quot;", '"')

    empty = streamfield([("paragraph", "null")])
    editor.post(address, article_form(title="Sans texte", slug="sans-texte", body=empty))

    assert len(ArticlePage.objects.get(slug="sans-texte").body) == 0


def test_empty_lines_of_a_paragraph_are_not_saved(editor, page):
    typed = rich("À minuit.", "", "À midi.")
    editor.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), article_form(body=streamfield([("paragraph", typed)]))
    )

    (paragraph,) = ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object().body
    html = BeautifulSoup(paragraph.value.source, "html.parser")
    assert [line.text for line in html.select("p")] == ["À minuit.", "À midi."]


def test_draft_without_text_starts_with_a_paragraph_again(editor, page):
    page.body = []
    page.save_revision()

    assert '"type": "paragraph"' in form_of(editor, page).replace("&quot;", '"')


def test_empty_paragraph_does_not_count_as_a_change(page):
    page.body = []
    page.save_revision().publish()
    posted = article_form(body=streamfield([("paragraph", "null")]))
    form = ArticlePage.get_edit_handler().get_form_class()(posted, instance=page)

    assert "body" not in form.changed_data


def test_live_page_is_not_described_as_in_review(lorraine, editor):
    page = make_article(lorraine.section, "Une usine")
    form = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "can be sent for review" not in form

    page.save_revision()
    assert "can be sent for review" in editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


def test_long_title_wraps_and_stays_one_line_of_text(lorraine, editor):
    page = make_article(lorraine.section, "Une usine")
    form = BeautifulSoup(editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content, "html.parser")
    assert form.select_one("#id_title").name == "textarea"

    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    editor.post(address, filled_in(page, "Une usine\r\n dans la vallée") | opened(editor, page))
    page.refresh_from_db()
    assert page.get_latest_revision().content["title"] == "Une usine dans la vallée"


def test_approver_publishes_a_changed_expiry_alone(lorraine, approver):
    """The expiry is not part of the text, so the author may publish if nothing else has changed."""
    written = datetime(2026, 2, 1, tzinfo=UTC)
    page = make_article(lorraine.section, "Une usine", slug="une-usine", publication_date=written)
    topics = [{"id": each.pk, "topic": each.topic_id} for each in page.page_topics.all()]
    facts = {
        "page_topics": inline_formset(topics, initial=len(topics)),
        "lead_image_caption": page.lead_image_caption,
        "publication_date": localtime(written).strftime("%Y-%m-%d %H:%M:%S"),
        "expire_at": (now() + timedelta(days=30)).strftime("%Y-%m-%d %H:%M"),
    }
    assert 'name="action-publish"' in menu_of(approver, page)

    send(approver, page, **facts, **{"action-publish": "yes"})

    page.refresh_from_db()
    assert page.expire_at is not None


def menu_of(client, page) -> str:
    """The buttons below the form; the schedule dialog has a button with this name too."""
    return form_of(client, page).partition('aria-label="Actions (footer)"')[2]
