"""Emails about comments on a page, to its followers, thread participants and people mentioned with an @."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.models import Comment, CommentReply, Page

from portal.accounts.names import name_of
from portal.editorial.mails.page_mails import EDIT, edit_link, enqueue_about_page

MENTION_PATTERN = re.compile(r"(?<![\w@])@([\w.+-]*\w)")


@dataclass(frozen=True)
class CommentChange:
    """A new comment, a reply or a resolution. `about` is the text of the comment replied to or resolved."""

    comment: Comment
    text: str
    about: str = ""
    is_resolution: bool = False


def notify_of_comments(page: Page, actor: Any, changes: dict[str, Any]) -> None:
    """Send emails about `changes` as collected by Wagtail's edit view, except deletions and edits."""
    news = [CommentChange(comment, comment.text) for comment in changes["new_comments"]]
    news += [
        CommentChange(comment, reply.text, about=comment.text)
        for comment, replies in changes["new_replies"]
        for reply in replies
    ]
    news += [
        CommentChange(comment, "", about=comment.text, is_resolution=True) for comment in changes["resolved_comments"]
    ]
    if not news:
        return
    for user, relevant in _recipients(page, news).items():
        enqueue_about_page(
            "comments",
            page,
            [user],
            actor=actor,
            preference="updated_comments",
            link=edit_link(page),
            link_label=EDIT,
            who=name_of(actor),
            changes=relevant,
        )


def _recipients(page: Page, news: list[CommentChange]) -> dict[Any, list[CommentChange]]:
    """The changes that concern each user; a page's followers get all of them."""
    users = get_user_model().objects
    found: dict[Any, list[CommentChange]] = dict.fromkeys(
        users.filter(page_subscriptions__page=page, page_subscriptions__comment_notifications=True), news
    )
    for user, keys in _participants(news).items():
        found.setdefault(user, [change for change in news if change.comment.pk in keys])
    for user in users.filter(username__in={name for change in news for name in MENTION_PATTERN.findall(change.text)}):
        mentions = [change for change in news if user.get_username() in MENTION_PATTERN.findall(change.text)]
        found[user] = [change for change in news if change in found.get(user, []) or change in mentions]
    return found


def _participants(news: Iterable[CommentChange]) -> dict[Any, set[int]]:
    """The primary keys of the threads in which each user has written."""
    keys = {change.comment.pk for change in news}
    threads: dict[Any, set[int]] = {}
    for comment in Comment.objects.filter(pk__in=keys).select_related("user"):
        threads.setdefault(comment.user, set()).add(comment.pk)
    for reply in CommentReply.objects.filter(comment__in=keys).select_related("user"):
        threads.setdefault(reply.user, set()).add(reply.comment_id)
    return threads
