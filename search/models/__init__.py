"""The search models: the index, a site's settings, and the query log."""

from search.models.entries import (
    DraftEntry,
    DraftText,
    EntryText,
    FacetBucket,
    FileText,
    IndexEntry,
    IndexWord,
    Misspelling,
    TopicSet,
)
from search.models.queries import LoggedQuery, OpenedPlace
from search.models.settings import SearchSettings

__all__ = [
    "DraftEntry",
    "DraftText",
    "EntryText",
    "FacetBucket",
    "FileText",
    "IndexEntry",
    "IndexWord",
    "LoggedQuery",
    "Misspelling",
    "OpenedPlace",
    "SearchSettings",
    "TopicSet",
]
