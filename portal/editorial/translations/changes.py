"""A page's translated content, and the differences between two versions of it."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import unescape
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ManyToOneRel
from django.utils.html import strip_tags
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, get_translatable_fields
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from portal.editorial.records.texts import text_of
from portal.editorial.translations.blank_texts import fill_blank_texts

# wagtail-localize would translate these fields, but they are independent in each language.
NOT_TRANSLATED = {"slug", "embargo_until", "show_in_menus", "noindex", "nofollow", "canonical_link", "is_unlisted"}
EXCERPT_LENGTH = 400


@dataclass(frozen=True)
class TextChange:
    """A difference between two versions of a page.

    `before` and `after` are plain text with one line per paragraph; empty for values without text.
    """

    path: str
    field: str
    block: str
    before: str = ""
    after: str = ""

    @property
    def excerpt_before(self) -> str:
        return _excerpt(self.before)

    @property
    def excerpt_after(self) -> str:
        return _excerpt(self.after)

    def label(self, model: type[Page] | None) -> str:
        """The label of the field or block in the page editor."""
        try:
            field = model._meta.get_field(self.field) if model else None
        except FieldDoesNotExist:
            field = None
        if field is None:
            return self.field
        if isinstance(field, StreamField) and self.block in field.stream_block.child_blocks:
            return capfirst(str(field.stream_block.child_blocks[self.block].label))
        if isinstance(field, ManyToOneRel):
            return capfirst(str(field.related_model._meta.verbose_name_plural))
        return capfirst(str(getattr(field, "verbose_name", self.field)))


def translated_fields(model: type[Page]) -> list[str]:
    """The names of the fields that a translation takes from its original."""
    return [field.field_name for field in get_translatable_fields(model) if field.field_name not in NOT_TRANSLATED]


def synchronized_fields(model: type[Page]) -> list[str]:
    """The names of the fields with the same value in every language."""
    fields = [field for field in get_translatable_fields(model) if isinstance(field, SynchronizedField)]
    return [field.field_name for field in fields if not field.overridable]


def texts_of(page: Page) -> dict[str, str]:
    """A page's translatable strings by path. Rich text counts as one string."""
    found: dict[str, list[str]] = {}
    for segment in extract_segments(fill_blank_texts(page)):
        if isinstance(segment, StringSegmentValue) and segment.path not in NOT_TRANSLATED:
            found.setdefault(segment.path, []).append(segment.string.data)
    return {path: "\n".join(parts) for path, parts in found.items()}


def content_of(page: Page) -> dict[str, Any]:
    """The values of the translated fields by name: blocks as lists, related records without primary keys."""
    raw = page.serializable_data()
    return {name: plain_value(page, name, raw[name]) for name in translated_fields(type(page)) if name in raw}


def plain_value(page: Page, name: str, value: Any) -> Any:
    field = page._meta.get_field(name)
    if isinstance(field, StreamField) and isinstance(value, str):
        return json.loads(value or "[]")
    if isinstance(field, ManyToOneRel):
        return [{key: each[key] for key in each if key not in ("pk", "page")} for each in value]
    return value


def changes_between(before: Page, after: Page) -> list[TextChange]:
    """The strings and other values of `after` that differ from `before`, in page order."""
    old, new = texts_of(before), texts_of(after)
    changes = [
        TextChange(path, *_field_and_block(after, path), before=_as_text(old.get(path, "")), after=_as_text(text))
        for path, text in new.items()
        if old.get(path) != text
    ]
    changes += [
        TextChange(path, *_field_and_block(before, path), before=_as_text(old[path])) for path in old if path not in new
    ]
    changed_fields = {change.field for change in changes}
    old_content, new_content = content_of(before), content_of(after)
    for name, value in new_content.items():
        if name not in changed_fields and text_of({name: value}) != text_of({name: old_content.get(name)}):
            changes.append(TextChange(name, name, ""))
    return changes


def combine_changes(earlier: Iterable[TextChange], later: Iterable[TextChange]) -> list[TextChange]:
    """Combine changes by path: from the first `before` to the last `after`."""
    combined = {change.path: change for change in earlier}
    for change in later:
        first = combined.get(change.path)
        before = first.before if first else change.before
        combined[change.path] = TextChange(change.path, change.field, change.block, before, change.after)
    return list(combined.values())


def serialize_changes(changes: Iterable[TextChange]) -> list[dict[str, str]]:
    return [asdict(change) for change in changes]


def parse_changes(serialized: Iterable[dict[str, str]]) -> list[TextChange]:
    return [TextChange(**values) for values in serialized]


def localize_references(page: Page, content: dict[str, Any]) -> dict[str, Any]:
    """Replace topics and related stories in the content with their translations into the page's language."""
    result = dict(content)
    for name, key in (("page_topics", "topic"), ("related_stories", "story")):
        if result.get(name):
            model = page._meta.get_field(name).related_model
            target: Any = model._meta.get_field(key).related_model
            translated = _translated_keys(target, [each[key] for each in result[name]], page.locale_id)
            result[name] = [{**each, key: translated.get(each[key], each[key])} for each in result[name]]
    return result


def _translated_keys(model: Any, keys: list[int], locale: int) -> dict[int, int]:
    """The primary keys of the translations into one language, by those of the originals."""
    originals = dict(model.objects.filter(pk__in=keys).values_list("translation_key", "pk"))
    found = model.objects.filter(translation_key__in=originals, locale=locale)
    return {originals[key]: pk for key, pk in found.values_list("translation_key", "pk")}


def _field_and_block(page: Page, path: str) -> tuple[str, str]:
    """The field name in a path, and the type of its block."""
    name, *rest = path.split(".")
    field = page._meta.get_field(name)
    if not isinstance(field, StreamField) or not rest:
        return name, ""
    return name, next((block.block_type for block in getattr(page, name) if block.id == rest[0]), "")


def _as_text(text: str) -> str:
    lines = text.replace("<br>", " ").replace("<br/>", " ").split("\n")
    return "\n".join(" ".join(unescape(strip_tags(line)).split()) for line in lines)


def _excerpt(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(EXCERPT_LENGTH, truncate=_(" …"))


def revision_value(page: Page, name: str, value: Any) -> Any:
    """The inverse of `plain_value`: a value for a revision's content, in which related records are new."""
    field = page._meta.get_field(name)
    if isinstance(field, StreamField):
        return json.dumps(value)
    if isinstance(field, ManyToOneRel):
        return [{**each, "pk": None, "page": page.pk} for each in value]
    return value
