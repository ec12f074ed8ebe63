"""The translation editor's fields, one per passage, and their submitted values."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.core.exceptions import FieldDoesNotExist
from django.utils.safestring import SafeString
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.models import Page

from portal.editorial.translations.passages.places import TextPlace, place_of
from portal.editorial.translations.passages.states import TranslationPassage
from portal.editorial.translations.passages.texts import fingerprint, normal_form
from portal.overrides.requests.rich_text import RichTextArea

MAX_PASSAGES = 2000
# Features that are not part of a paragraph: these elements are the same in every language.
BETWEEN_PARAGRAPHS = {"embed", "hr", "image"}
LISTS = ("ul", "ol")


@dataclass(frozen=True)
class Entry:
    """The submitted values of one passage."""

    name: str
    text: str
    # The fingerprint of the field's initial text.
    seen: str
    # The passage's state when it was shown.
    shown_as: str
    is_confirmed: bool
    # The fingerprint of another person's text that this one replaces.
    replaces: str

    @property
    def is_edited(self) -> bool:
        return fingerprint(self.text) != self.seen


@cache
def _rich_text_area(features: tuple[str, ...] | None) -> RichTextArea:
    return RichTextArea(features=None if features is None else list(features))


def widget_for(place: TextPlace, is_rich: bool, is_part: bool) -> Any:
    if not is_rich:
        return AdminAutoHeightTextInput()
    features = _rich_text_area(place.features).features
    return _rich_text_area(tuple(name for name in features if not is_part or name not in BETWEEN_PARAGRAPHS))


def shown_text(passage: TranslationPassage) -> str:
    """A passage's text as an unchanged field submits it."""
    text = passage.text
    if passage.is_rich:
        converter = widget_for(passage.place, True, passage.part is not None).converter
        text = converter.to_database_format(converter.from_database_format(text))
    return _normal(text, passage.is_rich, passage.part is not None)


def _normal(text: str, is_rich: bool, is_part: bool) -> str:
    normal = normal_form(text, is_rich)
    return merge_elements(normal) if is_rich and is_part else normal


def merge_elements(html: str) -> str:
    """Merge several elements into one, because a passage is one paragraph of the original."""
    elements = [node for node in BeautifulSoup(html, "html.parser").contents if str(node).strip()]
    if not elements:
        return "<p></p>"
    if len(elements) == 1:
        return html
    first = elements[0]
    inner = [part for element in elements for part in _lines_in(element) if part]
    name = first.name if isinstance(first, Tag) else "p"
    if name in LISTS:
        return f"<{name}>{''.join(f'<li>{part}</li>' for part in inner)}</{name}>"
    return f"<{name}>{'<br/>'.join(inner)}</{name}>"


def _lines_in(element: Any) -> list[str]:
    if not isinstance(element, Tag):
        return [str(element)]
    if element.name in LISTS:
        return [item.decode_contents() for item in element.find_all("li", recursive=False)]
    return [element.decode_contents()]


def field_of(passage: TranslationPassage, number: int, text: str | None, language: str) -> SafeString:
    """A passage's field as HTML. `text` replaces its initial text unless it is None."""
    widget = widget_for(passage.place, passage.is_rich, passage.part is not None)
    attrs = {"id": f"passage-{number}-text", "lang": language, "aria-labelledby": f"passage-{number}-label"}
    if passage.place.max_length and not passage.is_rich:
        attrs["maxlength"] = str(passage.place.max_length)
    return widget.render(f"passage-{number}-text", passage.text if text is None else text, attrs)


def entries_in(data: Any, draft: Page) -> Iterator[Entry]:
    """The submitted values of each passage. Raises MalformedTextError for invalid rich text."""
    for number in range(MAX_PASSAGES):
        prefix = f"passage-{number}"
        name = data.get(f"{prefix}-name")
        if name is None:
            return
        path, _colon, part = name.rpartition(":")
        text = _sent_text(data, prefix, draft, path, bool(part))
        if text is not None:
            yield Entry(
                name,
                text,
                seen=data.get(f"{prefix}-seen", ""),
                shown_as=data.get(f"{prefix}-shown-as", ""),
                is_confirmed=f"{prefix}-confirmed" in data,
                replaces=data.get(f"{prefix}-replaces", ""),
            )


def _sent_text(data: Any, prefix: str, draft: Page, path: str, is_part: bool) -> str | None:
    """The submitted text in its normal form; None if the field is missing."""
    place = _known_place(draft, path) or TextPlace("", is_rich=f"{prefix}-rich" in data)
    if f"{prefix}-text" not in data:
        return None
    text = widget_for(place, place.is_rich, is_part).value_from_datadict(data, {}, f"{prefix}-text") or ""
    if place.is_one_line and not place.is_rich:
        text = " ".join(text.split())
    return _normal(text.replace("\0", ""), place.is_rich, is_part)


def _known_place(draft: Page, path: str) -> TextPlace | None:
    """The place of a submitted path; None if the page has no such path."""
    try:
        return place_of(draft, path)
    except (FieldDoesNotExist, AttributeError, LookupError):
        return None
