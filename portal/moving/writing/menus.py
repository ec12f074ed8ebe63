"""Brings the main menu of the old site, where the site here has none yet."""

import re
from collections import defaultdict
from typing import Any

from wagtail.models import Page

from portal.content.records.settings import SiteSettings
from portal.moving.converting.addresses import clean_address
from portal.moving.models import ImportSource
from portal.moving.planning.survey import Survey, plain_line
from portal.moving.wordpress.records import Item
from portal.moving.wordpress.values import number_of
from portal.moving.writing.links import Addresses

MAIN = re.compile(r"main|primary|principal|haupt|header|top|navigation|menu-1", re.I)
# Menus of the footer and of social networks.
ASIDE = re.compile(r"social|foot|pied|fu(?:ss|ß)|legal|bottom", re.I)
MOST_ENTRIES = 10


def bring_menu(source: ImportSource, survey: Survey, addresses: Addresses, sections: dict[str, str]) -> tuple[int, int]:
    """Write the navigation; return how many entries it has, and how many were left out. `sections` are by category."""
    entries = [item for item in survey.others.values() if item.kind == "nav_menu_item" and item.status == "publish"]
    settings = SiteSettings.for_site(source.site)
    if settings.navigation:
        return 0, len(entries)
    menus = {slug: _blocks(items, survey, addresses, source, sections) for slug, items in _menus(entries).items()}
    # One that is called the main one, else that with the most entries that lead somewhere here.
    chosen = max(menus, key=lambda slug: (_rank(slug) if menus[slug] else -1, len(menus[slug]), slug), default="")
    blocks = menus.get(chosen, [])[:MOST_ENTRIES]
    if blocks:
        settings.navigation = blocks
        settings.save(update_fields=["navigation"])
    return len(blocks), len(entries) - len(blocks)


def _rank(slug: str) -> int:
    return 0 if ASIDE.search(slug) else 2 if MAIN.search(slug) else 1


def _menus(entries: list[Item]) -> dict[str, list[Item]]:
    """The entries of each menu on its first level, in their order."""
    menus: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(entries, key=lambda item: item.order):
        if item.value("_menu_item_menu_item_parent") in ("", "0"):
            for slug in item.slugs("nav_menu"):
                menus[slug].append(item)
    return menus


def _blocks(
    items: list[Item], survey: Survey, addresses: Addresses, source: ImportSource, sections: dict[str, str]
) -> list[dict[str, Any]]:
    found = [block for item in items if (block := _entry(item, survey, addresses, source, sections))]
    # Two entries may lead to the same page here, such as a category and its section.
    return list({str(block["value"].get("page") or block["value"].get("url")): block for block in found}.values())


def _entry(
    item: Item, survey: Survey, addresses: Addresses, source: ImportSource, sections: dict[str, str]
) -> dict[str, Any] | None:
    label = plain_line(item.title)[:120]
    kind, number = item.value("_menu_item_type"), number_of(item.value("_menu_item_object_id"))
    key: int | None = None
    if kind == "post_type" and number:
        key = addresses.pages.get(number)
    elif kind == "taxonomy" and number:
        key = _section(number, survey, source, sections)
    elif kind == "custom":
        address = clean_address(item.value("_menu_item_url"), survey.channel.address)
        target = addresses.find(address)
        key = target[1] if target and target[0] == "page" else None
        is_home = address.rstrip("/") == survey.channel.address
        if key is None and address.startswith("http") and label and not is_home:
            return {"type": "link", "value": {"url": address, "label": label}}
    return {"type": "page", "value": {"page": key, "label": label}} if key else None


def _section(number: int, survey: Survey, source: ImportSource, sections: dict[str, str]) -> int | None:
    term = next((term for term in survey.terms.values() if term.wp_id == number and term.taxonomy == "category"), None)
    title = sections.get(term.slug) if term else None
    home = source.site.root_page.get_translations(inclusive=True).get(locale=source.locale)
    found = Page.objects.child_of(home).filter(title__iexact=title).first() if title else None
    return found.pk if found else None
