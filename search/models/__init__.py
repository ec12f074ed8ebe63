"""The records that search keeps: its index, what sites set, and what was asked."""

from search.models.asked import Question
from search.models.entries import EntryText, FileText, IndexEntry, IndexShelf, IndexWord, Misspelling, TopicSet
from search.models.settings import SearchSettings

__all__ = [
    "EntryText",
    "FileText",
    "IndexEntry",
    "IndexShelf",
    "IndexWord",
    "Misspelling",
    "Question",
    "SearchSettings",
    "TopicSet",
]
