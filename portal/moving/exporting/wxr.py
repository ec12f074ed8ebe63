"""Exports a site's stories, pages and events as WXR, for WordPress's importer."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import override
from wagtail.fields import StreamField
from wagtail.models import Page, Site

from portal.content.kinds import Listed, model_of
from portal.content.records.settings import SiteSettings
from portal.content.visibility import below
from portal.editorial.roles import homes_of
from portal.moving.exporting.attachments import Attachments
from portal.moving.exporting.destinations import new_file
from portal.moving.exporting.event_posts import event_meta, event_text
from portal.moving.exporting.gutenberg import Gutenberg, comment_block, joined_blocks, list_block
from portal.moving.exporting.pages import ExportedPage, exported_pages
from portal.moving.wordpress.records import Author, Channel, Item, Term
from portal.moving.wordpress.writing import END, wxr_author, wxr_beginning, wxr_item, wxr_term
from portal.platform.zones import zone


def export_wxr(site: Site, to: Path, *, drafts: bool = False, language: str = "") -> Iterator[str]:
    file = to / f"{site.hostname}-{timezone.now():%Y-%m-%dT%H%M%SZ}.wxr.xml" if to.is_dir() else to
    with new_file(file) as path, path.open("w", encoding="utf-8") as target:
        found = WxrExport(site, drafts=drafts, language=language)
        found.write(target)
    yield f"{file}: {', '.join(f'{count:,} {name}' for name, count in found.counts.items())}."
    for name, count in sorted(found.left_out.items()):
        yield f"WordPress has no such page, so it is not in the file: {count:,} × {name}"


class WxrExport:
    def __init__(self, site: Site, *, drafts: bool, language: str):
        self.site, self.drafts, self.language = site, drafts, language
        # Their pages become categories, or have no equivalent in WordPress.
        self.lists = (model_of("section"), *model_of("event").allowed_parent_page_models())
        self.zone: ZoneInfo = zone(SiteSettings.for_site(site).time_zone)
        self.homes = homes_of(site)
        self.attached = Attachments(site)
        self.gutenberg = Gutenberg(self.attached)
        self.terms: dict[tuple[str, str], Term] = {}
        self.sections = self._sections()
        self.topics: dict[int, tuple[str, str]] = {}
        self.authors: dict[str, Author] = {}
        self.counts: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def write(self, target: IO[str]) -> None:
        """Write the items to a temporary file first: the attachments and terms that they use come above them."""
        with TemporaryFile("w+", encoding="utf-8", dir=Path(target.name).parent) as items:
            for exported in exported_pages(self.site, drafts=self.drafts, language=self.language):
                if item := self._item(exported):
                    self._write(items, item)
            for item in self.attached.items(self.zone):
                self._write(items, item)
            language = self.language or self.site.root_page.locale.language_code
            name = self.site.site_name or self.site.hostname
            channel = Channel(name, self.site.root_url, language, "1.2", self.site.root_url)
            target.write(wxr_beginning(channel, timezone.now()))
            target.writelines(map(wxr_author, self.authors.values()))
            target.writelines(map(wxr_term, self.terms.values()))
            items.seek(0)
            copyfileobj(items, target)
        target.write(END)

    def _write(self, file: IO[str], item: Item) -> None:
        names = {key: self.terms[key].name for key in item.terms if key in self.terms}
        file.write(wxr_item(item, names))
        self.counts[{"attachment": "attachments", "page": "pages"}.get(item.kind, "posts")] += 1

    def _item(self, exported: ExportedPage) -> Item | None:
        page = exported.page
        kind = getattr(page, "kind", None)
        with override(exported.language):
            if kind is not None and kind.listed is not Listed.NOWHERE:
                return self._post(exported)
            if kind is not None and kind.name == "page":
                return self._page(exported)
        if page.pk != exported.home.pk and not isinstance(page, self.lists):
            self.left_out[str(page._meta.verbose_name)] += 1
        return None

    def _page(self, exported: ExportedPage) -> Item:
        item = self._common(exported, "page")
        parent = exported.page.get_parent()
        item.parent = parent.pk if parent.specific_class is type(exported.page) else 0
        item.order = int(exported.page.path[-Page.steplen :], 36)
        item.excerpt = escape(exported.page.introduction, quote=False)
        page = exported.page
        item.content = joined_blocks(self.gutenberg.stream(page.body), self.gutenberg.stream(page.shelves))
        return item

    def _post(self, exported: ExportedPage) -> Item:
        page = exported.page
        item = self._common(exported, "post")
        item.excerpt = escape(page.standfirst, quote=False)
        if page.lead_image:
            alt = (page.lead_image_alt, page.lead_image_caption)
            item.meta["_thumbnail_id"] = [str(self.attached.picture(page.lead_image, *alt)[0])]
        item.terms += [*self._section_of(page), *self._kind_of(page), *map(self._topic, page.page_topics.all())]
        if page.kind.listed is Listed.EVENTS:
            item.content = joined_blocks(*event_text(page, self.gutenberg))
            item.meta |= event_meta(page)
            return item
        item.content = joined_blocks(*self._parts(page))
        logins = [self._login(row.person) for row in page.bylines.all()]
        item.author = next(iter(logins), "")
        if len(logins) > 1:
            item.terms += [self._term("author", f"cap-{login}", self.authors[login].name) for login in logins]
        return item

    def _parts(self, page: Any) -> Iterator[str]:
        """The essential, the address and the text of a story, and its other streams, such as the photos of a recap."""
        yield list_block(escape(point, quote=False) for point in page.points)
        if page.link_on_cards:
            address = escape(page.link_on_cards)
            yield comment_block("paragraph", f'<p><a href="{address}">{address}</a></p>')
        if names := ", ".join(filter(None, (getattr(page, name, "") for name in ("interviewee", "interviewee_role")))):
            yield comment_block("paragraph", f"<p><strong>{escape(names, quote=False)}</strong></p>")
        yield self.gutenberg.stream(page.body)
        streams = [field.name for field in page._meta.concrete_fields if isinstance(field, StreamField)]
        for name in streams:
            yield self.gutenberg.stream(getattr(page, name)) if name != "body" else ""
        yield self.gutenberg.rich_text(page.thanks)

    def _common(self, exported: ExportedPage, kind: str) -> Item:
        page = exported.page
        shown = "publish" if exported.access == "public" else "private"
        time = getattr(page, "publication_date", None) or page.first_published_at
        meta = {"_yoast_wpseo_title": page.seo_title, "_yoast_wpseo_metadesc": page.search_description}
        meta |= {"_yoast_wpseo_meta-robots-noindex": "1"} if page.noindex else {}
        meta |= {"_yoast_wpseo_canonical": page.canonical_link} if page.canonical_link else {}
        return Item(
            wp_id=page.pk,
            kind=kind,
            title=escape(page.title, quote=False),
            link=exported.address,
            # In WordPress, slugs are percent-encoded.
            slug=quote(page.slug, safe="").lower(),
            status=shown if page.live else "draft",
            date=_seconds(time, self.zone),
            date_gmt=_seconds(time, UTC),
            terms=self._language_of(exported),
            meta={key: [value] for key, value in meta.items() if value},
        )

    def _language_of(self, exported: ExportedPage) -> list[tuple[str, str]]:
        """The terms of Polylang that link translations."""
        if len(self.homes) == 1 or self.language:
            return []
        group = f"pll_{exported.page.translation_key.hex[:13]}"
        return [self._term("language", exported.language, exported.language), ("post_translations", group)]

    def _term(self, taxonomy: str, slug: str, name: str, parent: str = "") -> tuple[str, str]:
        key = (taxonomy, slug)
        if key not in self.terms:
            self.terms[key] = Term(taxonomy, slug, name, parent, len(self.terms) + 1)
        return key

    def _free_slug(self, taxonomy: str, slug: str, language: str) -> str:
        """A slug that no other term has: translations share a slug here, but not in WordPress."""
        slug = quote(slug, safe="").lower()
        if (taxonomy, slug) not in self.terms:
            return slug
        number = next(n for n in range(1, 10_000) if (taxonomy, f"{slug}-{language}-{n}") not in self.terms)
        return f"{slug}-{language}-{number}"

    def _sections(self) -> dict[str, tuple[str, str]]:
        """The sections' categories, by tree path."""
        found: dict[str, tuple[str, str]] = {}
        pages = model_of("section").objects.live().filter(below(home.path for home in self.homes)).order_by("path")
        for page in pages.select_related("locale"):
            if self.language in ("", page.locale.language_code):
                parent = found.get(page.path[: -Page.steplen], ("", ""))[1]
                slug = self._free_slug("category", page.slug, page.locale.language_code)
                found[page.path] = self._term("category", slug, page.title, parent)
        return found

    def _section_of(self, page: Any) -> list[tuple[str, str]]:
        paths = (page.path[:end] for end in range(len(page.path) - Page.steplen, 0, -Page.steplen))
        return next(([self.sections[path]] for path in paths if path in self.sections), [])

    def _kind_of(self, page: Any) -> list[tuple[str, str]]:
        """A category for each kind of story except articles."""
        kind = page.listed_as
        return [] if kind.name == "article" else [self._term("category", kind.name, kind.label)]

    def _topic(self, row: Any) -> tuple[str, str]:
        topic = row.topic
        if topic.pk not in self.topics:
            slug = self._free_slug("post_tag", topic.slug, topic.locale.language_code)
            self.topics[topic.pk] = self._term("post_tag", slug, topic.name)
        return self.topics[topic.pk]

    def _login(self, person: Any) -> str:
        self.authors.setdefault(person.slug, Author(person.slug, person.name, wp_id=len(self.authors) + 1))
        return str(person.slug)


def _seconds(time: datetime | None, zone: Any) -> datetime | None:
    return time.astimezone(zone).replace(microsecond=0) if time else None
