"""Plans items, and writes their texts."""

from datetime import date
from typing import Any

from wagtail.models import Page

from articles.models import ArticlePage
from portal.editorial.models import PlannedItem
from portal.editorial.planning.items import plan_new_page
from tests.builders import SampleSite
from tests.editorial.drafts import rewrite
from tests.essentials import essentials

TUESDAY = date(2026, 12, 8)


def complete(ground: SampleSite, page: Page, author: Any, **facts: Any) -> Any:
    """Save a version of an article that has everything that the checklist requires."""
    known = essentials(ArticlePage, ground.section, facts)
    topics = known.pop("topics")
    draft = page.get_latest_revision_as_object()
    for name, value in known.items():
        setattr(draft, name, value)
    draft.page_topics = [draft.page_topics.model(topic=topic) for topic in topics]
    draft.save_revision(user=author)
    return type(page).objects.get(pk=page.pk)


def plan(ground: SampleSite, user: Any, person: Any = None, **facts: Any) -> PlannedItem:
    facts = {"title": "Une usine", "day": TUESDAY, "note": "Avec photo", **facts}
    return plan_new_page(ArticlePage, ground.section, person=person, user=user, **facts)


def write(item: PlannedItem, user: Any, **facts: Any) -> Any:
    return rewrite(Page.objects.get(pk=item.page_id).specific, user, **facts)
