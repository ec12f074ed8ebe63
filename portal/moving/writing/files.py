"""Brings pictures and documents of the old site: from a folder, or fetched from the public internet."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from itertools import batched
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.models import Collection

from events.importing.fetch import FetchError, fetch
from portal.media.drawing import TooManyPixelsError
from portal.media.forms import prepare_picture
from portal.media.models import Document, Image
from portal.media.uploads import BrokenPictureError
from portal.moving.converting.converted import Media
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.survey import FileFacts, Survey, is_picture, path_of

MOST_BYTES = 60_000_000
# At once, and so many in memory: a server of the old site is not to notice us.
AT_ONCE = 4
UPLOADS = "/uploads/"


class FileStore:
    """`place` is a folder with the old uploads, the address of one, or empty: the addresses of the export."""

    def __init__(self, source: ImportSource, survey: Survey, place: str, collection: Collection):
        self.source = source
        self.survey = survey
        self.place = place
        self.collection = collection
        rows = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.FILE)
        self._known: dict[str, tuple[int | None, int | None]] = {}
        self._by_content: dict[str, tuple[int | None, int | None]] = {}
        for key, content_hash, image, document in rows.values_list("key", "content_hash", "image_id", "document_id"):
            if image or document:
                self._known[key] = self._by_content[content_hash] = (image, document)
        self._refused: dict[str, str] = {}

    def image(self, media: Media) -> int | None:
        return self._known.get(self._key(media), (None, None))[0]

    def document(self, media: Media) -> int | None:
        return self._known.get(self._key(media), (None, None))[1]

    def refusal(self, media: Media) -> str:
        """Why a file is missing."""
        return self._refused.get(self._key(media), "not in the export")

    def facts(self, media: Media) -> FileFacts | None:
        return self.survey.files.get(media.wp_id) or (self.survey.file_at(media.address) if media.address else None)

    def bring(self, wanted: Iterable[Media]) -> None:
        """Fetch and store what is missing; what fails is missing, and tried again by the next import."""
        missing = {self._key(media): media for media in wanted if self._is_missing(media)}
        for batch in batched(missing.items(), AT_ONCE):
            with ThreadPoolExecutor(AT_ONCE) as threads:
                contents = list(threads.map(self._content, [media for _key, media in batch]))
            for (key, media), content in zip(batch, contents, strict=True):
                if isinstance(content, str):
                    self._refused[key] = content
                else:
                    self._store(key, media, content)

    def _is_missing(self, media: Media) -> bool:
        key = self._key(media)
        return key not in self._known and key not in self._refused and bool(self._address(media))

    def _key(self, media: Media) -> str:
        facts = self.facts(media)
        return str(facts.wp_id) if facts else sha256(media.address.encode()).hexdigest()[:60]

    def _address(self, media: Media) -> str:
        facts = self.facts(media)
        return facts.address if facts else media.address

    def _content(self, media: Media) -> bytes | str:
        """The content of a file, or why there is none."""
        address = self._address(media)
        try:
            if self.place and not self.place.startswith(("http://", "https://")):
                return self._in_folder(Path(self.place), address)
            if self.place and UPLOADS in address:
                address = urljoin(f"{self.place.rstrip('/')}/", _below_uploads(address))
            address = _escaped(address)
            return fetch(address, most_bytes=MOST_BYTES, accept="image/*, */*;q=0.5", only_public=True).body or b""
        except FetchError as error:
            return str(error)
        except OSError as error:
            return str(error.strerror or error)
        except ValueError:
            return "the address is not valid"

    def _in_folder(self, folder: Path, address: str) -> bytes | str:
        below = _below_uploads(address)
        root = folder.resolve()
        path = (root / below).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return f"not in the folder: {below}"
        return path.read_bytes() if path.stat().st_size <= MOST_BYTES else f"larger than {MOST_BYTES // 1_000_000} MB"

    def _store(self, key: str, media: Media, content: bytes) -> None:
        content_hash = sha256(content).hexdigest()
        address = self._address(media)
        found = self._by_content.get(content_hash)
        if found is None:
            stored = self._new_image(media, address, content) or self._new_document(media, address, content, key)
            if stored is None:
                return
            found = (stored.pk, None) if isinstance(stored, Image) else (None, stored.pk)
        self._known[key] = self._by_content[content_hash] = found
        ImportedItem.objects.update_or_create(
            source=self.source,
            kind=ImportedItem.Kind.FILE,
            key=key,
            defaults={
                "title": _name(address)[:255],
                "old_address": address,
                "content_hash": content_hash,
                "image_id": found[0],
                "document_id": found[1],
            },
        )

    def _new_image(self, media: Media, address: str, content: bytes) -> Image | None:
        if not is_picture(address):
            return None
        facts = self.facts(media)
        try:
            picture = prepare_picture(BytesIO(content), _name(address))
        except (BrokenPictureError, TooManyPixelsError):
            return None
        title = (facts.title if facts and facts.title else PurePosixPath(_name(address)).stem)[:255]
        alt, credit = (facts.alt, facts.credit) if facts else ("", "")
        size = picture.image.get_size()
        return Image.objects.create(
            title=title,
            file=SimpleUploadedFile(picture.name or "picture", picture.read(), picture.content_type or ""),
            width=size[0],
            height=size[1],
            description=alt[:255],
            credit=(credit or picture.credit)[:255],
            collection=self.collection,
        )

    def _new_document(self, media: Media, address: str, content: bytes, key: str) -> Document | None:
        name = _name(address)
        ending = PurePosixPath(name).suffix.lower().lstrip(".")
        if is_picture(address):
            self._refused[key] = "the picture cannot be read"
            return None
        if ending not in settings.WAGTAILDOCS_EXTENSIONS:
            self._refused[key] = f"files of the type “{ending}” are not taken"
            return None
        facts = self.facts(media)
        title = (facts.title if facts and facts.title else PurePosixPath(name).stem)[:255]
        return Document.objects.create(title=title, file=ContentFile(content, name=name), collection=self.collection)


def documents_of(survey: Survey) -> list[Media]:
    """The attachments that are no pictures: others link to them, so that all come."""
    return [Media(file.address, file.wp_id) for file in survey.files.values() if not is_picture(file.address)]


def _name(address: str) -> str:
    return PurePosixPath(path_of(address)).name or "file"


def _below_uploads(address: str) -> str:
    path = path_of(address)
    return path.partition(UPLOADS)[2] or path.lstrip("/")


def _escaped(address: str) -> str:
    """An address that may be requested, whatever letters its path has."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=quote(parts.path, safe="/%:@!$&'()*+,;=~-._")))
