"""Finds the parents of imported pages: the home page of the edition, its sections, and their calendar."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.text import slugify
from wagtail.coreutils import string_to_ascii
from wagtail.models import Page

from portal.content.bulk.children import NewChildren
from portal.content.bulk.drafts import begin_draft, check_draft, insert_drafts
from portal.content.kinds import model_of
from portal.content.publication import lock_pages
from portal.moving.models import ImportedItem, ImportSource

LONGEST_SLUG = 200
# The keys of drafts that left their slugs to imported pages begin with this.
ROOM = "slug:"


def model_for(kind: str) -> Any:
    """The page class of a kind; forms are not a kind, since no list contains them."""
    return apps.get_model("home", "FormPage") if kind == "form" else model_of(kind)


def slug_of(text: str, default: str) -> str:
    return slugify(string_to_ascii(text))[:LONGEST_SLUG].strip("-") or default


def new_page(model: type[Any], parent: Page, children: NewChildren, title: str, slug: str, **facts: Any) -> Any:
    """An unsaved page with a slug that no sibling has."""
    page = model(title=title, locale=parent.locale, owner=None, **facts)
    begin_draft(page, parent, children.unique_slug(slug))
    return page


def make_room(source: ImportSource, children: NewChildren, slug: str) -> None:
    """Take the slug from a draft that has no text yet, such as “About us” on a new site."""
    if slug not in children.slugs:
        return
    brought = ImportedItem.objects.filter(page__isnull=False).values("page")
    drafts = children.page.get_children().filter(slug=slug, live=False, first_published_at=None, numchild=0)
    draft = drafts.exclude(pk__in=brought).first()
    if draft is None or draft.revisions.filter(user__isnull=False).exists():
        return
    revision = _rename(draft, children.page, children.unique_slug(slug))
    facts = {"title": draft.title, "page": draft, "revision": revision, "field_hashes": {"slug": slug}}
    kind = ImportedItem.Kind.PLACE
    ImportedItem.objects.create(source=source, kind=kind, key=f"{ROOM}{draft.pk}", **facts)
    children.slugs.discard(slug)


def give_room_back(source: ImportSource) -> None:
    """Return their slugs to the drafts that made room and that nobody has edited since, where they are free."""
    here = set(source.items_here().values_list("pk", flat=True))
    rows = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.PLACE, key__startswith=ROOM)
    for row in rows.select_related("page"):
        with transaction.atomic():
            if row.page and row.pk in here and row.page.latest_revision_id == row.revision_id and not row.page.live:
                parent, slug = row.page.get_parent(), row.field_hashes["slug"]
                lock_pages([parent.pk])
                if parent.get_children().filter(slug=slug).exists():
                    # The page that took it stays.
                    continue
                _rename(row.page, parent, slug)
            row.delete()


def _rename(draft: Page, parent: Page, slug: str) -> Any:
    """Change the slug of a draft without pages below it, in a new version.

    Saving the page would create a redirect from its old address, which another page has by now.
    """
    page: Any = draft.specific
    page.slug = slug
    page.set_url_path(parent)
    Page.objects.filter(pk=page.pk).update(slug=page.slug, url_path=page.url_path)
    # Its required fields may still be empty.
    return page.save_revision(clean=False)


def unused_sections(source: ImportSource) -> list[Page]:
    """Published sections that nobody has edited and that have no story or event, such as that of a new site."""
    if source.home is None:
        return []
    calendar: Any = model_of("event").allowed_parent_page_models()[0]
    sections = model_of("section").objects.child_of(source.home).live().order_by("path")
    return [
        page
        for page in sections
        if not page.revisions.filter(user__isnull=False).exists()
        and not page.get_descendants().not_exact_type(calendar).exists()
    ]


class Targets:
    """Finds the parents, and creates missing ones as drafts."""

    def __init__(self, source: ImportSource):
        self.source = source
        home = source.home
        if home is None:
            raise LookupError(f"{source.site.hostname} has no pages in {source.locale.language_code}.")
        self.home: Page = home.specific
        self.created: list[tuple[Page, Any]] = []
        self._sections: dict[str, Page] = {}
        self._calendar: Page | None = None

    def section(self, title: str) -> Page:
        """The section below the home page with this title or slug; else a new draft."""
        if title not in self._sections:
            model = model_of("section")
            slug = slug_of(title, "section")
            below = model.objects.child_of(self.home)
            found = self._known("section", title) or below.filter(title__iexact=title).first()
            found = found or below.filter(slug=slug).first()
            self._sections[title] = found or self._create(model, self.home, "section", title, show_in_menus=True)
        return self._sections[title]

    def calendar(self, title: str, section: str) -> Page:
        """The first calendar of the edition; else a new draft in this section."""
        if self._calendar is None:
            model: Any = model_of("event").allowed_parent_page_models()[0]
            found = model.objects.descendant_of(self.home).order_by("path").first()
            self._calendar = found or self._create(model, self.section(section), "calendar", title)
        return self._calendar

    def _known(self, kind: str, title: str) -> Page | None:
        """The page that an import created with this title, even if it was renamed."""
        places = self.source.items_here().filter(kind=ImportedItem.Kind.PLACE)
        row = places.filter(key=f"{kind}:{slug_of(title, kind)}"[:64]).first()
        return row.page.specific if row and row.page else None

    def _create(self, model: type[Any], parent: Page, kind: str, title: str, **facts: Any) -> Page:
        lock_pages([parent.pk])
        parent.refresh_from_db(fields=["numchild"])
        children = NewChildren.below(parent)
        page = new_page(model, parent, children, title[:255], slug_of(title, kind), **facts)
        check_draft(page)
        (revision,) = insert_drafts(children, [page], None)
        # A page that was deleted here, or moved to another site, is created again.
        ImportedItem.objects.update_or_create(
            source=self.source,
            kind=ImportedItem.Kind.PLACE,
            key=f"{kind}:{slug_of(title, kind)}"[:64],
            defaults={"title": title[:255], "page": page, "revision": revision},
        )
        stored: Page = model.objects.get(pk=page.pk)
        self.created.append((stored, revision))
        return stored
