"""Reads an export once, and collects the facts that an import needs before it writes the first item."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from portal.moving.converting.addresses import host_of
from portal.moving.converting.form_definitions import FORM_KINDS
from portal.moving.planning.navigation import menu_entries
from portal.moving.planning.weighing import ENTRY, weight_of
from portal.moving.wordpress.records import Author, Channel, ExportError, Item, Record, Term, readable
from portal.moving.wordpress.values import stable_number, unquoted

# Each item of these types becomes a page.
PAGE_KINDS = ("post", "page", "tribe_events", *FORM_KINDS)
# Internal types of WordPress, without content for readers.
MACHINERY = frozenset(
    """
    revision nav_menu_item wp_block wp_navigation wp_template wp_template_part wp_global_styles wp_font_family
    wp_font_face customize_changeset custom_css oembed_cache user_request attachment guest-author tribe_venue
    tribe_organizer
    """.split()  # noqa: SIM905 - as names in a text they fill a third of the lines
)
# An export with 100,000 posts and 50,000 pictures takes half of it. A file of 8 MB may unpack to a thousand times its
# size.
MOST_BYTES = 500_000_000
# An export names fewer types of content and languages, unless it is forged. The most frequent ones are reported.
MOST_KINDS = 200
# Our page tree has some sixty levels, of which the site takes a few. Its editors must be able to move pages down.
MOST_LEVELS = 50
# As in the table of sources.
LONGEST_ADDRESS = 500
# What menus, events and authors read of the meta data of other items.
_OTHERS = ("_menu_item_", "_Venue", "_Organizer", "cap-")
GONE = ("trash", "auto-draft", "inherit")
# WordPress.com and Jetpack deliver files from here: the host and path of the file follow.
_DELIVERY = re.compile(r"https?://i\d\.wp\.com/")
_SIZE = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled|e\d{10,13}|rotated)(?=\.\w+$)")
# WP SmartCrop, Theia Smart Thumbnails, Media Focus Point, and a field shared by several others.
_FOCUS = ("_wpsmartcrop_image_focus", "theiaSmartThumbnails_position", "bg_pos_desktop", "focal_point", "focus_point")
_CREDITS = ("credit", "_credit", "photo_credit", "_media_credit", "copyright", "_wp_attachment_credit")


@dataclass(slots=True)
class ItemFacts:
    """Facts about an item that others need: posts that link to it, pages below it, menus."""

    wp_id: int
    kind: str
    status: str
    slug: str
    title: str
    link: str
    parent: int
    is_sticky: bool
    guid: str = ""
    order: int = 0
    # The first day of an event.
    day: str = ""


@dataclass(slots=True)
class FileFacts:
    """An attachment; `sizes` are the file names of its smaller copies."""

    wp_id: int
    address: str
    title: str
    alt: str
    caption: str
    credit: str
    link: str
    parent: int
    sizes: tuple[str, ...]
    # The focal point: fractions of the width and the height, from 0 to 1.
    focus: tuple[float, float] | None = None
    # The URL, or the file name if the URL has no extension.
    name: str = ""


@dataclass
class Survey:
    channel: Channel
    language: str = ""
    authors: dict[str, Author] = field(default_factory=dict)
    terms: dict[tuple[str, str], Term] = field(default_factory=dict)
    items: dict[int, ItemFacts] = field(default_factory=dict)
    files: dict[int, FileFacts] = field(default_factory=dict)
    # The texts of reusable blocks, by number.
    reusable: dict[int, str] = field(default_factory=dict)
    # The pictures uploaded to each post, by its number.
    attached: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    # The number of published posts of each term, and of items of each kind.
    term_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    kind_counts: Counter[str] = field(default_factory=Counter)
    comments: int = 0
    # The number of items in other languages; and groups of translations by their numbers.
    other_languages: Counter[str] = field(default_factory=Counter)
    translations: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    others: dict[int, Item] = field(default_factory=dict)
    _by_path: dict[str, int] = field(default_factory=dict)
    # A cache of each page's level and parent.
    _places: dict[int, tuple[int, int]] = field(default_factory=dict)
    _weight: int = 0

    def keep[K, V](self, table: dict[K, V], key: K, value: V, line: int = 0) -> None:
        """Put a value into one of the tables above, unless a forged file would fill the memory with it."""
        before = weight_of(table[key]) if key in table else -weight_of(key) - ENTRY
        self.weigh(weight_of(value) - before, line)
        table[key] = value

    def weigh(self, weight: int, line: int) -> None:
        self._weight += weight
        if self._weight > MOST_BYTES:
            reason = _("its posts, files, terms and menus together take more than %(most)d MB of memory")
            raise ExportError(reason % {"most": MOST_BYTES // 1_000_000}, line)

    def file_at(self, address: str) -> FileFacts | None:
        """The attachment with this URL, or with a smaller copy at it."""
        path = path_of(_DELIVERY.sub("https://", address))
        found = self._by_path.get(path) or self._by_path.get(path_of_original(path))
        return self.files.get(found) if found else None

    def is_of_old_site(self, address: str) -> bool:
        """Whether a link leads to the host of the old site, or to an attachment of it on another host."""
        host = host_of(_DELIVERY.sub("https://", address))
        if host and host == host_of(self.channel.address):
            return True
        facts = self.file_at(address)
        return facts is not None and host == host_of(facts.address)

    def is_front(self, item: ItemFacts) -> bool:
        return item.link.rstrip("/") == self.channel.address

    def name_of(self, taxonomy: str, slug: str) -> str:
        term = self.terms.get((taxonomy, slug))
        return term.name if term else readable(slug)

    def add_file(self, facts: FileFacts, line: int = 0) -> None:
        self.keep(self.files, facts.wp_id, facts, line)
        path = path_of(facts.address)
        copies = (f"{path.rpartition('/')[0]}/{size}" for size in facts.sizes)
        for each in (path, path_of_original(path), *copies):
            # The path of the original leads to most copies already.
            if each not in self._by_path and self._by_path.get(path_of_original(each)) != facts.wp_id:
                self.keep(self._by_path, each, facts.wp_id, line)

    def depth_of(self, wp_id: int) -> int:
        """The level of a page, at most `MOST_LEVELS`: the number of its ancestors, or 0 in a cycle."""
        return self._place_of(wp_id)[0]

    def parent_of(self, wp_id: int) -> int:
        """The number of the page below which a page is placed: its parent, or an ancestor if that is too deep."""
        return self._place_of(wp_id)[1]

    def _place_of(self, wp_id: int) -> tuple[int, int]:
        chain: dict[int, ItemFacts] = {}
        item = self.items.get(wp_id)
        while item and item.wp_id not in chain and item.wp_id not in self._places:
            chain[item.wp_id] = item
            above = self.items.get(item.parent)
            item = above if above and above.kind == item.kind else None
        if item and item.wp_id in chain:
            self._places[item.wp_id] = (0, item.parent)
        for each in reversed(chain.values()):
            place = self._places.get(each.parent, (-1, 0))
            deepest = place if place[0] >= MOST_LEVELS else (place[0] + 1, each.parent)
            self._places.setdefault(each.wp_id, deepest)
        return self._places.get(wp_id, (0, 0))


def survey_of(records: Iterable[Record], language: str = "") -> Survey:
    """The contents of an export in this language; in all languages without one."""
    found: Survey | None = None
    for record in numbered(records):
        match record:
            case Channel():
                if len(record.address) > LONGEST_ADDRESS:
                    reason = _("the address of its site is longer than %(most)d characters")
                    raise ExportError(reason % {"most": LONGEST_ADDRESS})
                found = Survey(record, language)
            case Author() if found:
                found.keep(found.authors, record.login, record)
            # A term without a number only appears at an item. Another file of the export may list it.
            case Term() if found and (record.wp_id or (record.taxonomy, record.slug) not in found.terms):
                found.keep(found.terms, (record.taxonomy, record.slug), record)
            case Item() if found:
                _note(found, record, language)
    if found is None:
        raise ValueError("no site in these records")
    return found


def _note(survey: Survey, item: Item, language: str) -> None:
    if is_content(item) and (group := translations_of(item)):
        if group not in survey.translations:
            survey.keep(survey.translations, group, [], item.line)
        survey.translations[group].append(item.wp_id)
    if is_content(item) and not is_in(item, language):
        # Its number is stored, alone or among translations.
        survey.weigh(ENTRY, item.line)
        _count(survey, survey.other_languages, language_of(item), item)
        return
    _count(survey, survey.kind_counts, item.kind, item)
    survey.comments += len(item.comments)
    if item.kind == "attachment":
        survey.add_file(_file(item), item.line)
        if item.parent and is_picture(_file_name(item)):
            survey.attached[item.parent].append(item.wp_id)
    elif item.kind == "wp_block":
        survey.keep(survey.reusable, item.wp_id, item.content, item.line)
    elif item.kind in ("nav_menu_item", "tribe_venue", "tribe_organizer", "guest-author"):
        meta = {key: values for key, values in item.meta.items() if key.startswith(_OTHERS)}
        other = replace(item, content="", excerpt="", comments=[], meta=meta)
        survey.keep(survey.others, item.wp_id, other, item.line)
    elif item.kind == "wp_navigation":
        for entry in menu_entries(item):
            survey.keep(survey.others, entry.wp_id, entry, item.line)
    elif is_content(item):
        facts = ItemFacts(
            wp_id=item.wp_id,
            kind=item.kind,
            status=item.status,
            slug=item.slug,
            title=item.title,
            link=item.link,
            parent=item.parent,
            is_sticky=item.is_sticky,
            guid=item.guid,
            order=item.order,
            day=item.value("_EventStartDate")[:10],
        )
        survey.keep(survey.items, item.wp_id, facts, item.line)
        if item.kind != "page":
            for term in dict.fromkeys(item.terms):
                _count(survey, survey.term_counts, term, item)


def _count[K](survey: Survey, counts: Counter[K], key: K, item: Item) -> None:
    if key not in counts:
        survey.keep(counts, key, 0, item.line)
    counts[key] += 1


def is_content(item: Item) -> bool:
    return item.kind in PAGE_KINDS and item.status not in GONE


def language_of(item: Item) -> str:
    """The language that Polylang or WPML gives an item; empty without them."""
    return next(iter(item.slugs("language")), "") or item.value("_wpml_import_language_code")


def translations_of(item: Item) -> str:
    """The group that links an item to its translations."""
    return next(iter(item.slugs("post_translations")), "") or item.value("_wpml_import_translation_group")


def is_in(item: Item, language: str) -> bool:
    found = language_of(item).replace("_", "-").lower()
    return not (found and language) or found.partition("-")[0] == language.partition("-")[0]


def _file(item: Item) -> FileFacts:
    data = item.value("_wp_attachment_metadata")
    credit = next((found for key in _CREDITS if (found := item.value(key).strip())), "")
    if not credit and (embedded := re.search(r'"credit";s:\d+:"([^"]+)"', data)):
        credit = embedded[1]
    names = [*re.findall(r'"file";s:\d+:"([^"/]+)"', data), *item.meta.get("_sizes", ())]
    sizes = tuple(dict.fromkeys(names))
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
        focus=next(filter(None, (_point(item.value(key)) for key in _FOCUS)), None),
        name=_file_name(item),
    )


def _file_name(item: Item) -> str:
    has_ending = "." in path_of(item.file_address).rpartition("/")[2]
    return item.file_address if has_ending else item.value("_wp_attached_file") or item.file_address


def _point(text: str) -> tuple[float, float] | None:
    """A point of a picture, as plugins write it: `a:2:{s:4:"left";s:5:"50.00";s:3:"top";s:5:"20.00";}`, `50% 20%`."""
    found = re.findall(r'(?<![\w.])(\d{1,3}(?:\.\d+)?)(?=%|"|;|,|\s|$|})', re.sub(r"\b[as]:\d+:", "", text))
    numbers = [float(number) for number in found]
    if len(numbers) != 2:
        return None
    if "%" in text or max(numbers) > 1:
        numbers = [number / 100 for number in numbers]
    return (numbers[0], numbers[1]) if all(0 <= number <= 1 for number in numbers) else None


def plain_line(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^<>]*>", " ", text)).split())


def path_of(address: str) -> str:
    """The decoded path of a URL: the same for http and https, and for any query."""
    try:
        return unquoted(urlsplit(address).path)
    except ValueError:
        return ""


def path_of_original(path: str) -> str:
    """The path of the file of which this is a smaller or edited copy."""
    return _SIZE.sub("", path)


PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|heic|bmp|tiff?)$", re.I)


def is_picture(address: str) -> bool:
    return bool(PICTURE.search(path_of(address)))


def content_items(records: Iterable[Record], language: str = "") -> Iterator[Item]:
    """The items of this language that become pages."""
    items = (record for record in numbered(records) if isinstance(record, Item) and is_content(record))
    return (item for item in items if is_in(item, language))


def numbered(records: Iterable[Record]) -> Iterator[Record]:
    """Give a number to an item that has none or a duplicate. It is the same in each run."""
    seen: set[int] = set()
    # How often each derived number was taken: items may even be the same in all their facts.
    repeated: Counter[int] = Counter()
    for record in records:
        if isinstance(record, Item) and is_content(record):
            if not record.wp_id or record.wp_id in seen:
                name = f"{record.kind} {record.link} {record.title} {record.date}"
                record.wp_id = first = stable_number(name)
                while record.wp_id in seen:
                    repeated[first] += 1
                    record.wp_id = stable_number(f"{name} {repeated[first]}")
            seen.add(record.wp_id)
        yield record
