"""The two indexes, written and searched by the same code: readers' public pages, and the newsroom's drafts."""

from typing import NamedTuple

from django.db.models import QuerySet

from search.models import DraftEntry, DraftText, EntryText, IndexEntry, IndexWord
from search.models.entries import AnyEntry, Texts


class Index(NamedTuple):
    """The tables of an index.

    `words` and `titles` are SQLite's full-text tables; an index without suggestions has no titles. `counted` is the
    covering index of the entries.
    """

    entries: type[AnyEntry]
    texts: type[Texts]
    words: str
    titles: str
    counted: str
    is_public: bool

    @property
    def table(self) -> str:
        return self.entries._meta.db_table

    def known_words(self) -> QuerySet[IndexWord]:
        """The words with which searches may correct. For readers, these never include words of drafts."""
        return IndexWord.objects.public() if self.is_public else IndexWord.objects.all()


PUBLIC = Index(IndexEntry, EntryText, "search_words", "search_titles", "search_entry_counted", True)
DRAFTS = Index(DraftEntry, DraftText, "search_draft_words", "", "search_draft_counted", False)
