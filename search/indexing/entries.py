"""Turns pages into what is written to the index, many at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale, Page, get_page_models

from portal.core.lists.listing import public_positions
from portal.core.models import Byline, PageTopic, PortalPage, Share
from portal.core.serving.editions import STEP
from search.analysis import clean, start_terms, terms_of_cleaned, words
from search.engines.base import EntryDraft
from search.indexing.files import texts_of_files
from search.indexing.texts import Texts, texts_of
from search.kinds import ResultKind
from search.models.entries import key_of
from search.scope import COPY, section_token

# Home pages are where an edition begins; what is found lies below.
HOME_DEPTH = 2
SHORTEST_WORD, LONGEST_WORD = 4, 24


def indexable_types() -> list[type[Page]]:
    return [model for model in get_page_models() if issubclass(model, PortalPage)]


def drafts_of(pages: Iterable[Page]) -> list[EntryDraft]:
    """What is to be written of those of the pages that any reader may see.

    An alias is found as its original; but one that another site shows is the only copy that this site has.
    """
    known = [page for page in pages if page.depth > HOME_DEPTH and isinstance(page, PortalPage)]
    standing = public_positions([page for page in known if page.alias_of_id is None or _comes_from_elsewhere(page)])
    public = [page for page in known if page.pk in standing]
    return EntryBuilder(public, {key: each.hidden_at for key, each in standing.items()}).drafts() if public else []


def _comes_from_elsewhere(page: PortalPage) -> bool:
    return Share.objects.filter(alias=page.pk).exists()


class EntryBuilder:
    """Reads what belongs to many pages in a few queries."""

    def __init__(self, pages: Sequence[PortalPage], hidden_at: Mapping[int, datetime | None]):
        self.pages = pages
        self.hidden_at = hidden_at
        keys = [page.pk for page in pages]
        self.languages = dict(Locale.objects.values_list("pk", "language_code"))
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.topics: dict[int, list[tuple[int, str]]] = {}
        topics = PageTopic.objects.filter(page__in=keys).order_by("page", "topic")
        for page, topic, name in topics.values_list("page_id", "topic_id", "topic__name"):
            self.topics.setdefault(page, []).append((topic, name))
        self.people: dict[int, list[str]] = {}
        people = Byline.objects.filter(page__in=keys).order_by("page", "sort_order")
        for page, name in people.values_list("page_id", "person__name"):
            self.people.setdefault(page, []).append(name)
        above = {path for page in pages for path in _paths_above(page.path)}
        sections = [model for model in indexable_types() if getattr(model, "is_section", False)]
        types = {each.pk for each in ContentType.objects.get_for_models(*sections).values()} if sections else set()
        rows = list(Page.objects.filter(path__in=above).values_list("path", "pk", "content_type_id"))
        self.homes = {path: key for path, key, _type in rows if len(path) == HOME_DEPTH * STEP}
        self.sections = {path for path, _key, content_type in rows if content_type in types}

    def drafts(self) -> list[EntryDraft]:
        read = list(zip(self.pages, texts_of(self.pages), strict=True))
        files = texts_of_files({key for _page, texts in read for key in texts.documents})
        return [
            self._draft(page, texts, [files[key] for key in texts.documents if key in files]) for page, texts in read
        ]

    def _draft(self, page: PortalPage, texts: Texts, files: list[str]) -> EntryDraft:
        language = self.languages[page.locale_id]
        home = self.homes[page.path[: HOME_DEPTH * STEP]]
        sections = [path for path in _paths_above(page.path) if path in self.sections]
        if texts.kind == ResultKind.SECTION:
            # A section is found among what lies in it.
            sections.append(page.path)
        topics = self.topics.get(page.pk, [])
        local = texts.date.astimezone(self.zone)
        names = [clean(each) for each in (*texts.names, *self.people.get(page.pk, ())) if each]
        topic_names = [clean(name) for _key, name in topics]
        text = "\n".join(clean(each) for each in (*texts.texts, *files) if each)
        title, summary = clean(texts.title), clean(texts.summary)
        scope = [f"h{home}", f"l{language}", f"k{texts.kind.value}", f"y{local.year}"]
        scope += [section_token(path) for path in sections] + [f"t{key}" for key, _name in topics]
        if page.alias_of_id is not None:
            scope.append(COPY)
        shown = "\n".join(names)
        facts = (title, summary, shown, text, topic_names, scope, texts.facts, self.hidden_at[page.pk])
        return EntryDraft(
            page=page.pk,
            key=key_of(page.pk, texts.date),
            language=language,
            home=home,
            section=sections[-1] if sections else "",
            year=local.year,
            topics=tuple(sorted(key for key, _name in topics)),
            texts=texts,
            hidden_at=self.hidden_at[page.pk],
            title=terms_of_cleaned(title, language),
            summary=terms_of_cleaned(summary, language),
            names=terms_of_cleaned("\n".join([*names, *topic_names]), language),
            text=terms_of_cleaned(text, language),
            shown_names=shown,
            shown_text=text,
            start=start_terms(title, language),
            scope=scope,
            spellings=frozenset(_spellings(" ".join([title, summary, shown, *topic_names]), language)),
            digest=int.from_bytes(blake2b(repr(facts).encode(), digest_size=8).digest(), signed=True),
        )


def _spellings(text: str, language: str) -> Iterable[str]:
    for match in words(text, language):
        word = match[1].lower()
        if SHORTEST_WORD <= len(word) <= LONGEST_WORD and word.isalpha():
            yield word


def _paths_above(path: str) -> list[str]:
    return [path[:end] for end in range(HOME_DEPTH * STEP, len(path), STEP)]
