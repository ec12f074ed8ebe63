"""Imports that are killed (kill -9) and run again: `python -m tests.moving.interrupted.killed 20 FOLDER`.

The same export is imported into a site each time. Each import is a process forked from this one and killed before one
of its SQL statements; these are spread evenly over the import. Prints as JSON the statements at which it was killed,
and where the result of the second run differs from that of an uninterrupted import.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import django

Content = dict[str, list[str]]


def export_of_everything() -> str:
    """Posts, pages and an event with everything that imports write: pictures, files, links, a menu, private pages."""
    from tests.moving.exports import OLD, a_tag, attachment, author, category, export, item

    files = f"{OLD}/wp-content/uploads/2024/05"
    menu = {"_menu_item_type": "post_type", "_menu_item_object_id": "21", "_menu_item_url": ""}
    link = f'<p>Avant <a href="{OLD}/2024/05/post-2/">deux</a> et <a href="{files}/guide.pdf">guide</a></p>'
    figure = f'<img class="wp-image-51" src="{files}/square.png" alt="Un carré">'
    posts = [
        item(
            f"Post {number}",
            link + figure,
            wp_id=number,
            slug=f"post-{number}",
            categories=("eco",),
            tags=("bois",),
            meta={"_thumbnail_id": "50"},
            sticky=number == 3,
            password="sésame" if number == 4 else "",
        )
        for number in range(1, 8)
    ]
    return export(
        author("anna", "Anna Weiß"),
        category("eco", "Économie"),
        a_tag("bois", "Bois"),
        attachment("Hall", f"{files}/hall.png", wp_id=50),
        attachment("Carré", f"{files}/square.png", wp_id=51),
        attachment("Guide", f"{files}/guide.pdf", wp_id=52),
        item("Équipe", "Texte", "page", wp_id=22, parent=21, slug="equipe", link=f"{OLD}/contact/equipe/"),
        item("Contact", link, "page", wp_id=21, slug="contact", link=f"{OLD}/contact/"),
        *posts,
        item("Brouillon", "Texte", wp_id=8, status="draft"),
        item("Halle", "", "tribe_venue", wp_id=30, meta={"_VenueCity": "Metz"}),
        item(
            "Bal",
            "On danse.",
            "tribe_events",
            wp_id=31,
            meta={
                "_EventStartDate": "2026-12-05 20:00:00",
                "_EventEndDate": "2026-12-05 23:00:00",
                "_EventVenueID": "30",
            },
        ),
        item(
            "Contact",
            kind="nav_menu_item",
            wp_id=40,
            meta=menu,
            more='<category domain="nav_menu" nicename="main">main</category>',
        ),
    )


def write_uploads(folder: Path) -> None:
    from tests.essentials import picture

    (folder / "2024/05").mkdir(parents=True)
    (folder / "2024/05/hall.png").write_bytes(picture())
    (folder / "2024/05/square.png").write_bytes(picture(300, 300))
    (folder / "2024/05/guide.pdf").write_bytes(b"%PDF-1.4 guide")


def make_target(number: int) -> Any:
    from portal.editorial.roles import set_up_newsroom
    from tests.builders import make_site

    ground = make_site(f"killed-{number}.localhost")
    set_up_newsroom(ground.site)
    return ground


def bring(ground: Any, folder: Path) -> None:
    from wagtail.models import Site

    from portal.moving.running import Options, look_at, run
    from portal.moving.sources.opening import records_of

    records, site = records_of(folder / "export.xml"), Site.objects.get(pk=ground.site.pk)
    locale = ground.home.locale
    survey, mapping = look_at(records, site, locale)
    run(records, site, locale, survey, mapping, Options(media=str(folder)))


def content_of(ground: Any) -> Content:
    """The content of a site, without keys and times; the same for equal imports."""
    from wagtail.contrib.redirects.models import Redirect
    from wagtail.models import Page, PageLogEntry, PageViewRestriction, WorkflowState

    from events.models import Venue
    from portal.content.records.people import Person
    from portal.content.records.removed_addresses import RemovedAddress
    from portal.content.records.settings import SiteSettings
    from portal.content.records.topics import Topic
    from portal.editorial.roles import media_collection
    from portal.media.models import Document, Image
    from portal.moving.models import ImportedItem

    site, root, collection = ground.site, ground.home.url_path, media_collection(ground.site)
    pages = list(Page.objects.descendant_of(ground.home, inclusive=True).specific())
    names = {("page", page.pk): page.url_path.removeprefix(root) for page in pages}
    names |= {("image", each.pk): each.title for each in Image.objects.filter(collection=collection)}
    names |= {("document", each.pk): each.title for each in Document.objects.filter(collection=collection)}
    names |= {("image", each.pk): "own" for each in Image.objects.filter(title__startswith="Illustration")}
    found: Content = {}
    for page in pages:
        newest = page.get_latest_revision_as_object()
        states = WorkflowState.objects.filter(object_id=str(page.pk)).values_list("status", flat=True)
        actions = Counter(PageLogEntry.objects.filter(page=page.pk).values_list("action", flat=True))
        found[f"page {names['page', page.pk]}"] = [
            page.title if page.pk != ground.home.pk else "",
            f"{type(page).__name__}, live: {page.live}, below: {page.numchild}, versions: {page.revisions.count()}",
            named(getattr(newest, "body", None), names),
            named(getattr(page, "body", None), names),
            named(getattr(newest, "shelves", None), names),
            names.get(("image", getattr(page, "lead_image_id", None) or 0), ""),
            ", ".join(row.topic.name for row in page.page_topics.all()) if hasattr(page, "page_topics") else "",
            ", ".join(row.person.name for row in page.bylines.all()) if hasattr(page, "bylines") else "",
            f"{sorted(states)} {sorted(actions.items())}",
            f"{list(PageViewRestriction.objects.filter(page=page.pk).values_list('restriction_type', flat=True))}",
        ]
    imported = Image.objects.filter(collection=collection).exclude(title__startswith="Illustration")
    found["images"] = sorted(imported.values_list("title", flat=True))
    found["documents"] = sorted(Document.objects.filter(collection=collection).values_list("title", flat=True))
    found["topics"] = sorted(Topic.objects.filter(site=site).values_list("name", flat=True))
    found["people"] = sorted(Person.objects.filter(site=site).values_list("name", flat=True))
    found["venues"] = sorted(Venue.objects.filter(collection=collection).values_list("name", flat=True))
    found["removed"] = sorted(RemovedAddress.objects.filter(site=site).values_list("path", flat=True))
    found["redirects"] = sorted(
        f"{row.old_path} → {names.get(('page', row.redirect_page_id or 0)) or without_keys(row.redirect_link)}"
        for row in Redirect.objects.filter(site=site)
    )
    found["items"] = sorted(
        f"{row.kind} {row.key} {without_keys(row.title)} {names.get(('page', row.page_id or 0), '')} "
        f"{bool(row.image_id)} {bool(row.document_id)} {row.words_after} {row.has_old_links} {row.notes}"
        for row in ImportedItem.objects.filter(source__site=site)
    )
    found["navigation"] = [named(SiteSettings.for_site(site).navigation, names)]
    return found


def named(stream: Any, names: dict[tuple[str, int], str]) -> str:
    """A stream as text, with names in place of keys."""
    text = json.dumps([{"type": block.block_type, "value": block.get_prep_value()["value"]} for block in stream or []])

    def name(kind: str, key: str) -> str:
        return names.get((kind, int(key)), f"unknown {kind}")

    text = re.sub(r'linktype=\\"(\w+)\\" id=\\"(\d+)\\"', lambda match: name(match[1], match[2]), text)
    text = re.sub(r"id=\\\"(\d+)\\\" linktype=\\\"(\w+)\\\"", lambda match: name(match[2], match[1]), text)
    text = re.sub(r'"(image|document|page)": (\d+)', lambda match: name(match[1], match[2]), text)
    text = re.sub(r'"story": (\d+)', lambda match: name("page", match[1]), text)
    return re.sub(r'"id": "[^"]*"|data-block-key=\\"[^"]*\\"', "", text)


def without_keys(link: str) -> str:
    """A file's link, without its key and signature, and without a storage's suffix for a duplicate name."""
    return re.sub(r"[\w=-]{20,}|_\w{7}(?=\.)|\d+", "", link.partition("?")[0])


def differences(one: Content, other: Content) -> list[str]:
    return [
        f"{name}: {one.get(name)} ≠ {other.get(name)}"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


def run_all(kills: int, folder: Path) -> dict[str, Any]:
    from portal.moving import running
    from tests.database_copies import counted, killed

    # Batches are small, so that there are many.
    running.BATCH = 3
    write_uploads(folder)
    (folder / "export.xml").write_text(export_of_everything())
    # The first import fills this process's caches, and runs more statements than the others.
    bring(make_target(kills + 1), folder)
    entire = make_target(0)
    statements = counted(lambda: bring(entire, folder))
    expected = content_of(entire)
    points, differing = [], {}
    for number in range(1, kills + 1):
        ground, last = make_target(number), number * statements // (kills + 1)
        if killed(lambda ground=ground: bring(ground, folder), last):
            points.append(last)
        bring(ground, folder)
        if found := differences(expected, content_of(ground)):
            differing[last] = found
    return {"statements": statements, "points": points, "differing": differing, "pages": len(expected)}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(run_all(int(sys.argv[1]), Path(sys.argv[2]))))
