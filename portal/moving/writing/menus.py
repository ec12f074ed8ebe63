"""Imports the old site's main menu if this site has none yet, and undoes the import."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from portal.content.kinds import model_of
from portal.content.records.settings import SiteSettings
from portal.content.visibility import in_trash
from portal.moving.converting.addresses import clean_address, host_of
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.navigation import ALL_PAGES
from portal.moving.planning.survey import Survey, path_of, plain_line
from portal.moving.wordpress.records import Item
from portal.moving.wordpress.values import number_of
from portal.moving.writing.hashes import hash_of_value
from portal.moving.writing.links import Addresses, empty_pages
from portal.moving.writing.redirects import BASES, news_link

MAIN = re.compile(r"(?<![a-z])(?:main|primary|principal|haupt|header|menu-1(?!\d))", re.I)
# This may be the main menu, or a menu in a bar above it. The size decides.
TOP = re.compile(r"top", re.I)
# Menus of the footer and of social networks.
ASIDE = re.compile(r"social|foot|pied|fu(?:ss|ß)|legal|bottom", re.I)
MOST_ENTRIES = 10
KIND, MENU = ImportedItem.Kind.PLACE, "menu"


def bring_menu(source: ImportSource, survey: Survey, addresses: Addresses) -> tuple[int, int]:
    """Write the navigation after the redirects; return the number of its entries, and of those left out."""
    entries = [item for item in survey.others.values() if item.kind == "nav_menu_item" and item.status == "publish"]
    settings = SiteSettings.for_site(source.site)
    if settings.navigation:
        return 0, len(entries)
    menus, empty = [], empty_pages(source)
    for slug, of_parent in _menus(entries).items():
        size = sum(map(len, of_parent.values()))
        if found := _without_doubles(_blocks(of_parent, "0", survey, addresses, source, empty)):
            menus.append((_rank(slug), max(size, len(found)), found))
    # The menu with the name of a main menu, or else the largest one, with all its levels.
    chosen = max(menus, key=lambda menu: menu[:2], default=(0, 0, []))
    brought = chosen[2][:MOST_ENTRIES]
    if blocks := brought or _with_calendar(source, survey, addresses):
        settings.navigation = blocks
        settings.save(update_fields=["navigation"])
        # The hashes distinguish imported entries that lead to no imported page from entries made here.
        hashes = {"navigation": [hash_of_value(block) for block in blocks]}
        _rows(source).update_or_create(source=source, kind=KIND, key=MENU, defaults={"field_hashes": hashes})
    return len(blocks), len(entries) - len(brought)


def _with_calendar(source: ImportSource, survey: Survey, addresses: Addresses) -> list[dict[str, Any]]:
    """The default menu and the calendar, which is in a section; empty if no events were imported.

    A repeated import does not add them again.
    """
    calendars: Any = model_of("event").allowed_parent_page_models()[0]
    calendar = calendars.objects.descendant_of(source.home).order_by("path").first()
    came = any(item.kind == "tribe_events" and item.wp_id in addresses.pages for item in survey.items.values())
    if calendar is None or not came or _rows(source).exists():
        return []
    pages: dict[Any, int] = {}
    homes = source.site.root_page.get_translations(inclusive=True)
    for home in sorted(homes, key=lambda home: home.locale_id != source.locale_id):
        for page in home.get_children().exclude(in_trash()).filter(show_in_menus=True).order_by("path"):
            # An entry leads to the translations of its page, too.
            pages.setdefault(page.translation_key, page.pk)
    keys = [*list(pages.values())[: MOST_ENTRIES - 1], calendar.pk]
    return [{"type": "page", "value": {"page": key, "label": ""}} for key in keys]


def take_menu_back(source: ImportSource) -> None:
    """Remove the entries of deleted pages, and those of the import that nobody has edited.

    An entry that leads to a remaining imported page stays.
    """
    row = _rows(source).first()
    made = row.field_hashes["navigation"] if row else []
    # Redirects may lead to pages that are older than the import.
    rows = ImportedItem.objects.filter(source=source).exclude(kind=ImportedItem.Kind.REDIRECT)
    staying = set(rows.exclude(page=None).values_list("page", flat=True))
    settings = SiteSettings.for_site(source.site)
    blocks = list(settings.navigation.raw_data)
    pages = {block["value"]["page"] for block in blocks if block["type"] == "page"}
    present = set(Page.objects.filter(pk__in=pages).values_list("pk", flat=True))

    def stays(block: dict[str, Any]) -> bool:
        page = block["value"].get("page")
        return page in staying or (hash_of_value(block) not in made and (page is None or page in present))

    remaining = [block for block in blocks if stays(block)]
    if len(remaining) < len(blocks):
        settings.navigation = remaining
        settings.save(update_fields=["navigation"])
    if row:
        row.delete()


def _rows(source: ImportSource) -> QuerySet[ImportedItem]:
    return ImportedItem.objects.filter(source=source, kind=KIND, key=MENU)


def _rank(slug: str) -> int:
    if ASIDE.search(slug):
        return 0
    return 2 if MAIN.search(slug) and not TOP.search(slug) else 1


def _menus(entries: list[Item]) -> dict[str, dict[str, list[Item]]]:
    """The entries of each menu, in order, by their parent's number, `0` at the top level."""
    menus: dict[str, dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in sorted(entries, key=lambda item: item.order):
        for slug in item.slugs("nav_menu"):
            menus[slug][item.value("_menu_item_menu_item_parent") or "0"].append(item)
    return menus


def _blocks(
    of_parent: dict[str, list[Item]],
    parent: str,
    survey: Survey,
    addresses: Addresses,
    source: ImportSource,
    empty: set[int],
) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a parent's entries; an entry without a target, or to an empty page, yields its children."""
    # This is not recursive, because entries without a target may be nested more deeply than Python's stack.
    levels = [iter(of_parent.pop(parent, []))]
    while levels:
        item = next(levels[-1], None)
        if item is None:
            levels.pop()
        elif item.value("_menu_item_type") == ALL_PAGES:
            yield from (block for block in _all_pages(survey, addresses) if block["value"]["page"] not in empty)
        elif (block := _entry(item, survey, addresses, source)) and block["value"].get("page") not in empty:
            yield block
        else:
            levels.append(iter(of_parent.pop(str(item.wp_id), [])))


def _without_doubles(blocks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of the entries that lead to the same page here, such as a category and its section."""
    found: dict[str, dict[str, Any]] = {}
    for block in blocks:
        found.setdefault(str(block["value"].get("page") or block["value"].get("url")), block)
    return list(found.values())


def _entry(item: Item, survey: Survey, addresses: Addresses, source: ImportSource) -> dict[str, Any] | None:
    label = plain_line(item.title)[:120]
    kind, number = item.value("_menu_item_type"), number_of(item.value("_menu_item_object_id"))
    if kind == "post_type" and number:
        if number == survey.channel.posts_page and (page := survey.items.get(number)):
            return _news(source, label or plain_line(page.title)[:120])
        return _imported(number, label, survey, addresses)
    if kind == "taxonomy" and number:
        term = next((term for term in survey.terms.values() if term.wp_id == number and term.taxonomy in BASES), None)
        address = f"{survey.channel.address}/{BASES[term.taxonomy]}/{term.slug}/" if term else ""
        return _moved(source, address, label or term.name) if term else None
    address = clean_address(item.value("_menu_item_url"), survey.channel.address) if kind == "custom" else ""
    # This site has its own front page, and no sections of a page like `/#about`.
    if address.partition("#")[0].rstrip("/") == survey.channel.address:
        return None
    target = addresses.find(address)
    if target and target[0] == "page":
        is_of_posts = target[1] == addresses.pages.get(survey.channel.posts_page)
        return _news(source, label) if is_of_posts else _page(target[1], label)
    if host_of(address) == addresses.host and (moved := _moved(source, address, label)):
        return moved
    return _link(address, label) if address.startswith("http") and label else None


def _all_pages(survey: Survey, addresses: Addresses) -> Iterator[dict[str, Any]]:
    pages = [each for each in survey.items.values() if each.kind == "page" and each.status == "publish"]
    for page in sorted(pages, key=lambda page: (page.order, page.title)):
        if not page.parent and (block := _imported(page.wp_id, plain_line(page.title)[:120], survey, addresses)):
            yield block


def _imported(number: int, label: str, survey: Survey, addresses: Addresses) -> dict[str, Any] | None:
    """The entry for an imported page; none for the old front page, since the site has its own."""
    item = survey.items.get(number)
    return None if item and survey.is_front(item) else _page(addresses.pages.get(number), label)


def _page(key: int | None, label: str) -> dict[str, Any] | None:
    return {"type": "page", "value": {"page": key, "label": label}} if key else None


def _link(address: str, label: str) -> dict[str, Any]:
    return {"type": "link", "value": {"url": address, "label": label}}


def _news(source: ImportSource, label: str) -> dict[str, Any] | None:
    return _link(f"{source.site.root_url}{news_link(source)}", label) if label else None


def _moved(source: ImportSource, address: str, label: str) -> dict[str, Any] | None:
    """The entry for an old address that redirects, such as that of a category; none if it has no page here."""
    query = urlsplit(address).query
    path = Redirect.normalise_path(path_of(address) + (f"?{query}" if query else ""))
    found = Redirect.objects.filter(site=source.site, old_path=path).first()
    if found is None or found.redirect_link in (f"/{source.locale.language_code}/", news_link(source)):
        return None
    link = f"{source.site.root_url}{found.redirect_link}"
    return _page(found.redirect_page_id, label) or (_link(link, label) if label else None)
