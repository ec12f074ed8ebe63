"""Imports pictures and documents of the old site from a folder or the public internet."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import batched
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils.translation import gettext as _, override
from wagtail.models import Collection, ReferenceIndex

from events.importing.fetch import FetchError, fetch
from portal.media.forms import PictureFile, prepare_pictures
from portal.media.models import Document, Image
from portal.moving.converting.converted import Media
from portal.moving.converting.figures import bare_credit
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.survey import FileFacts, Survey, is_picture, path_of

MOST_BYTES = 60_000_000
# The number of simultaneous requests. It also limits the files in memory. The old site must not become slow.
AT_ONCE = 4
UPLOADS = "/uploads/"


class FileStore:
    """`place` is a folder with the old uploads, or its URL; if empty, the URLs in the export are used."""

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
        # Reasons for missing files, by key.
        self.refused: dict[str, str] = {}
        # The language of these reasons. All other texts are in the language of the site.
        self.language = "en"
        # Hosts that are read although they are not public.
        self.private_hosts: tuple[str, ...] = ()
        # Called after every few files.
        self.pause: Callable[[], None] = lambda: None

    def image(self, media: Media) -> int | None:
        return self._known.get(self._key(media), (None, None))[0]

    def document(self, media: Media) -> int | None:
        return self._known.get(self._key(media), (None, None))[1]

    def name(self, media: Media) -> str:
        return _name(self._named(media))

    def title(self, media: Media) -> str:
        """The title of a file in the old media library, or empty."""
        facts = self.facts(media)
        return facts.title if facts else ""

    def refusal(self, media: Media) -> str:
        """Why a file is missing."""
        with override(self.language):
            return self.refused.get(self._key(media), _("not in the export"))

    def facts(self, media: Media) -> FileFacts | None:
        return self.survey.files.get(media.wp_id) or (self.survey.file_at(media.address) if media.address else None)

    def bring(self, wanted: Iterable[Media]) -> None:
        """Fetch and store missing files. The next import retries files that failed."""
        missing = {self._key(media): media for media in wanted if self._is_missing(media)}
        for batch in batched(missing.items(), AT_ONCE):
            with ThreadPoolExecutor(AT_ONCE) as threads:
                contents = list(threads.map(self._content, [media for _key, media in batch]))
            drawn = self._drawn([media for _key, media in batch], contents)
            for (key, media), content in zip(batch, contents, strict=True):
                if isinstance(content, str):
                    self.refused[key] = content
                else:
                    self._store(key, media, content, drawn.get(key))
            self.pause()

    def _drawn(self, wanted: Sequence[Media], contents: Sequence[bytes | str]) -> dict[str, PictureFile | None]:
        """The prepared pictures among these files, by key, except those that are already stored."""
        pairs = [
            (media, content)
            for media, content in zip(wanted, contents, strict=True)
            if isinstance(content, bytes)
            and is_picture(self._named(media))
            and sha256(content).hexdigest() not in self._by_content
        ]
        drawn = prepare_pictures([(content, _name(self._named(media))) for media, content in pairs])
        return {self._key(media): picture for (media, _content), picture in zip(pairs, drawn, strict=True)}

    def _is_missing(self, media: Media) -> bool:
        key = self._key(media)
        return key not in self._known and key not in self.refused and bool(self._address(media))

    def _key(self, media: Media) -> str:
        facts = self.facts(media)
        return str(facts.wp_id) if facts else sha256(media.address.encode()).hexdigest()[:60]

    def _address(self, media: Media) -> str:
        facts = self.facts(media)
        return facts.address if facts else media.address

    def _named(self, media: Media) -> str:
        """The URL of a file, or its name if the export has one: the URL may have no extension."""
        facts = self.facts(media)
        return facts.name if facts and facts.name else self._address(media)

    def _content(self, media: Media) -> bytes | str:
        """The content of a file, or the reason why there is none. Each thread has a language of its own."""
        with override(self.language):
            return self._fetched(self._address(media))

    def _fetched(self, address: str) -> bytes | str:
        try:
            if self.place and not self.place.startswith(("http://", "https://")):
                return self._in_folder(Path(self.place), address)
            if self.place and UPLOADS in address:
                address = urljoin(f"{self.place.rstrip('/')}/", _below_uploads(address))
            address = _escaped(address)
            accept = "image/*, */*;q=0.5"
            found = fetch(address, max_bytes=MOST_BYTES, accept=accept, private_hosts=self.private_hosts)
            return found.body or b""
        except FetchError as error:
            return str(error)
        except OSError as error:
            return str(error.strerror or error)
        except ValueError:
            return _("the address is not valid")

    def _in_folder(self, folder: Path, address: str) -> bytes | str:
        below = _below_uploads(address)
        root = folder.resolve()
        path = (root / below).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return _("not in the folder: %(path)s") % {"path": below}
        if path.stat().st_size > MOST_BYTES:
            return _("larger than %(most)d MB") % {"most": MOST_BYTES // 1_000_000}
        return path.read_bytes()

    def _store(self, key: str, media: Media, content: bytes, drawn: PictureFile | None) -> None:
        content_hash = sha256(content).hexdigest()
        address = self._address(media)
        found = self._by_content.get(content_hash)
        stored: Image | Document | None = None
        if found is None:
            stored = self._new_image(media, drawn) if drawn else self._new_document(media, content, key)
            if stored is None:
                return
        # After an interruption, a file without its row would be stored again.
        with transaction.atomic():
            if stored is not None:
                stored.save()
                found = (stored.pk, None) if isinstance(stored, Image) else (None, stored.pk)
            image, document = found or (None, None)
            facts = {"title": _name(address)[:255], "old_address": address, "content_hash": content_hash}
            ImportedItem.objects.update_or_create(
                source=self.source,
                kind=ImportedItem.Kind.FILE,
                key=key,
                defaults={**facts, "image_id": image, "document_id": document},
            )
        self._known[key] = self._by_content[content_hash] = (image, document)

    def _new_image(self, media: Media, picture: PictureFile) -> Image:
        facts = self.facts(media)
        title = (facts.title if facts and facts.title else PurePosixPath(_name(self._named(media))).stem)[:255]
        alt, credit = (facts.alt, bare_credit(facts.credit)) if facts else ("", "")
        size = picture.image.get_size()
        image = Image(
            title=title,
            file=picture,
            width=size[0],
            height=size[1],
            description=alt[:255],
            credit=(credit or picture.credit)[:255],
            collection=self.collection,
            **_focal_point(facts, *size),
        )
        image.search_for_faces()
        return image

    def _new_document(self, media: Media, content: bytes, key: str) -> Document | None:
        name = _name(self._named(media))
        ending = PurePosixPath(name).suffix.lower().lstrip(".")
        with override(self.language):
            if is_picture(name):
                self.refused[key] = _("the picture cannot be read")
                return None
            if ending not in settings.WAGTAILDOCS_EXTENSIONS:
                reason = _(
                    "files of the type “%(ending)s” are not taken; this one stays on the old site, so its link breaks "
                    "when that site closes"
                )
                self.refused[key] = reason % {"ending": ending}
                return None
        facts = self.facts(media)
        title = (facts.title if facts and facts.title else PurePosixPath(name).stem)[:255]
        return Document(title=title, file=ContentFile(content, name=name), collection=self.collection)


def _focal_point(facts: FileFacts | None, width: int, height: int) -> dict[str, int]:
    """The fields for the focal point. Our area is a fifth of the picture's sides, since plugins only store a point."""
    if facts is None or facts.focus is None:
        return {}
    sides = {"focal_point_width": max(1, width // 5), "focal_point_height": max(1, height // 5)}
    return {"focal_point_x": int(facts.focus[0] * width), "focal_point_y": int(facts.focus[1] * height), **sides}


def documents_of(survey: Survey) -> list[Media]:
    """The attachments that are not pictures. All are imported, because other items may link to them."""
    return [
        Media(file.address, file.wp_id) for file in survey.files.values() if not is_picture(file.name or file.address)
    ]


def unused_documents(source: ImportSource) -> int:
    """The number of imported documents to which no text leads; readers do not get them."""
    kind = ContentType.objects.get_for_model(Document)
    links = ReferenceIndex.objects.filter(
        to_content_type=kind, to_object_id=Cast(OuterRef("document_id"), CharField(max_length=255))
    )
    rows = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.FILE, document__isnull=False)
    return rows.exclude(Exists(links)).values("document_id").distinct().count()


def _name(address: str) -> str:
    return PurePosixPath(path_of(address)).name or "file"


def _below_uploads(address: str) -> str:
    path = path_of(address)
    return path.partition(UPLOADS)[2] or path.lstrip("/")


def _escaped(address: str) -> str:
    """The URL with the non-ASCII characters of its path encoded."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=quote(parts.path, safe="/%:@!$&'()*+,;=~-._")))
