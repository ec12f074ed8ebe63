"""A story and one of its translations side by side, passage by passage."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from portal.content.blocks.bodies import anchor_headings, name_speakers_once
from portal.content.serving.editions import Edition
from portal.content.serving.language_links import LanguageLink, language_links_of

PARAMETER = "beside"
# Shown once, in the story's own language.
PICTURES = ("figure", "gallery", "video")


@dataclass(frozen=True)
class PassagePair:
    """A block in both languages; empty where one of them lacks it."""

    own: SafeString
    other: SafeString
    is_shared: bool


@dataclass(frozen=True)
class Beside:
    link: LanguageLink
    page: Any
    passages: list[PassagePair]


def story_beside(page: Any, edition: Edition, query: Mapping[str, Any], context: dict[str, Any]) -> Beside | None:
    """The translation that the query names; None if there is none that readers may see."""
    home = edition.homes.get(query.get(PARAMETER, ""))
    if home is None or page.alias_of_id:
        return None
    steps = (step for step in page.translations if step.translation_key == page.translation_key)
    step = next((step for step in steps if step.path.startswith(home.path)), None)
    if step is None:
        return None
    link = next(each for each in language_links_of(page, edition) if edition.homes[each.language] == home)
    other = type(page).objects.get(pk=step.pk)
    anchor_headings(page.body)
    for body in (page.body, other.body):
        name_speakers_once(body)
    return Beside(link, other, list(_passages(page, other, link.language, context)))


def _passages(page: Any, other: Any, language: str, context: dict[str, Any]) -> Iterator[PassagePair]:
    def rendered(child: Any, of: Any) -> SafeString:
        return mark_safe(child.render({**context, "page": of, "block_id": child.id})) if child else SafeString()

    for own, translated in pair(list(page.body), list(other.body)):
        is_shared = own is not None and all(each.block_type in PICTURES for each in (own, translated) if each)
        with override(language):
            there = SafeString() if is_shared else rendered(translated, other)
        yield PassagePair(rendered(own, page), there, is_shared)


def pair(own: list[Any], other: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair blocks by the ids that translations share; without any, by their order. Every block appears once."""
    places = {block.id: place for place, block in enumerate(other)}
    if not any(block.id in places for block in own):
        yield from zip_longest(own, other)
        return
    shared = {block.id for block in own}
    reached = 0
    for block in own:
        place = places.get(block.id)
        for extra in other[reached : place or reached]:
            if extra.id not in shared:
                yield None, extra
        reached = max(reached, place or 0)
        yield block, None if place is None else other[place]
    for extra in other[reached:]:
        if extra.id not in shared:
            yield None, extra
