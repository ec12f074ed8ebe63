"""Prepares the index entries of public pages in batches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale, Page, get_page_models

from portal.content.lists.positions import pages_above, public_positions
from portal.content.pages.pages import PortalPage
from portal.content.records.people import Byline
from portal.content.records.sharing import Share
from portal.content.records.topics import PageTopic
from portal.content.visibility import STEP
from search.analysis import (
    ANALYSIS_VERSION,
    analyse,
    clean,
    fold,
    joined_words,
    terms_of_clean_text,
    unstemmed_terms,
)
from search.engines.base import PreparedEntry
from search.indexing.contents import PageContent, page_contents
from search.indexing.files import public_file_texts
from search.kinds import SECTION
from search.languages import language_of
from search.models.entries import AFTER_TITLE, MAX_TITLE_KEY_LENGTH, key_of
from search.scope import COPY, section_token

# Home pages themselves are not indexed.
HOME_DEPTH = 2
MIN_WORD_LENGTH, MAX_WORD_LENGTH = 4, 24
# These are for languages with compounds. The maximum is the length of the column.
MIN_PART_LENGTH, MAX_COMPOUND_LENGTH = 3, 40


def indexable_types() -> list[type[Page]]:
    return [model for model in get_page_models() if issubclass(model, PortalPage)]


def prepared_entries(pages: Iterable[Page]) -> list[PreparedEntry]:
    """The entries of the public pages among these.

    An alias has an entry only if it is a share: readers of its site find it as one of that site's pages.
    """
    candidates = [page for page in pages if page.depth > HOME_DEPTH and isinstance(page, PortalPage)]
    aliases = [page.pk for page in candidates if page.alias_of_id is not None]
    shared = set(Share.objects.filter(alias__in=aliases).values_list("alias", flat=True)) if aliases else set()
    listings = public_positions([page for page in candidates if page.alias_of_id is None or page.pk in shared])
    public = [page for page in candidates if page.pk in listings]
    return EntryBuilder(public, {key: each.hidden_at for key, each in listings.items()}).entries() if public else []


class EntryBuilder:
    """Builds the entries of many pages, reading related records in a few queries."""

    is_public = True

    def __init__(self, pages: Sequence[PortalPage], hidden_at: Mapping[int, datetime | None]):
        self.pages = pages
        self.hidden_at = hidden_at
        many = dict(Locale.objects.values_list("pk", "language_code")) if len(pages) > 1 else {}
        self.languages = many or {page.locale_id: page.locale.language_code for page in pages}
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.topics: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.people: dict[int, list[str]] = defaultdict(list)
        self.read_records([page.pk for page in pages])
        sections = [model for model in indexable_types() if getattr(model, "is_section", False)]
        types = {each.pk for each in ContentType.objects.get_for_models(*sections).values()} if sections else set()
        self.above = pages_above({path for page in pages for path in ancestor_paths(page.path)})
        self.sections = {path for path, page in self.above.items() if page.content_type_id in types}

    def read_records(self, keys: Sequence[int]) -> None:
        """Read the topics and authors of these pages."""
        topics = PageTopic.objects.filter(page__in=keys).order_by("page", "topic")
        for page, topic, name in topics.values_list("page_id", "topic_id", "topic__name"):
            self.topics[page].append((topic, name))
        people = Byline.objects.filter(page__in=keys).order_by("page", "sort_order")
        for page, name in people.values_list("page_id", "person__name"):
            self.people[page].append(name)

    def contents(self) -> list[PageContent]:
        return page_contents(self.pages)

    def home(self, page: PortalPage) -> int:
        key: int = self.above[page.path[: HOME_DEPTH * STEP]].pk
        return key

    def scope(self, page: PortalPage, content: PageContent, sections: Sequence[str]) -> list[str]:
        tokens = [
            f"k{content.kind}",
            f"y{self._year(content)}",
            *map(section_token, sections),
            *self.topic_tokens(page),
        ]
        return [*tokens, COPY] if page.alias_of_id is not None else tokens

    def topic_tokens(self, page: PortalPage) -> list[str]:
        return [f"t{key}" for key, _name in self.topics[page.pk]]

    def published_at(self, page: PortalPage) -> datetime | None:
        """The time at which readers first saw the page. Only the index of drafts stores it."""
        return None

    def _year(self, content: PageContent) -> int:
        return content.date.astimezone(self.zone).year

    def entries(self) -> list[PreparedEntry]:
        pages = list(zip(self.pages, self.contents(), strict=True))
        files = public_file_texts({key for _page, content in pages for key in content.documents})
        return [
            self._entry(page, content, [files[key] for key in content.documents if key in files])
            for page, content in pages
        ]

    def _entry(self, page: PortalPage, content: PageContent, files: list[str]) -> PreparedEntry:
        language = self.languages[page.locale_id]
        home = self.home(page)
        sections = [path for path in ancestor_paths(page.path) if path in self.sections]
        if content.kind == SECTION:
            # A filter by section also matches the section's own page.
            sections.append(page.path)
        topics = self.topics[page.pk]
        names = [clean(each) for each in (*content.names, *self.people[page.pk]) if each]
        topic_names = [clean(name) for _key, name in topics]
        text = "\n".join(clean(each) for each in (*content.texts, *files) if each)
        title, summary = clean(content.title), clean(content.summary)
        hidden_at = self.hidden_at.get(page.pk)
        scope = [f"h{home}", f"l{language}", *self.scope(page, content, sections)]
        shown_names = "\n".join(names)
        # For readers, a compilation must rank below the pages that it lists, so its title is indexed like a name.
        own_title, own_names = ("", [title]) if self.is_public and page.is_compilation else (title, [])
        parts = {
            "title": own_title,
            "summary": summary,
            "names": "\n".join([*own_names, *names, *topic_names]),
            "text": text,
        }
        found = {name: analyse(part, language) for name, part in parts.items()}
        hashed: tuple[object, ...] = (
            ANALYSIS_VERSION,
            title,
            summary,
            shown_names,
            text,
            topic_names,
            scope,
            content.hashed,
            hidden_at and hidden_at.astimezone(UTC),
        )
        if published_at := self.published_at(page):
            hashed = (*hashed, published_at.astimezone(UTC))
        return PreparedEntry(
            page=page.pk,
            key=key_of(page.pk, content.date),
            language=language,
            home=home,
            section=sections[-1] if sections else "",
            year=self._year(content),
            topics=tuple(sorted(key for key, _name in topics)),
            content=content,
            hidden_at=hidden_at,
            published_at=published_at,
            title=found["title"].terms,
            summary=found["summary"].terms,
            names=found["names"].terms,
            text=found["text"].terms,
            title_key=_title_key(own_title, found["title"].terms, language),
            shown_names=shown_names,
            shown_text=text,
            autocomplete=_completed(title, language) if self.is_public else [],
            scope=scope,
            spellings=spellings(frozenset().union(*(each.words for each in found.values())), language),
            content_hash=int.from_bytes(blake2b(repr(hashed).encode(), digest_size=8).digest(), signed=True),
        )


def _completed(title: str, language: str) -> list[str]:
    return [*unstemmed_terms(title, language), *map(fold, joined_words(title, language))]


def _title_key(title: str, terms: list[str], language: str) -> str:
    """The terms of the title in order; after a separator, the terms of its hyphenated words."""
    plain = terms_of_clean_text(title, language)
    joined = terms[len(plain) :]
    return " ".join([*plain, AFTER_TITLE, *joined] if joined else plain)[:MAX_TITLE_KEY_LENGTH]


def spellings(words: frozenset[str], language: str) -> frozenset[str]:
    shortest, longest = MIN_WORD_LENGTH, MAX_WORD_LENGTH
    if language_of(language).compounds:
        shortest, longest = MIN_PART_LENGTH, MAX_COMPOUND_LENGTH
    # `isalpha` excludes elisions, which end with an apostrophe.
    found = [word for word in words if shortest <= len(word) <= longest and word.isalpha()]
    return frozenset(" ".join(found).lower().split())


def ancestor_paths(path: str) -> list[str]:
    return [path[:end] for end in range(HOME_DEPTH * STEP, len(path), STEP)]
