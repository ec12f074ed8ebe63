"""Reads the menus of block themes (`wp_navigation`), whose entries are blocks."""

from collections.abc import Iterator
from itertools import count

from portal.moving.converting.gutenberg import EditorBlock, parse_blocks
from portal.moving.wordpress.records import Item

# The type of an entry that represents the published pages at the top level of the tree.
ALL_PAGES = "all_pages"
LINKS = ("core/navigation-link", "core/navigation-submenu")
# Older versions of the editor write no `kind`, only the `type`.
KINDS = {
    "post-type": "post_type",
    "page": "post_type",
    "post": "post_type",
    "taxonomy": "taxonomy",
    "category": "taxonomy",
    "tag": "taxonomy",
}
MOST_ENTRIES = 1_000


def menu_entries(menu: Item) -> Iterator[Item]:
    """Yield the entries like those of a classic menu. Their numbers are negative, because all others are positive."""
    yield from _entries(parse_blocks(menu.content), menu, "0", count(1))


def _entries(block: EditorBlock, menu: Item, parent: str, numbers: Iterator[int]) -> Iterator[Item]:
    for each in block.blocks:
        if each.name in LINKS:
            item = _entry(each, menu, parent, next(numbers))
            item.meta["_menu_item_type"] = [KINDS.get(each.text("kind") or each.text("type"), "custom")]
            yield item
            yield from _entries(each, menu, str(item.wp_id), numbers)
        elif each.name == "core/page-list":
            item = _entry(each, menu, parent, next(numbers))
            item.meta["_menu_item_type"] = [ALL_PAGES]
            yield item
        else:
            yield from _entries(each, menu, parent, numbers)


def _entry(block: EditorBlock, menu: Item, parent: str, number: int) -> Item:
    return Item(
        wp_id=-(menu.wp_id * MOST_ENTRIES + number),
        kind="nav_menu_item",
        title=block.text("label"),
        status=menu.status,
        order=number,
        # The number is included, because a classic menu may have the same slug.
        terms=[("nav_menu", f"{menu.slug} {menu.wp_id}")],
        meta={
            "_menu_item_object_id": [block.text("id")],
            "_menu_item_url": [block.text("url")],
            "_menu_item_menu_item_parent": [parent],
        },
    )
