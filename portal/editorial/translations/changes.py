"""What of a page is to be translated, and how two versions of it differ."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import ManyToOneRel
from django.utils.html import strip_tags
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.models import Page, Revision
from wagtail_localize.fields import SynchronizedField, get_translatable_fields
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from portal.editorial.approval.authorship import text_of
from portal.editorial.translations.readable import whole

# Each language has its own address; when and whether a page is shown is its own, too.
OWN = {"slug", "embargo_until", "show_in_menus"}
LONGEST = 400


@dataclass(frozen=True)
class TextChange:
    """One text or fact that differs; `before` and `after` are plain text, and empty where there is none to show."""

    path: str
    field: str
    block: str
    before: str = ""
    after: str = ""

    def label(self, model: type[Page] | None) -> str:
        """Where it is, in the words of the editing form."""
        try:
            field = model._meta.get_field(self.field) if model else None
        except LookupError:
            field = None
        if field is None:
            return self.field
        if isinstance(field, StreamField) and self.block in field.stream_block.child_blocks:
            return capfirst(str(field.stream_block.child_blocks[self.block].label))
        if isinstance(field, ManyToOneRel):
            return capfirst(str(field.related_model._meta.verbose_name_plural))
        return capfirst(str(getattr(field, "verbose_name", self.field)))


def fields_of(model: type[Page]) -> list[str]:
    """The names of what a translation takes from its original."""
    return [field.field_name for field in get_translatable_fields(model) if field.field_name not in OWN]


def facts_of(model: type[Page]) -> list[str]:
    """The names of what is the same in every language, whatever a translator enters."""
    found = [field for field in get_translatable_fields(model) if isinstance(field, SynchronizedField)]
    return [field.field_name for field in found if not field.overridable]


def texts_of(page: Page) -> dict[str, str]:
    """What is written in a page, by its path; the parts of a rich text are one."""
    found: dict[str, list[str]] = {}
    for segment in extract_segments(whole(page)):
        if isinstance(segment, StringSegmentValue) and segment.path not in OWN:
            found.setdefault(segment.path, []).append(segment.string.data)
    return {path: "\n".join(parts) for path, parts in found.items()}


def content_of(page: Page) -> dict[str, Any]:
    """What a translation takes from a page: plain values by field, blocks as lists, relations without their keys."""
    raw = page.serializable_data()
    return {name: plain(page, name, raw[name]) for name in fields_of(type(page)) if name in raw}


def plain(page: Page, name: str, value: Any) -> Any:
    field = page._meta.get_field(name)
    if isinstance(field, StreamField) and isinstance(value, str):
        return json.loads(value or "[]")
    if isinstance(field, ManyToOneRel):
        return [{key: each[key] for key in each if key not in ("pk", "page")} for each in value]
    return value


def changes_between(before: Page, after: Page) -> list[TextChange]:
    """The texts and facts of `after` that differ from those of `before`, in the order of the page."""
    old, new = texts_of(before), texts_of(after)
    changes = [
        TextChange(path, *_place(after, path), before=_shown(old.get(path, "")), after=_shown(text))
        for path, text in new.items()
        if old.get(path) != text
    ]
    changes += [TextChange(path, *_place(before, path), before=_shown(old[path])) for path in old if path not in new]
    named = {change.field for change in changes}
    was, now = content_of(before), content_of(after)
    for name in now:
        if name not in named and text_of({name: now[name]}) != text_of({name: was.get(name)}):
            changes.append(TextChange(name, name, ""))
    return changes


def added_to(known: Iterable[TextChange], found: Iterable[TextChange]) -> list[TextChange]:
    """Changes that wait already together with later ones: of a text, from what was rendered to what it is now."""
    earlier = {change.path: change for change in known}
    for change in found:
        first = earlier.get(change.path)
        before = first.before if first else change.before
        earlier[change.path] = TextChange(change.path, change.field, change.block, before, change.after)
    return list(earlier.values())


def kept(changes: Iterable[TextChange]) -> list[dict[str, str]]:
    return [asdict(change) for change in changes]


def read(kept: Iterable[dict[str, str]]) -> list[TextChange]:
    return [TextChange(**facts) for facts in kept]


def version(revision: Revision | None) -> Page | None:
    return revision.as_object() if revision else None


def in_language_of(place: Page, content: dict[str, Any]) -> dict[str, Any]:
    """The same content with the topics and related stories that the language of a page has of its own."""
    result = dict(content)
    for name, key in (("page_topics", "topic"), ("related_stories", "story")):
        if result.get(name):
            model = place._meta.get_field(name).related_model
            target: Any = model._meta.get_field(key).related_model
            twins = _twins(target, [each[key] for each in result[name]], place.locale_id)
            result[name] = [{**each, key: twins.get(each[key], each[key])} for each in result[name]]
    return result


def _twins(model: Any, keys: list[int], locale: int) -> dict[int, int]:
    """The keys of the translations into one language, by the keys of the originals."""
    originals = dict(model.objects.filter(pk__in=keys).values_list("translation_key", "pk"))
    found = model.objects.filter(translation_key__in=originals, locale=locale)
    return {originals[key]: pk for key, pk in found.values_list("translation_key", "pk")}


def _place(page: Page, path: str) -> tuple[str, str]:
    """The name of the field that a path begins with, and that of the block in it."""
    name, *rest = path.split(".")
    field = page._meta.get_field(name)
    if not isinstance(field, StreamField) or not rest:
        return name, ""
    return name, next((block.block_type for block in getattr(page, name) if block.id == rest[0]), "")


def _shown(text: str) -> str:
    words = " ".join(strip_tags(text.replace("<br>", " ").replace("<br/>", " ")).split())
    return Truncator(words).chars(LONGEST, truncate=_(" …"))


def packed(page: Page, name: str, value: Any) -> Any:
    """The opposite of `plain`, for records that are new."""
    field = page._meta.get_field(name)
    if isinstance(field, StreamField):
        return json.dumps(value)
    if isinstance(field, ManyToOneRel):
        return [{**each, "pk": None, "page": page.pk} for each in value]
    return value
