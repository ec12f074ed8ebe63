"""The indexes: a narrow row per page, its text in another table, and facet buckets and topic sets for counting.

Readers search the entries of public pages; the newsroom searches those of every page's latest version. Migrations
`0001_initial` and `0005_index_drafts` add the full-text indexes: on SQLite, tables whose row ids are the entries' keys;
on PostgreSQL, a vector column of the entry.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from wagtail.documents import get_document_model_string
from wagtail.models import Page

# A key is the minutes since 1970 and, in the lower bits, the page: the newest entry has the greatest key.
PAGE_BITS = 36
PAGE_MASK = (1 << PAGE_BITS) - 1
MAX_MINUTE = (1 << 26) - 1
MAX_TITLE_KEY_LENGTH = 200
# In a title key, this separates the title's terms from the terms of its hyphenated words.
AFTER_TITLE = "-"


def key_of(page: int, date: datetime) -> int:
    return min(max(int(date.timestamp()) // 60, 0), MAX_MINUTE) << PAGE_BITS | page


def minute_of(key: int) -> int:
    return key >> PAGE_BITS


class UnseenRow(models.Model):
    """A row that no screen shows."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class FacetBucket(UnseenRow):
    """A combination of facet values shared by entries, so that counts are grouped by one column instead of four.

    `home` is the primary key of the home page, `section` the tree path of the nearest section.
    """

    home = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    section = models.CharField(max_length=255, blank=True)
    year = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["home", "kind", "section", "year"], name="search_bucket_once")]


class TopicSet(UnseenRow):
    """A set of topics that entries have in common: sorted primary keys, each between commas (`,3,17,`)."""

    topics = models.CharField(max_length=400, unique=True)


class AnyEntry(UnseenRow):
    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="+")
    key = models.BigIntegerField(unique=True)
    bucket = models.ForeignKey(FacetBucket, on_delete=models.PROTECT, related_name="+", db_index=False)
    topic_set = models.ForeignKey(TopicSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    ends_at = models.DateTimeField(null=True)
    visible_from = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    recap_of = models.BigIntegerField(null=True)
    title_key = models.CharField(max_length=MAX_TITLE_KEY_LENGTH)
    content_hash = models.BigIntegerField()

    class Meta:
        abstract = True


def _indexes(name: str) -> list[models.Index]:
    """The engines' indexes. The facet index is a covering one, so that counting does not read the rows."""
    return [
        models.Index(fields=["key", "bucket", "topic_set"], name=f"{name}_counted"),
        models.Index(fields=["visible_from"], condition=Q(visible_from__isnull=False), name=f"{name}_by_beginning"),
        models.Index(fields=["hidden_at"], condition=Q(hidden_at__isnull=False), name=f"{name}_by_end"),
    ]


class EntryQuerySet(models.QuerySet["IndexEntry"]):
    def visible(self, now: datetime) -> Self:
        started = Q(visible_from__isnull=True) | Q(visible_from__lte=now)
        return self.filter(started, Q(hidden_at__isnull=True) | Q(hidden_at__gt=now))


class IndexEntry(AnyEntry):
    """A public page in the readers' index.

    `visible_from` and `hidden_at` are null unless the page is published or expires later. `recap_of` is the primary key
    of a recap's event.
    """

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            *_indexes("search_entry"),
            models.Index(fields=["title_key"], name="search_entry_by_title"),
            models.Index(fields=["recap_of"], condition=Q(recap_of__isnull=False), name="search_entry_by_event"),
        ]


class DraftEntry(AnyEntry):
    """A page's latest version, live or not, in the newsroom's index.

    Its key begins with the minute of its last change. `published_at` is when readers first saw the page.
    """

    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            *_indexes("search_draft"),
            models.Index(fields=["published_at", "key"], name="search_draft_by_publication"),
        ]


class Texts(UnseenRow):
    """An entry's text, decoded: it must be escaped on output."""

    language = models.CharField(max_length=12)
    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True)
    names = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta:
        abstract = True


class EntryText(Texts):
    """`meaning` is the text's vector from the model `meaning_model`, once computed.

    `meaning_number` is its time in microseconds, by which processes find new vectors.
    """

    entry = models.OneToOneField(IndexEntry, on_delete=models.CASCADE, primary_key=True, related_name="text")
    image = models.ForeignKey("media.Image", on_delete=models.SET_NULL, null=True, related_name="+")
    date = models.DateTimeField()
    meaning = models.BinaryField(null=True)
    meaning_model = models.CharField(max_length=60, db_default="", default="")
    meaning_number = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["meaning_number"], condition=Q(meaning_number__isnull=False), name="search_text_by_meaning"
            )
        ]


class DraftText(Texts):
    entry = models.OneToOneField(DraftEntry, on_delete=models.CASCADE, primary_key=True, related_name="text")


class WordQuerySet(models.QuerySet["IndexWord"]):
    def public(self) -> Self:
        return self.filter(is_public=True)


class IndexWord(UnseenRow):
    """A word of the text, in lower case, with which typing errors are corrected.

    In languages with compounds, `term` and its reverse, `backwards`, find compounds that begin or end with a word.
    Words that have only occurred in drafts are not public, so readers' searches never use them.
    """

    language = models.CharField(max_length=12)
    word = models.CharField(max_length=40)
    term = models.CharField(max_length=40, null=True)
    backwards = models.CharField(max_length=40, null=True)
    is_public = models.BooleanField(default=True, db_default=True)

    objects = WordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="search_word_once_per_language")]
        indexes = [
            # The operator class lets PostgreSQL find prefixes. SQLite does so without one.
            models.Index(
                fields=[name],
                opclasses=["varchar_pattern_ops"],
                condition=Q(**{f"{name}__isnull": False}),
                name=f"search_word_by_{name}",
            )
            for name in ("term", "backwards")
        ]


class Misspelling(UnseenRow):
    """The hash of a word's beginning, whole or with one letter deleted (see `search.query.spelling`)."""

    deletion_hash = models.BigIntegerField(db_index=True)
    word = models.ForeignKey(IndexWord, on_delete=models.CASCADE, related_name="+", db_index=False)


class FileText(UnseenRow):
    """A document's text. `file_hash` has the version of the extraction and the file's hash: `2:da39a3ee…`."""

    document = models.OneToOneField(
        get_document_model_string(), on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    file_hash = models.CharField(max_length=40)
    text = models.TextField(blank=True)
