"""Turns converted blocks into a page's stream, with media keys and passages to check."""

from html import escape
from typing import Any

from django.utils.translation import gettext as _

from portal.content.blocks.recordings import RECORDING
from portal.moving.converting.converted import PASSAGE, POSTER, STRUCK, Block, Converted, Media, Note
from portal.moving.converting.figures import bare_credit, split_caption
from portal.moving.writing.files import FileStore
from portal.recordings.types import AUDIO, VIDEO, kind_of

LONGEST_TITLE = 120
LONGEST_RECORDING_TITLE = 160


class StreamWriter:
    """Writes a stream. With `is_live`, the page goes live at once, so passages are only in the report."""

    def __init__(self, files: FileStore, allowed: set[str], *, is_live: bool):
        self.files = files
        # The blocks in the body of this kind of page.
        self.allowed = allowed
        self.is_live = is_live

    def stream(self, converted: Converted, poster: int | None) -> list[dict[str, Any]]:
        return [
            {"type": kind, "value": value}
            for block in converted.blocks
            for kind, value in self._blocks(block, converted, poster)
        ]

    def _blocks(self, block: Block, converted: Converted, poster: int | None) -> list[tuple[str, Any]]:
        match block.kind:
            case "figure":
                return self._figure(block.value, converted)
            case "gallery":
                return self._gallery(block.value, converted)
            case "video":
                return self._video(block.value, converted, poster)
            case "download":
                return self._download(block.value, converted)
            case "recording":
                return self._recording(block.value, converted)
            case kind if kind == PASSAGE:
                return self._passage(block.value)
        return [(block.kind, block.value)]

    def _image(self, value: dict[str, Any], converted: Converted) -> dict[str, Any] | None:
        media: Media = value["image"]
        if (key := self.files.image(media)) is None:
            address = media.address or str(media.wp_id)
            converted.notes.append(Note("picture missing", f"{address}: {self.files.refusal(media)}"))
            return None
        facts = self.files.facts(media)
        alt = value["alt"] or (facts.alt[:255] if facts else "")
        # A gallery that lists pictures by number shows their captions from the library.
        is_number = not media.address and facts is not None
        caption, credit = value["caption"], value["credit"]
        if is_number and facts and not caption:
            caption, found, rest = split_caption(facts.caption)
            caption, credit = caption or rest[:300], credit or bare_credit(found)
        return {**value, "image": key, "alt": alt, "caption": caption, "credit": credit}

    def _figure(self, value: dict[str, Any], converted: Converted) -> list[tuple[str, Any]]:
        if found := self._image(value, converted):
            return [("figure", found)]
        return _caption(value)

    def _gallery(self, value: dict[str, Any], converted: Converted) -> list[tuple[str, Any]]:
        pairs = [(image, self._image(image, converted)) for image in value["images"]]
        found = [image for _before, image in pairs if image]
        lost = [block for before, image in pairs if image is None for block in _caption(before)]
        if len(found) > 1 and "gallery" in self.allowed:
            return [("gallery", {"images": found}), *lost]
        return [*(("figure", {**image, "wide": False}) for image in found), *lost]

    def _video(self, value: dict[str, Any], converted: Converted, poster: int | None) -> list[tuple[str, Any]]:
        if value["image"] == POSTER and poster is not None and "video" in self.allowed:
            return [("video", {**value, "image": poster})]
        # A video has a picture in front, so that its host gets no request before a click.
        if "video" in self.allowed:
            converted.notes.append(Note("video without a picture", value["url"]))
        link = f'<p><a href="{escape(value["url"])}">{escape(value["title"], quote=False)}</a></p>'
        return [("paragraph", link)]

    def _download(self, value: dict[str, Any], converted: Converted) -> list[tuple[str, Any]]:
        media: Media = value["document"]
        if (key := self.files.document(media)) is not None:
            return [("download", {**value, "document": key})]
        converted.notes.append(Note("file missing", f"{media.address or media.wp_id}: {self.files.refusal(media)}"))
        label = value["title"] or media.address.rpartition("/")[2]
        if not media.address:
            return _paragraph(label)
        return [("paragraph", f'<p><a href="{escape(media.address)}">{escape(label, quote=False)}</a></p>')]

    def _recording(self, value: dict[str, Any], converted: Converted) -> list[tuple[str, Any]]:
        """Audio or video that readers play; a download where the body or the format does not allow it."""
        media: Media = value["document"]
        key, name = self.files.document(media), self.files.name(media)
        if key is None or RECORDING not in self.allowed or kind_of(name) not in (AUDIO, VIDEO):
            return self._download(value, converted)
        title = (self.files.title(media) or name)[:LONGEST_RECORDING_TITLE]
        empty: dict[str, Any] = {"image": None, "duration": "", "captions": [], "chapters": [], "transcript": ""}
        return [(RECORDING, {"title": title, "file": key, **empty})]

    def _passage(self, value: dict[str, Any]) -> list[tuple[str, Any]]:
        is_struck = value["what"] == STRUCK
        if self.is_live:
            return [] if is_struck else _paragraph(value["words"])
        what = _("Here stood something that cannot be shown here: %(what)s") % {
            "what": _("struck text") if is_struck else value["what"]
        }
        text = f"<p>{escape(what, quote=False)}</p>" + (
            f"<p>{escape(value['words'], quote=False)}</p>" if value["words"] else ""
        )
        return [("call_out", {"tone": "note", "title": _("To be looked at"), "text": text})]


def _caption(value: dict[str, Any]) -> list[tuple[str, Any]]:
    return _paragraph(" ".join(filter(None, (value["caption"], value["credit"]))))


def _paragraph(words: str) -> list[tuple[str, Any]]:
    return [("paragraph", f"<p>{escape(words, quote=False)}</p>")] if words else []
