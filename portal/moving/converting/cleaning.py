"""Cleans the HTML of a post with nh3, and parses it as a tree."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import nh3
from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PageElement, PreformattedString

from portal.moving.converting.converted import STRUCK

INLINE = {
    *("a", "b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "big", "sub", "sup", "span", "abbr"),
    *("code", "kbd", "samp", "var", "q", "cite", "dfn", "time", "bdi", "bdo", "font", "tt", "strike", "acronym", "wbr"),
    *("data", "ruby", "rt", "rp", "label", "img", "br"),
}
BLOCKS = {
    *("p", "div", "section", "article", "aside", "header", "footer", "main", "nav", "address", "center", "hgroup"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "figure"),
    *("figcaption", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "details"),
    *("summary", "fieldset", "legend", "menu", "form", "iframe", "audio", "video", "source", "track", "object"),
    *("embed", "button", "select", "option", "textarea", "picture"),
}
# These blocks are not split: parts that are taken out of them follow them.
PARTS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "figure", "table", "details"),
    *("form", "address"),
}
# Tags that separate words.
APART = BLOCKS | {"br", "img"}
# The classes of links that look like buttons.
BUTTONS = {
    *("wp-block-button__link", "wp-element-button", "btn", "button", "et_pb_button", "elementor-button"),
    *("elementor-button-link", "fusion-button", "vc_btn3", "vc_general", "fl-button", "avia-button"),
}
# The contents of these elements are not shown as text.
UNSEEN = {"script", "style", "noscript", "template", "title", "head"}
ATTRIBUTES = {
    "*": {"class", "style", "data-id", "data-embed", "data-passage", "data-gallery"},
    "a": {"href"},
    "img": {"src", "alt", "data-src", "data-lazy-src", "width", "height"},
    "iframe": {"src", "title", "data-src"},
    "embed": {"src"},
    "object": {"data"},
    "audio": {"src"},
    "video": {"src", "poster"},
    "source": {"src"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
}
_FOREIGN = re.compile(r"<(math|svg)\b[^<>]*>((?:(?!<\1\b).)*?)</\1>", re.I | re.S)
_PUNCTUATION = re.compile(r"^\W+|\W+$")


def tree_of(html: str) -> Tag:
    cleaned = nh3.clean(
        _FOREIGN.sub(_words_of_drawing, html),
        tags=INLINE | BLOCKS,
        attributes=ATTRIBUTES,
        clean_content_tags=UNSEEN,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
        filter_style_properties={"text-decoration", "text-decoration-line", "list-style", "list-style-type"},
    )
    tree = BeautifulSoup(cleaned, "html.parser")
    for source in tree.select("blockquote cite"):
        # WordPress shows the source of a quote on a separate line.
        source.insert_before("\n")
    return tree


def _words_of_drawing(match: re.Match[str]) -> str:
    """A passage with the words of a formula or drawing, because cleaning would remove them. Most drawings have none."""
    texts = re.findall(r"<text\b[^<>]*>((?:(?!<text\b).)*?)</text>", match[2], re.I | re.S)
    inside = re.sub(r"<annotation\b[^<>]*>[^<>]*", "", match[2]) if match[1].lower() == "math" else " ".join(texts)
    words = " ".join(re.sub(r"<[^<>]*>", " ", inside).split())
    return f'<div data-passage="{match[1].lower()}">{words}</div>' if words else ""


def set_struck_apart(tree: Tag) -> None:
    """Move struck words into a passage after the part of the text that contained them. Pictures among them stay."""
    taken: list[tuple[PageElement, str]] = []
    within: set[int] = set()
    for node in tree.select("s, strike, del, [style*='line-through' i]"):
        if id(node) in within:
            continue
        within.update(map(id, node.descendants))
        if words := plain(node):
            taken.append((_last_of_part(node), words))
            for text in node.find_all(string=True):
                text.extract()
    passages: dict[int, Tag] = {}
    parents: dict[int, Tag] = {}
    for key, group in groupby(taken, key=lambda pair: id(pair[0])):
        pairs = list(group)
        passages[key] = Tag(name="div", attrs={"data-passage": STRUCK})
        passages[key].string = " · ".join(words for _part, words in pairs)
        if parent := pairs[0][0].parent:
            parents[id(parent)] = parent
    # `insert_after` looks for the place among all children, once for each passage.
    for parent in parents.values():
        children = list(parent.children)
        parent.clear()
        for child in children:
            parent.extend(filter(None, (child, passages.get(id(child)))))


def _last_of_part(node: Tag) -> PageElement:
    """The outermost paragraph, list, table or similar element around a node; else the element that ends its line."""
    around = [node, *node.find_parents()]
    if parts := [each for each in around if each.name in PARTS or each.has_attr("data-embed")]:
        return parts[-1]
    last: PageElement = next(each for each in around if each.parent is None or each.parent.name not in INLINE)
    while (following := last.next_sibling) and not (isinstance(following, Tag) and following.name in BLOCKS):
        last = following
    return last


def is_text(node: object) -> bool:
    return isinstance(node, NavigableString) and not isinstance(node, PreformattedString)


def spaced_text(node: Tag) -> str:
    """The text that readers see, with a line break wherever a block or a line ends."""
    return "".join(_texts(node))


def words_of(node: Tag) -> list[str]:
    return spaced_text(node).split()


def bare_words(words: Iterable[str]) -> list[str]:
    """The words without the punctuation around them. Punctuation without letters is not a word."""
    return [bare for word in words if (bare := _PUNCTUATION.sub("", word))]


def is_ornament(node: Tag) -> bool:
    """Whether a picture is a smiley or a tracking pixel."""
    sizes = (attribute(node, "width"), attribute(node, "height"))
    return bool(classes_of(node) & {"wp-smiley", "emoji"}) or sizes in (("1", "1"), ("0", "0"))


def plain(node: Tag) -> str:
    """The text on one line."""
    return " ".join(words_of(node))


def _texts(node: Tag) -> Iterator[str]:
    # This is not recursive, because a text may be nested more deeply than Python's stack.
    walks = [(iter(node.children), "")]
    while walks:
        children, end = walks[-1]
        child = next(children, None)
        if child is None:
            walks.pop()
            yield end
        elif isinstance(child, Tag):
            is_apart = child.name in APART or (classes_of(child) & BUTTONS and child.get_text(strip=True))
            gap = "\n" if is_apart else ""
            yield gap
            walks.append((iter(child.children), gap))
        elif is_text(child):
            yield str(child)


def classes_of(node: Tag) -> set[str]:
    return set(re.split(r"\s+", attribute(node, "class"))) - {""}


def attribute(node: Tag, name: str) -> str:
    value = node.get(name, "")
    return " ".join(value) if isinstance(value, list) else str(value or "")
