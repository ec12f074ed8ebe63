"""Own audio and video in a text: the block, and the recordings of page bodies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from portal.content.blocks.previews import PreviewsOwnFile
from portal.formats.words import language_name
from portal.media.models import Document
from portal.media.picture import sources
from portal.platform.languages import language_choices
from portal.recordings.times import TimeInRecordingError, read_time, written_time
from portal.recordings.types import AUDIO, CAPTIONS, EXTENSIONS, VIDEO, kind_of

RECORDING = "recording"
MOST_CHAPTERS = 60


class RecordingTimeBlock(blocks.FieldBlock):
    """Minutes and seconds: `12:40`. Translators and the search do not need them."""

    def __init__(self, required: bool = True, help_text: Any = None, **kwargs: Any):
        self.field = forms.CharField(required=required, help_text=help_text, max_length=12)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return written_time(read_time(text)) if text else ""
        except TimeInRecordingError as error:
            raise ValidationError(str(error)) from error

    class Meta:
        icon = "time"
        default = ""


class CaptionsValue(blocks.StructValue):
    @property
    def label(self) -> str:
        return language_name(self["language"])


class CaptionsBlock(blocks.StructBlock):
    file = DocumentChooserBlock(
        label=pgettext_lazy("of a recording", "File"), help_text=gettext_lazy("In the format WebVTT (.vtt).")
    )
    language = blocks.ChoiceBlock(
        label=gettext_lazy("Language"), choices=language_choices, default=lambda: settings.LANGUAGE_CODE
    )

    class Meta:
        icon = "openquote"
        label = pgettext_lazy("of a recording", "Captions")
        value_class = CaptionsValue

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["file"] and kind_of(cleaned["file"].filename) != CAPTIONS:
            message = _("Captions are a file in the format WebVTT, with the ending .vtt.")
            raise StructBlockValidationError({"file": ValidationError(message)})
        return cleaned


class RecordingChapterBlock(blocks.StructBlock):
    start = RecordingTimeBlock(label=pgettext_lazy("of a chapter", "From"), help_text=gettext_lazy("For example 4:15."))
    title = blocks.CharBlock(label=gettext_lazy("Title"), max_length=120)

    class Meta:
        icon = "list-ol"
        label = pgettext_lazy("of a recording", "Chapter")


class RecordingValue(blocks.StructValue):
    @property
    def kind(self) -> str:
        """AUDIO or VIDEO; empty if nothing plays: without a file, or with one that is only sent by mail."""
        file = self["file"]
        return file.recorded_as if file and not file.is_gated else ""

    @property
    def is_video(self) -> bool:
        return self.kind == VIDEO

    @property
    def seconds(self) -> int | None:
        return _seconds(self["duration"], self["file"])

    @property
    def length(self) -> str:
        return written_time(self.seconds) if self.seconds else ""

    @cached_property
    def parts(self) -> list[tuple[int, str, str]]:
        """The chapters with a valid time, by time: seconds, the time in words, and the title."""
        found = []
        for chapter in self["chapters"]:
            try:
                start = read_time(chapter["start"] or "")
            except TimeInRecordingError:
                continue
            found.append((start, written_time(start), chapter["title"]))
        return sorted(found)

    @property
    def poster(self) -> str:
        return sources(self["image"], "film").src if self["image"] else ""

    @property
    def tracks(self) -> list[blocks.StructValue]:
        return [each for each in self["captions"] if each["file"] and not each["file"].is_gated]


class RecordingBlock(PreviewsOwnFile):
    """The checklist requires the transcript and the captions, but the form does not, so that a draft can be saved."""

    preview_field = "file"

    title = blocks.CharBlock(label=gettext_lazy("Title"), max_length=160)
    file = DocumentChooserBlock(
        label=pgettext_lazy("of a recording", "File"),
        help_text=gettext_lazy("Audio: MP3, M4A, OGG, OPUS or WAV. Video: MP4 or WebM."),
    )
    image = ImageChooserBlock(
        label=gettext_lazy("Poster"), required=False, help_text=gettext_lazy("Of a video: its picture before it plays.")
    )
    duration = RecordingTimeBlock(
        label=gettext_lazy("Duration"),
        required=False,
        help_text=gettext_lazy("Empty: as long as the file says. WebM does not say it."),
    )
    captions = blocks.ListBlock(
        CaptionsBlock(), label=pgettext_lazy("of a recording", "Captions"), default=[], max_num=8
    )
    chapters = blocks.ListBlock(
        RecordingChapterBlock(), label=pgettext_lazy("of a recording", "Chapters"), default=[], max_num=MOST_CHAPTERS
    )
    transcript = blocks.RichTextBlock(
        label=gettext_lazy("Transcript"), required=False, features=["bold", "italic", "ul"]
    )

    class Meta:
        icon = "drawing-recording"
        label = gettext_lazy("Audio or video")
        description = gettext_lazy("A recording from our own server, with chapters and its text.")
        group = gettext_lazy("Pictures")
        value_class = RecordingValue
        template = "blocks/recording.html"
        preview_value = {
            "title": "Trois essieux à l’oreille",
            "duration": "12:40",
            "captions": [],
            "chapters": [{"start": "0:00", "title": "Le souffle"}, {"start": "4:15", "title": "Le claquement"}],
            "transcript": "<p>Bonjour, nous sommes sur la voie d’essai, derrière l’atelier.</p>",
        }

    def preview_file(self, files):
        endings = Q()
        for ending in (*EXTENSIONS[AUDIO], *EXTENSIONS[VIDEO]):
            endings |= Q(file__iendswith=f".{ending}")
        return super().preview_file(files.filter(endings, is_gated=False))

    def clean(self, value):
        cleaned = super().clean(value)
        errors: dict[str, Any] = {}
        if file := cleaned["file"]:
            if not file.recorded_as:
                message = _("“%(name)s” is neither audio nor video that browsers play: choose %(types)s.")
                types = ", ".join(extension.upper() for extension in (*EXTENSIONS[AUDIO], *EXTENSIONS[VIDEO]))
                errors["file"] = ValidationError(message % {"name": file.filename, "types": types})
            elif file.is_gated:
                errors["file"] = ValidationError(_("This file is sent by mail only, so readers cannot play it here."))
        if wrong := _misplaced(cleaned):
            errors["chapters"] = ListBlockValidationError(block_errors=wrong)
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


def _misplaced(value: RecordingValue) -> dict[int, Exception]:
    """The errors of chapters that begin after the end."""
    end = value.seconds
    errors: dict[int, Exception] = {}
    for number, chapter in enumerate(value["chapters"]):
        if end and chapter["start"] and read_time(chapter["start"]) >= end:
            message = _("The recording ends at %(end)s.") % {"end": written_time(end)}
            errors[number] = StructBlockValidationError({"start": ValidationError(message)})
    return errors


def _seconds(typed: str | None, file: Document | None) -> int | None:
    """How long a recording is: as an editor typed it, or as its file says."""
    try:
        return read_time(typed or "") or None
    except TimeInRecordingError:
        return file.seconds if file else None


@dataclass(frozen=True)
class Recording:
    """A recording in a page's body, as lists and feeds need it."""

    kind: str
    title: str
    file: Document
    seconds: int | None
    captions: tuple[tuple[Document, str], ...]


