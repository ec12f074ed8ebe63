"""The models of search: the index, the settings of a site, and the log of queries."""

from search.models.entries import EntryText, FacetBucket, FileText, IndexEntry, IndexWord, Misspelling, TopicSet
from search.models.queries import LoggedQuery, OpenedPlace
from search.models.settings import SearchSettings

__all__ = [
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
