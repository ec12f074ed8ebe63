"""Tells of remarks on a page: those who follow it, who take part in the thread, and who are named with an @."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.models import Comment, CommentReply, Page

from portal.editorial.mails.writing import EDIT, edit_link, enqueue_about_page
from portal.editorial.people import name_of

MENTION = re.compile(r"(?<![\w@])@([\w.+-]*\w)")


@dataclass(frozen=True)
class CommentNews:
    """What somebody said in a thread; `about` is the remark that it answers."""

    comment: Comment
    text: str
    about: str = ""
    is_resolution: bool = False


def comments_changed(page: Page, actor: Any, changes: dict[str, Any]) -> None:
    """`changes` as Wagtail's editing page gathers them. What was deleted or mended is told to nobody."""
    words = [CommentNews(comment, comment.text) for comment in changes["new_comments"]]
    words += [
        CommentNews(comment, reply.text, about=comment.text)
        for comment, replies in changes["new_replies"]
        for reply in replies
    ]
    words += [
        CommentNews(comment, "", about=comment.text, is_resolution=True) for comment in changes["resolved_comments"]
    ]
    if not words:
        return
    for user, own_words in _readers(page, words).items():
        enqueue_about_page(
            "remarks",
            page,
            [user],
            actor=actor,
            preference="updated_comments",
            link=edit_link(page),
            link_label=EDIT,
            who=name_of(actor),
            words=own_words,
        )


def _readers(page: Page, words: list[CommentNews]) -> dict[Any, list[CommentNews]]:
    """Each with the words that concern them: all of them for who follows the page."""
    users = get_user_model().objects
    readers: dict[Any, list[CommentNews]] = dict.fromkeys(
        users.filter(page_subscriptions__page=page, page_subscriptions__comment_notifications=True), words
    )
    for user, keys in _participants(words).items():
        readers.setdefault(user, [word for word in words if word.comment.pk in keys])
    for user in users.filter(username__in={name for word in words for name in MENTION.findall(word.text)}):
        named = [word for word in words if user.get_username() in MENTION.findall(word.text)]
        readers[user] = [word for word in words if word in readers.get(user, []) or word in named]
    return readers


def _participants(words: Iterable[CommentNews]) -> dict[Any, set[int]]:
    keys = {word.comment.pk for word in words}
    taken: dict[Any, set[int]] = {}
    for comment in Comment.objects.filter(pk__in=keys).select_related("user"):
        taken.setdefault(comment.user, set()).add(comment.pk)
    for reply in CommentReply.objects.filter(comment__in=keys).select_related("user"):
        taken.setdefault(reply.user, set()).add(reply.comment_id)
    return taken
