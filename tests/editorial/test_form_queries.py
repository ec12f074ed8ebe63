"""The editing forms of the newsroom need few queries, however many rows, pictures, links and reviewers they have."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.core.models import Byline, PageTopic, RelatedStory
from portal.editorial.approval.checklist import findings
from portal.editorial.roles import Role, media_collection
from portal.editorial.translations import actions
from tests.builders import (
    change,
    make_article,
    make_event,
    make_image,
    make_member,
    make_person,
    make_recap,
    make_standard_page,
    make_topic,
    newsroom_client,
)
from tests.newsletter.makers import group, make_issue, make_newsletter

# A form that begins a page, and the page on which one translates.
MOST = 40
# A form of a page that exists: Wagtail asks some forty things of its own there, each once. It finds the page, its versions,
# schedule, review, subscription, comments, other windows, translations, uses, privacy and place in the tree; and it looks
# up each page that a text links to.
MOST_OF_A_PAGE = 66
# Beside them, what a draft refers to is looked up by kind, and who saved it is named.
MOST_OF_A_DRAFT = 72
# Wagtail counts the steps of a review for each lock, button and panel that names them.
MOST_IN_REVIEW = 88
ROLES = [Role.EDITOR, Role.ORGANISER, Role.APPROVER]


@pytest.fixture
def reviewers(newsroom):
    """Several people who are asked to review: whether each of them may is one question."""
    approvers = newsroom[Role.APPROVER].groups.all()
    return [make_member(f"relecteur-{number}", *approvers) for number in range(4)]


@pytest.fixture
def story(lorraine):
    folder = media_collection(lorraine.site)
    pictures = [make_image(f"Atelier {number}", folder) for number in range(6)]
    others = [make_article(lorraine.section, f"Filière {number}") for number in range(3)]
    return make_article(
        lorraine.section,
        "Un atelier",
        lead_image=pictures[0],
        lead_image_alt="Un atelier",
        body=[
            {"type": "paragraph", "value": "<p>Un atelier.</p>"},
            *({"type": "figure", "value": {"image": each.pk, "alt": each.title}} for each in pictures),
        ],
        authors=[make_person(f"Claire {number}") for number in range(3)],
        topics=[make_topic(f"Filière {number}") for number in range(3)],
        related=others,
    )


def draft_of(page, user, **facts):
    page = type(page).objects.get(pk=page.pk)
    for name, value in {"title": f"{page.title}, suite", **facts}.items():
        setattr(page, name, value)
    page.save_revision(user=user)
    return page


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def begin(model, parent):
    return reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])


def asked(lorraine, user, addresses):
    """How many queries each form needs, on a second visit; only of those that the person may open."""
    client = newsroom_client(lorraine, user)
    found = {}
    for name, address in addresses.items():
        if client.get(address).status_code == 200:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found[name] = len(queries)
    return found


def too_many(found, most):
    assert found, "This person may open none of them."
    return {name: number for name, number in found.items() if number > most}


@pytest.fixture
def pages(lorraine, newsroom, story):
    organiser = newsroom[Role.ORGANISER]
    series = make_event(
        lorraine.calendar, "Matinées", recurrence="FREQ=WEEKLY;COUNT=12", takes_registrations=True, owner=organiser
    )
    newsletter = make_newsletter(lorraine)
    return {
        "article": story,
        "event": make_event(lorraine.calendar, "Rencontre", owner=organiser),
        "series": series,
        "recap": make_recap(lorraine.calendar, "Retour", event=series, owner=organiser, related=[story]),
        "plain page": make_standard_page(lorraine.home),
        "home page": lorraine.home,
        "section": lorraine.section,
        "newsletter": newsletter,
        "issue": make_issue(newsletter, [group("À lire", [story], [series])]),
    }


@pytest.mark.parametrize("role", ROLES)
def test_form_of_a_page_needs_few_queries(lorraine, newsroom, reviewers, pages, role):
    found = asked(lorraine, newsroom[role], {name: edit(page) for name, page in pages.items()})
    assert too_many(found, MOST_OF_A_PAGE) == {}


@pytest.mark.parametrize("role", ROLES)
def test_form_of_a_draft_needs_few_queries(lorraine, newsroom, reviewers, pages, role):
    drafts = {name: edit(draft_of(pages[name], newsroom[Role.ORGANISER])) for name in ("article", "series", "recap")}
    assert too_many(asked(lorraine, newsroom[role], drafts), MOST_OF_A_DRAFT) == {}


@pytest.mark.parametrize("role", ROLES)
def test_form_of_a_new_page_needs_few_queries(lorraine, newsroom, reviewers, pages, role):
    places = {
        "article": lorraine.section,
        "event": lorraine.calendar,
        "recap": lorraine.calendar,
        "plain page": lorraine.home,
        "issue": pages["newsletter"],
    }
    addresses = {name: begin(type(pages[name]), place) for name, place in places.items()}
    assert too_many(asked(lorraine, newsroom[role], addresses), MOST) == {}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_translating_needs_few_queries(lorraine, newsroom, reviewers, story, german, role):
    translation = actions.start(story, german, newsroom[Role.EDITOR])
    address = reverse("translate_page", args=[translation.pk])
    assert too_many(asked(lorraine, newsroom[role], {"translation": address}), MOST) == {}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_form_of_a_page_in_review_needs_few_queries(lorraine, newsroom, reviewers, story, role):
    draft = draft_of(story, newsroom[Role.EDITOR])
    draft.get_workflow().start(draft, newsroom[Role.EDITOR])
    assert too_many(asked(lorraine, newsroom[role], {"article": edit(draft)}), MOST_IN_REVIEW) == {}


def test_checklist_reads_all_links_at_once(lorraine):
    def number(links):
        text = "".join(f'<a linktype="page" id="{make_article(lorraine.section).pk}">là</a>' for _each in range(links))
        page = make_article(lorraine.section, body=[{"type": "paragraph", "value": f"<p>{text}</p>"}])
        with CaptureQueriesContext(connection) as queries:
            assert findings(page, timezone.now()) == []
        return len(queries)

    assert number(5) == number(1)


def test_more_rows_need_no_more_queries(lorraine, newsroom, story):
    def number():
        return asked(lorraine, newsroom[Role.EDITOR], {"article": edit(story)})["article"]

    before = number()
    change(
        story,
        bylines=[*story.bylines.all(), *(Byline(person=make_person(f"Anne {each}")) for each in range(3))],
        page_topics=[*story.page_topics.all(), *(PageTopic(topic=make_topic(f"Bois {each}")) for each in range(3))],
        related_stories=[*story.related_stories.all(), RelatedStory(story=make_article(lorraine.section))],
    )
    assert number() == before