def values_in(body: blocks.StreamValue) -> list[RecordingValue]:
    """The recordings of a body that readers see."""
    # Iterating over the body itself would fetch the image and page of every block.
    values = [body[place].value for place, raw in enumerate(body.raw_data) if raw["type"] == RECORDING]
    return [value for value in values if value.kind]


def recordings_of[Key](bodies: Mapping[Key, blocks.StreamValue]) -> dict[Key, list[Recording]]:
    """The recordings of some bodies, in order, in one query. Bodies without any are left out."""
    raw = {key: list(_raw(body)) for key, body in bodies.items()}
    keys = {number for values in raw.values() for value in values for number in _files_in(value)}
    if not keys:
        return {}
    files = Document.objects.filter(pk__in=keys, is_gated=False).in_bulk()
    found = {key: [each for value in values if (each := _recording(value, files))] for key, values in raw.items()}
    return {key: recordings for key, recordings in found.items() if recordings}


def _raw(body: blocks.StreamValue) -> Iterable[dict[str, Any]]:
    return (raw["value"] for raw in body.raw_data if raw["type"] == RECORDING)


def _files_in(value: dict[str, Any]) -> list[int]:
    files = [value.get("file"), *(each.get("file") for each in _items(value, "captions"))]
    return [file for file in files if file]


def _items(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The entries of a list, which Wagtail stores with or without ids."""
    return [each["value"] if each.get("type") == "item" else each for each in value.get(name) or ()]


def _recording(value: dict[str, Any], files: Mapping[int, Document]) -> Recording | None:
    file = files.get(value.get("file") or 0)
    if file is None or not file.recorded_as:
        return None
    captions = ((files[each["file"]], each["language"]) for each in _items(value, "captions") if each["file"] in files)
    return Recording(
        kind=file.recorded_as,
        title=value.get("title") or file.title,
        file=file,
        seconds=_seconds(value.get("duration"), file),
        captions=tuple(captions),
    )
