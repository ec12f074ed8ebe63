"""The draft of an article from the approved entries of a live coverage, in the order of their publication."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles.live.pages import LivePage
from articles.live.records import LiveText
from articles.stories import StoryPage
from portal.content.kinds import model_of
from portal.content.publication import lock_pages
from portal.content.records.people import Byline
from portal.content.records.topics import PageTopic
from portal.content.visibility import in_trash
from portal.editorial.approval.authorship import take_over_text


def may_sum_up(page: LivePage, user: Any) -> bool:
    """Whether the user may edit the coverage and add a story beside it."""
    if page.alias_of_id or not page.permissions_for_user(user).can_edit():
        return False
    return bool(page.get_parent().specific_deferred.permissions_for_user(user).can_add_subpage())


def article_of(page: LivePage) -> StoryPage | None:
    found: StoryPage | None = model_of("article").objects.filter(~in_trash(), pk=page.following_id).first()
    return found


@transaction.atomic
def open_article(page: LivePage, user: Any) -> StoryPage:
    """The article of a coverage; without one, a new draft. The coverage leads to it once it is published.

    Raises PermissionDenied.
    """
    if not may_sum_up(page, user):
        raise PermissionDenied
    # The lock lets a simultaneous request find this draft.
    lock_pages([page.pk])
    page.refresh_from_db(fields=["following"])
    return article_of(page) or _create(page, user)


def _create(page: LivePage, user: Any) -> StoryPage:
    texts = LiveText.objects.shown_on(page.pk).order_by("entry__published_at", "entry")
    article: StoryPage = model_of("article")(
        title=page.title,
        draft_title=page.title,
        locale=page.locale,
        owner=user,
        live=False,
        standfirst=page.standfirst,
        lead_image=page.lead_image,
        lead_image_alt=page.lead_image_alt,
        lead_image_decorative=page.lead_image_decorative,
        lead_image_caption=page.lead_image_caption,
        body=[*page.body.raw_data, *(block for text in texts for block in _blocks(text))],
    )
    article.page_topics = [
        PageTopic(topic_id=row.topic_id, sort_order=row.sort_order) for row in page.page_topics.order_by("sort_order")
    ]
    article.bylines = [
        Byline(person_id=row.person_id, sort_order=row.sort_order) for row in page.bylines.order_by("sort_order")
    ]
    page.get_parent().specific.add_child(instance=article)
    take_over_text(page, article, article.save_revision(user=user), user, is_row=True)
    LivePage.objects.filter(pk=page.pk).update(following=article)
    return article


def _blocks(text: LiveText) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [{"type": "paragraph", "value": text.text}]
    if text.title:
        blocks.insert(0, {"type": "heading", "value": {"text": text.title, "level": "h2"}})
    return blocks
