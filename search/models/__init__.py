"""The records that search keeps: its index, what sites set, and what was asked."""

from .asked import Question
from .entries import Entry, FileText, Misspelling, Shelf, Text, TopicSet, Word
from .settings import SearchSettings

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
