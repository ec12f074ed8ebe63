"""Describes the rights that end and the work that is handed over, with numbers."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext_lazy

from portal.editorial.assignments.registry import assigned_work

ENDINGS: Mapping[str, Any] = {
    "sessions": ngettext_lazy(
        "%(number)d session ends: the account is signed out there.",
        "%(number)d sessions end: the account is signed out everywhere.",
        "number",
    ),
    "factors": ngettext_lazy(
        "%(number)d second factor is removed: %(factors)s.",
        "%(number)d second factors are removed: %(factors)s.",
        "number",
    ),
    "providers": ngettext_lazy(
        "%(number)d link to a sign-in provider is removed.",
        "%(number)d links to sign-in providers are removed.",
        "number",
    ),
    "tokens": ngettext_lazy("%(number)d API token is deleted.", "%(number)d API tokens are deleted.", "number"),
    "guest_links": ngettext_lazy(
        "%(number)d link to a draft, which they sent to a guest or received as a guest, no longer works.",
        "%(number)d links to drafts, which they sent to guests or received as a guest, no longer work.",
        "number",
    ),
    "subscriptions": ngettext_lazy(
        "Mails about the comments on %(number)d page end.",
        "Mails about the comments on %(number)d pages end.",
        "number",
    ),
}
HANDED_OVER: Mapping[str, Any] = {
    "scheduled": ngettext_lazy("%(number)d scheduled page", "%(number)d scheduled pages", "number"),
    "in_review": ngettext_lazy("%(number)d text in review", "%(number)d texts in review", "number"),
    "drafts": ngettext_lazy("%(number)d draft", "%(number)d drafts", "number"),
    "own": ngettext_lazy(
        "%(number)d published page that only they could edit",
        "%(number)d published pages that only they could edit",
        "number",
    ),
    "locked": ngettext_lazy("%(number)d page that they locked", "%(number)d pages that they locked", "number"),
}
WAITING = ngettext_lazy(
    "%(number)d review waits for them; others who may answer it see it too.",
    "%(number)d reviews wait for them; others who may answer them see them too.",
    "number",
)
STRANDED = ngettext_lazy(
    "Nobody else at %(site)s can answer %(number)d review that waits. Give somebody the role first.",
    "Nobody else at %(site)s can answer %(number)d reviews that wait. Give somebody the role first.",
    "number",
)


def endings_in_words(counts: Mapping[str, int], factors: str) -> list[str]:
    return _in_words(ENDINGS, counts, factors=factors)


def handed_over_in_words(counts: Mapping[str, int]) -> list[str]:
    return _in_words({**HANDED_OVER, **{name: work.words for name, work in assigned_work.items()}}, counts)


def _in_words(words: Mapping[str, Any], counts: Mapping[str, int], **values: str) -> list[str]:
    return [str(text % {"number": counts[kind], **values}) for kind, text in words.items() if counts.get(kind)]
