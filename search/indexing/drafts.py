"""Prepares the newsroom's index entries: the latest version of each page, live or not.

For home page, language and topics, they have the same scope tokens as readers' entries. They have further tokens for
the page and each ancestor (`n12`), for the page alone (`o12`), for its content type (`k7`), for its states, and `READ`
if readers see this text.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, cast

from django.db.models import CharField, QuerySet, TextField
from wagtail.contrib.forms.models import AbstractForm
from wagtail.fields import StreamField
from wagtail.models import Page, Revision

from portal.content.lists.positions import public_positions
from portal.content.pages.pages import PortalPage
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.visibility import is_in_trash
from search.engines.base import PreparedEntry
from search.indexing.contents import PageContent, content_of
from search.indexing.entries import HOME_DEPTH, EntryBuilder, ancestor_paths
from search.indexing.states import states_of

logger = logging.getLogger(__name__)
READ = "r"
TEXTS, LINE = (StreamField, TextField), range(140, 301)


def prepared_drafts(pages: Iterable[Page]) -> list[PreparedEntry]:
    found = [
        page for page in pages if page.depth >= HOME_DEPTH and isinstance(page, PortalPage) and not is_in_trash(page)
    ]
    return DraftBuilder(found).entries() if found else []


class DraftBuilder(EntryBuilder):
    is_public = False

    def __init__(self, pages: Sequence[PortalPage]):
        self.rows = {page.pk: page for page in pages}
        self.read = public_positions(pages)
        self.states = states_of(pages)
        super().__init__(_latest_versions(pages), {})

    def read_records(self, keys: Sequence[int]) -> None:
        """Read the topics and authors named by the latest versions, which may differ from the live ones."""
        super().read_records([key for key in keys if not self.rows[key].has_unpublished_changes])
        drafts = [page for page in self.pages if self.rows[page.pk].has_unpublished_changes]
        topics = {page.pk: [each.topic_id for each in page.page_topics.all()] for page in drafts}
        people = {page.pk: [each.person_id for each in page.bylines.all()] for page in drafts}
        names = _names(Topic.objects.all(), topics.values()), _names(Person.objects.all(), people.values())
        for page, named in topics.items():
            self.topics[page] = [(key, names[0][key]) for key in sorted(named) if key in names[0]]
        for page, named in people.items():
            self.people[page] = [names[1][key] for key in named if key in names[1]]

    def contents(self) -> list[PageContent]:
        return [self._content(page, content) for page, content in zip(self.pages, super().contents(), strict=True)]

    def _content(self, page: PortalPage, content: PageContent) -> PageContent:
        row = self.rows[page.pk]
        changed_at = row.latest_revision_created_at or row.last_published_at or row.first_published_at
        return replace(
            content,
            texts=(*content.texts, *_other_texts(page)),
            # A file's pages are found through references, and these refer to the database row.
            documents=() if row.has_unpublished_changes else content.documents,
            date=changed_at or content.date,
            is_dated=changed_at is not None,
            ends_at=None,
            recap_of=None,
        )

    def home(self, page: PortalPage) -> int:
        return page.pk if page.depth == HOME_DEPTH else super().home(page)

    def scope(self, page: PortalPage, content: PageContent, sections: Sequence[str]) -> list[str]:
        row = self.rows[page.pk]
        above = [self.above[path].pk for path in ancestor_paths(page.path)]
        tokens = [
            *(f"n{key}" for key in (*above, page.pk)),
            f"o{page.pk}",
            f"k{row.content_type_id}",
            *self.topic_tokens(page),
            *(state.token for state in self.states[page.pk]),
        ]
        is_read = page.pk in self.read and not row.has_unpublished_changes
        return [*tokens, READ] if is_read else tokens

    def published_at(self, page: PortalPage) -> datetime | None:
        first: datetime | None = self.rows[page.pk].first_published_at
        return first


def _latest_versions(pages: Sequence[PortalPage]) -> list[PortalPage]:
    changed = [page.latest_revision_id for page in pages if page.has_unpublished_changes]
    contents = dict(Revision.objects.filter(pk__in=changed).values_list("pk", "content")) if changed else {}
    return [_version(page, contents.get(page.latest_revision_id)) for page in pages]


def _version(page: PortalPage, content: dict[str, Any] | None) -> PortalPage:
    """A version with this content at the page's place. Only its text is used, so its keys are not checked."""
    if content is None:
        return page
    try:
        version = type(page).from_serializable_data(content, check_fks=False)
    except Exception:
        # A version that cannot be restored must not prevent all others from being indexed.
        logger.exception("The latest version of page %s cannot be read; its row is indexed instead.", page.pk)
        return page
    for name in ("pk", "path", "depth", "locale_id", "alias_of_id"):
        setattr(version, name, getattr(page, name))
    return version or page


def _names(records: QuerySet[Any], named: Iterable[Sequence[int]]) -> dict[int, str]:
    keys = {key for each in named for key in each}
    return dict(records.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _other_texts(page: PortalPage) -> list[str]:
    """Text that readers do not search: that of home pages, forms and letters, teasers, consents."""
    texts = [text for name in _other_fields(cast(Any, type(page))) for text in content_of(page, name).texts]
    fields = page.form_fields.all() if isinstance(page, AbstractForm) else ()
    return texts + [text for each in fields for text in (each.label, each.help_text, each.choices)]


@cache
def _other_fields(model: Any) -> list[str]:
    known = {"standfirst", *model.search_names, *model.search_texts}
    return [
        each.name
        for each in model._meta.local_concrete_fields
        if each.name not in known and each.editable and (isinstance(each, TEXTS) or _is_line(each))
    ]


def _is_line(field: Any) -> bool:
    # Shorter ones are names and codes; longer ones are rules and URLs.
    return type(field) is CharField and not field.choices and field.max_length in LINE
