"""The index: one narrow row for each public page, its text apart, and what is counted with it.

What a query matches lies beside these tables in the database's own way (migration `0002`): on SQLite in a full-text
table whose row numbers are the keys of the entries, on PostgreSQL in two vectors of the entry itself.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from wagtail.documents import get_document_model_string
from wagtail.models import Page

# The newest entry has the greatest key: minutes since 1970, and the page in the lower bits.
PAGE_BITS = 36
PAGE_MASK = (1 << PAGE_BITS) - 1
LATEST_MINUTE = (1 << 26) - 1
LONGEST_TITLE_KEY = 200


def key_of(page: int, date: datetime) -> int:
    return min(max(int(date.timestamp()) // 60, 0), LATEST_MINUTE) << PAGE_BITS | page


def minute_of(key: int) -> int:
    """The minute since 1970 that an entry's key begins with."""
    return key >> PAGE_BITS


class IndexShelf(models.Model):
    """What facets count: all entries of one home page, kind, section and year share a shelf, so that one number is
    grouped instead of four. `section` is the tree path of the nearest section, `home` the key of the home page."""

    home = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    section = models.CharField(max_length=255, blank=True)
    year = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["home", "kind", "section", "year"], name="search_shelf_once")]

    def __str__(self):
        return f"{self.home} {self.kind} {self.section} {self.year}"


class TopicSet(models.Model):
    """A set of topics that some entries have in common, as their keys in order, between commas."""

    topics = models.CharField(max_length=400, unique=True)

    def __str__(self):
        return self.topics


class EntryQuerySet(models.QuerySet["IndexEntry"]):
    def visible(self, now: datetime) -> Self:
        """The entries that readers may see at `now`."""
        begun = Q(visible_from__isnull=True) | Q(visible_from__lte=now)
        return self.filter(begun, Q(hidden_at__isnull=True) | Q(hidden_at__gt=now))


class IndexEntry(models.Model):
    """A public page in the index; a page that not every reader may see has none.

    `visible_from` and `hidden_at` are set only where the page is not for readers at all times.
    """

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="+")
    key = models.BigIntegerField(unique=True)
    shelf = models.ForeignKey(IndexShelf, on_delete=models.PROTECT, related_name="+", db_index=False)
    topic_set = models.ForeignKey(TopicSet, on_delete=models.PROTECT, related_name="+", db_index=False)
    ends_at = models.DateTimeField(null=True)
    visible_from = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    recap_of = models.BigIntegerField(null=True)
    title_key = models.CharField(max_length=LONGEST_TITLE_KEY)
    digest = models.BigIntegerField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            # Facets are counted from it alone, in its order.
            models.Index(fields=["key", "shelf", "topic_set"], name="search_entry_counted"),
            models.Index(fields=["title_key"], name="search_entry_by_title"),
            models.Index(
                fields=["visible_from"], condition=Q(visible_from__isnull=False), name="search_entry_by_beginning"
            ),
            models.Index(fields=["hidden_at"], condition=Q(hidden_at__isnull=False), name="search_entry_by_end"),
            models.Index(fields=["recap_of"], condition=Q(recap_of__isnull=False), name="search_entry_by_event"),
        ]

    def __str__(self):
        return str(self.page_id)


class EntryText(models.Model):
    """What a result shows of an entry; decoded text, to be escaped wherever it is shown."""

    entry = models.OneToOneField(IndexEntry, on_delete=models.CASCADE, primary_key=True, related_name="text")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True)
    names = models.TextField(blank=True)
    text = models.TextField(blank=True)
    image = models.ForeignKey("media.Image", on_delete=models.SET_NULL, null=True, related_name="+")
    date = models.DateTimeField()

    def __str__(self):
        return self.title


class IndexWord(models.Model):
    """A word of a title, a summary or a name, as it is written; what a typing error may have meant."""

    language = models.CharField(max_length=12)
    word = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="search_word_once_per_language")]

    def __str__(self):
        return self.word


class Misspelling(models.Model):
    """A word with one letter left out, as a number."""

    deletion_hash = models.BigIntegerField(db_index=True)
    word = models.ForeignKey(IndexWord, on_delete=models.CASCADE, related_name="+", db_index=False)

    def __str__(self):
        return str(self.deletion_hash)


class FileText(models.Model):
    """The text inside a document, read once for each content of the file."""

    document = models.OneToOneField(
        get_document_model_string(), on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    file_hash = models.CharField(max_length=40)
    text = models.TextField(blank=True)

    def __str__(self):
        return f"{self.document_id}"
