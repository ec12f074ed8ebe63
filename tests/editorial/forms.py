"""Posts the newsroom's article form as a browser does."""

from typing import Any

from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from articles.models import ArticlePage
from tests.builders import SampleSite, newsroom_client
from tests.essentials import STANDFIRST, lead_image, topic

# The required parts, left empty.
INCOMPLETE = {"standfirst": "", "lead_image": "", "lead_image_alt": "", "page_topics": inline_formset([])}


def article_form(**facts: Any) -> dict[str, Any]:
    """A form in which only the title is filled in."""
    return nested_form_data(
        {
            "title": "Une usine",
            "slug": "une-usine",
            "lead_image_caption": "",
            "body": streamfield([]),
            "thanks": "null",
            "credits": streamfield([]),
            "bylines": inline_formset([]),
            "related_stories": inline_formset([]),
            "publication_date": "",
            "corrected_at": "",
            "correction": "",
            "comments": inline_formset([]),
            **INCOMPLETE,
            **facts,
        }
    )


def complete_form(ground: SampleSite, **facts: Any) -> dict[str, Any]:
    """The form for a complete article that already has its topics."""
    picture = {"lead_image": lead_image(ground.home).pk, "lead_image_alt": "Un atelier"}
    return article_form(**{"standfirst": STANDFIRST, **picture, **facts})


def write(ground: SampleSite, author: Any, title: str = "Une usine", **facts: Any) -> ArticlePage:
    """Create an article through the newsroom's form, complete unless `facts` override it."""
    client = newsroom_client(ground, author)
    path = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", ground.section.pk])
    topics = inline_formset([{"topic": topic(ground.section.locale).pk}])
    response = client.post(path, complete_form(ground, **{"title": title, "page_topics": topics, **facts}))
    assert response.status_code == 302, response.context["form"].errors
    return ArticlePage.objects.get(slug="une-usine")


def rewrite(ground: SampleSite, author: Any, page: ArticlePage, title: str, **facts: Any) -> Any:
    client = newsroom_client(ground, author)
    path = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(path, complete_form(ground, **{"title": title, **facts}))


def submit(ground: SampleSite, author: Any, title: str = "Une usine") -> ArticlePage:
    return write(ground, author, title, **{"action-submit": "1"})


def act(ground: SampleSite, user: Any, page: ArticlePage, action: str = "approve", state: Any = None) -> Any:
    """Post to a workflow action's address, whether or not a button leads there."""
    state = state or page.current_workflow_task_state
    path = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    return newsroom_client(ground, user).post(path, {"comment": ""})
