"""Exports all content of a site as a folder: one line of JSON for each record, and the picture and document files.

The schema is `schema.json` beside this module; the export contains a copy. Data that readers sent is left out:
registrations, subscriptions, form submissions, accounts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import Any

from django.db.models import Q
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.contrib.settings.registry import registry
from wagtail.models import Collection, Page, Site

from events.pages.event import EventPage
from events.records.venues import Venue
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.editorial.roles import homes_of
from portal.media.models import Document, Image
from portal.media.stored import StorageUnavailableError
from portal.moving.exporting.destinations import new_folder
from portal.moving.exporting.pages import AT_ONCE, ExportedPage, exported_address, exported_pages
from portal.moving.exporting.values import Values, json_value

FORMAT, VERSION = "portal.content", 1
SCHEMA = Path(__file__).with_name("schema.json")
# Fields of a picture or document that are left out; its file is copied.
FILE_FIELDS = {"file", "file_hash", "file_size", "created_at", "uploaded_by_user", "collection"}
LONGEST_NAME = 100


def export_json(site: Site, to: Path, *, drafts: bool = False) -> Iterator[str]:
    with new_folder(to) as folder:
        found = JsonExport(site, folder, drafts=drafts)
        found.run()
    yield f"{to}: {', '.join(f'{count:,} {name}' for name, count in found.counts.items())}."
    for name in found.missing_files:
        yield f"Not in the export, since the file is missing: {name}"


class JsonExport:
    def __init__(self, site: Site, folder: Path, *, drafts: bool):
        self.site, self.folder, self.drafts = site, folder, drafts
        self.homes = homes_of(site)
        self.values = Values()
        self.counts: Counter[str] = Counter()
        self.missing_files: list[str] = []
        self.pages: set[int] = set()

    def run(self) -> None:
        settings = self._settings()
        self._write("pages", map(self._page, exported_pages(self.site, drafts=self.drafts)))
        self._write("people", self._records(Person, "person", Q(site=self.site)))
        self._write("topics", self._records(Topic, "topic", Q(site=self.site)))
        self._write("venues", self._records(Venue, "venue", self._in_folders()))
        redirects = Redirect.objects.filter(site=self.site).select_related("redirect_page").order_by("pk")
        self._write("redirects", map(self._redirect, filter(self._is_exported, redirects.iterator())))
        # These come last, because all others may show pictures.
        self._write("pictures", self._files(Image, "picture", "pictures"))
        self._write("documents", self._files(Document, "document", "documents"))
        (self.folder / "site.json").write_text(json_text(self._site(settings), indent=1), encoding="utf-8")
        (self.folder / "schema.json").write_bytes(SCHEMA.read_bytes())

    def _write(self, name: str, records: Iterable[dict[str, Any]]) -> None:
        self.counts[name] = 0
        with (self.folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for record in records:
                file.write(json_text(record) + "\n")
                self.counts[name] += 1

    def _site(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "exported_at": timezone.now().isoformat(timespec="seconds"),
            "drafts": self.drafts,
            "name": self.site.site_name,
            "address": self.site.root_url,
            "homes": {home.locale.language_code: home.pk for home in self.homes},
            "menus": {home.locale.language_code: self._menu(home) for home in self.homes},
            "settings": settings,
            "counts": dict(self.counts),
        }

    def _menu(self, home: Page) -> list[dict[str, Any]]:
        """The pages of the menu, unless the site's settings define their own navigation."""
        pages = Page.objects.child_of(home).live().filter(show_in_menus=True).order_by("path")
        return [{"page": page.pk, "title": page.title} for page in pages]

    def _settings(self) -> dict[str, Any]:
        models: list[Any] = [model for model in registry if issubclass(model, BaseSiteSetting)]
        rows = (model.objects.filter(site=self.site).first() or model(site=self.site) for model in models)
        return {row._meta.label: self.values.fields(row) for row in rows}

    def _page(self, exported: ExportedPage) -> dict[str, Any]:
        page = exported.page
        self.pages.add(page.pk)
        parent = page.get_parent()
        return {
            "id": page.pk,
            "translation_key": str(page.translation_key),
            "language": exported.language,
            "type": page._meta.label,
            "kind": page.listed_as.name if getattr(page, "kind", None) else None,
            "parent": parent.pk if page.pk != exported.home.pk and parent else None,
            "alias_of": page.alias_of_id,
            "address": exported.address,
            "slug": page.slug,
            "title": page.title,
            "seo_title": page.seo_title,
            "search_description": page.search_description,
            "show_in_menus": page.show_in_menus,
            "is_live": page.live,
            "access": exported.access,
            **{name: json_value(getattr(page, name)) for name in DATES},
            "fields": self.values.page_fields(page),
            **({"dates": self._dates(page)} if isinstance(page, EventPage) else {}),
        }

    def _dates(self, event: EventPage) -> list[dict[str, Any]]:
        """An event's dates as published."""
        names = {"event", "where", "is_withdrawn", "seats", "title"}
        return [self.values.fields(date, names) for date in event.occurrences.filter(is_withdrawn=False)]

    def _in_folders(self) -> Q:
        folder = SiteSettings.for_site(self.site).media_collection
        folders = folder.get_descendants(inclusive=True) if folder else Collection.objects.none()
        return Q(collection__in=folders.values("pk"))

    def _records(self, model: Any, name: str, own: Q) -> Iterator[dict[str, Any]]:
        for record in self._used(model, name, own):
            locale = getattr(record, "locale", None)
            language = {"language": locale.language_code} if locale else {}
            yield {"id": record.pk, **language, **self.values.fields(record, {"former_slugs"})}

    def _used(self, model: Any, name: str, own: Q) -> Iterator[Any]:
        """The records of the site, and other records that it uses."""
        keys = self.values.used[name] | set(model.objects.filter(own).values_list("pk", flat=True))
        for some in batched(sorted(keys), AT_ONCE):
            yield from model.objects.filter(pk__in=some).order_by("pk")

    def _files(self, model: Any, name: str, folder: str) -> Iterator[dict[str, Any]]:
        (self.folder / "files" / folder).mkdir(parents=True)
        for record in self._used(model, name, self._in_folders()):
            tags = sorted(record.tags.values_list("name", flat=True))
            facts = {"file": self._copied(record, folder), "sha1": record.file_hash, "size": record.file_size}
            yield {"id": record.pk, **facts, "tags": tags, **self.values.fields(record, FILE_FIELDS)}

    def _copied(self, record: Any, folder: str) -> str | None:
        name = PurePosixPath(record.file.name)
        place = f"files/{folder}/{record.pk}-{name.stem[:LONGEST_NAME]}{name.suffix}"
        try:
            source = record.file.storage.open(record.file.name)
        except (OSError, ValueError, StorageUnavailableError):
            self.missing_files.append(record.file.name)
            return None
        with source, (self.folder / place).open("wb") as target:
            copyfileobj(source, target)
        return place

    def _is_exported(self, redirect: Redirect) -> bool:
        """Whether a redirect leads to a page in the export, or to none of this site: drafts have no public address."""
        page = redirect.redirect_page
        if page is None or page.pk in self.pages:
            return True
        return page.live and not any(page.path.startswith(home.path) for home in self.homes)

    def _redirect(self, redirect: Redirect) -> dict[str, Any]:
        page = redirect.redirect_page
        home = next((home for home in self.homes if page and page.path.startswith(home.path)), None)
        return {
            "from": redirect.old_path,
            "to": exported_address(self.site, home, page) if home and page else redirect.link or "",
            "page": {"page": page.pk} if home and page else None,
            "is_permanent": redirect.is_permanent,
        }


DATES = ("first_published_at", "last_published_at", "go_live_at", "expire_at")


def json_text(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
