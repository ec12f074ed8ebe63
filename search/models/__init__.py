"""The records that search keeps: its index, what sites set, and what was asked."""

from search.models.asked import Question
from search.models.entries import Entry, FileText, Misspelling, Shelf, Text, TopicSet, Word
from search.models.settings import SearchSettings

__all__ = [
    "Entry",
    "FileText",
    "Misspelling",
    "Question",
    "SearchSettings",
    "Shelf",
    "Text",
    "TopicSet",
    "Word",
]
