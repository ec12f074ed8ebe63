"""Reads an export once for what an import must know of all items before it writes the first."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from urllib.parse import urlsplit

from portal.moving.wordpress.records import Author, Channel, Item, Record, Term
from portal.moving.wordpress.values import unquoted

# Above all numbers of WordPress.
BEYOND = 10**13
# Of these, each item becomes a page.
PAGE_KINDS = ("post", "page", "tribe_events")
# Parts of WordPress's own machinery, which say nothing to readers.
MACHINERY = frozenset(
    """
    revision nav_menu_item wp_block wp_navigation wp_template wp_template_part wp_global_styles wp_font_family
    wp_font_face customize_changeset custom_css oembed_cache user_request attachment guest-author tribe_venue
    tribe_organizer
    """.split()  # noqa: SIM905 - as names in a text they fill a third of the lines
)
GONE = ("trash", "auto-draft", "inherit")
_SIZE = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled|e\d{10,13}|rotated)(?=\.\w+$)")
_CREDITS = ("credit", "_credit", "photo_credit", "_media_credit", "copyright", "_wp_attachment_credit")


@dataclass(slots=True)
class ItemFacts:
    """What others must know of an item: posts that link to it, pages below it, menus."""

    wp_id: int
    kind: str
    status: str
    slug: str
    title: str
    link: str
    parent: int


@dataclass(slots=True)
class FileFacts:
    """An attachment; `sizes` are the names of its smaller copies."""

    wp_id: int
    address: str
    title: str
    alt: str
    caption: str
    credit: str
    link: str
    parent: int
    sizes: tuple[str, ...]


@dataclass
class Survey:
    channel: Channel
    authors: dict[str, Author] = field(default_factory=dict)
    terms: dict[tuple[str, str], Term] = field(default_factory=dict)
    items: dict[int, ItemFacts] = field(default_factory=dict)
    files: dict[int, FileFacts] = field(default_factory=dict)
    # The texts of reusable blocks, by their numbers.
    reusable: dict[int, str] = field(default_factory=dict)
    # The pictures that were uploaded to a post, by its number.
    attached: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    # How many published posts have a term; how many items are of a kind.
    term_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    kind_counts: Counter[str] = field(default_factory=Counter)
    comments: int = 0
    others: dict[int, Item] = field(default_factory=dict)
    _by_path: dict[str, int] = field(default_factory=dict)

    def file_at(self, address: str) -> FileFacts | None:
        """The attachment with an address, or of which it is a smaller copy."""
        path = path_of(address)
        found = self._by_path.get(path) or self._by_path.get(_SIZE.sub("", path))
        return self.files.get(found) if found else None

    def add_file(self, facts: FileFacts) -> None:
        self.files[facts.wp_id] = facts
        path = path_of(facts.address)
        self._by_path.setdefault(path, facts.wp_id)
        self._by_path.setdefault(_SIZE.sub("", path), facts.wp_id)
        for size in facts.sizes:
            self._by_path.setdefault(f"{path.rpartition('/')[0]}/{size}", facts.wp_id)

    def depth_of(self, wp_id: int) -> int:
        """How many pages stand above a page; 0 for one in a circle."""
        depth, seen = 0, {wp_id}
        item = self.items.get(wp_id)
        while item and (above := self.items.get(item.parent)) and above.kind == item.kind:
            if above.wp_id in seen:
                return 0
            seen.add(above.wp_id)
            depth, item = depth + 1, above
        return depth


def survey_of(records: Iterable[Record]) -> Survey:
    found: Survey | None = None
    for record in numbered(records):
        match record:
            case Channel():
                found = Survey(record)
            case Author() if found:
                found.authors[record.login] = record
            case Term() if found:
                found.terms[record.taxonomy, record.slug] = record
            case Item() if found:
                _note(found, record)
    if found is None:
        raise ValueError("no site in these records")
    return found


def _note(survey: Survey, item: Item) -> None:
    survey.kind_counts[item.kind] += 1
    survey.comments += len(item.comments)
    if item.kind == "attachment":
        survey.add_file(_file(item))
        if item.parent and is_picture(item.file_address):
            survey.attached[item.parent].append(item.wp_id)
    elif item.kind == "wp_block":
        survey.reusable[item.wp_id] = item.content
    elif item.kind in ("nav_menu_item", "tribe_venue", "tribe_organizer", "guest-author"):
        survey.others[item.wp_id] = item
    elif is_content(item):
        facts = ItemFacts(item.wp_id, item.kind, item.status, item.slug, item.title, item.link, item.parent)
        survey.items[item.wp_id] = facts
        if item.kind != "page":
            survey.term_counts.update(dict.fromkeys(item.terms, 1))


def is_content(item: Item) -> bool:
    return item.kind in PAGE_KINDS and item.status not in GONE


def _file(item: Item) -> FileFacts:
    data = item.value("_wp_attachment_metadata")
    credit = next((found for key in _CREDITS if (found := item.value(key).strip())), "")
    if not credit and (embedded := re.search(r'"credit";s:\d+:"([^"]+)"', data)):
        credit = embedded[1]
    sizes = tuple(dict.fromkeys(re.findall(r'"file";s:\d+:"([^"/]+)"', data)))
    return FileFacts(
        wp_id=item.wp_id,
        address=item.file_address,
        title=item.title,
        alt=plain_line(item.value("_wp_attachment_image_alt")),
        caption=plain_line(item.excerpt),
        credit=plain_line(credit),
        link=item.link,
        parent=item.parent,
        sizes=sizes,
    )


def plain_line(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def path_of(address: str) -> str:
    """The path of an address, without escapes: the same for http and https, and with every query."""
    try:
        return unquoted(urlsplit(address).path)
    except ValueError:
        return ""


PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|heic|bmp|tiff?)$", re.I)


def is_picture(address: str) -> bool:
    return bool(PICTURE.search(path_of(address)))


def content_items(records: Iterable[Record]) -> Iterator[Item]:
    return (record for record in numbered(records) if isinstance(record, Item) and is_content(record))


def numbered(records: Iterable[Record]) -> Iterator[Record]:
    """Give a number of its own to an item that has none, or that of another: it is the same in each run."""
    seen: set[int] = set()
    for record in records:
        if isinstance(record, Item) and is_content(record):
            if not record.wp_id or record.wp_id in seen:
                name = f"{record.kind} {record.link} {record.title} {record.date}"
                record.wp_id = BEYOND + int(sha256(name.encode()).hexdigest()[:10], 16)
            seen.add(record.wp_id)
        yield record
