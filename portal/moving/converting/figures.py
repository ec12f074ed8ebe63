"""Converts pictures, galleries, players, embedded pages and files."""

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from bs4 import Tag

from portal.moving.converting.addresses import clean_address, video_address
from portal.moving.converting.cleaning import attribute, bare_words, classes_of, is_ornament, plain, words_of
from portal.moving.converting.converted import POSTER
from portal.moving.converting.flow import Flow, tag
from portal.moving.converting.texts import a_list, table
from portal.moving.wordpress.values import unquoted
from portal.platform.typography import first_sentences

LONGEST_CAPTION = 300
LONGEST_CREDIT = 160
LONGEST_ALT = 255
LONGEST_TITLE = 160
GALLERIES = {"wp-block-gallery", "gallery", "blocks-gallery-grid", "wp-block-jetpack-tiled-gallery", "tiled-gallery"}
PICTURES = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?|heic)$", re.I)
# The title that a host gives to each of its players: “YouTube video player”, “YouTube-Videoplayer”.
PLAYER = re.compile(r"\b(?:video[ -]?player|lecteur vidéo)\b", re.I)
_CREDIT_SIGN = r"(?:©|\(c\))"
_CREDIT_LABEL = (
    r"(?:(?:crédits?|credits?)(?:\s+(?:photos?|fotos?|images?))?|(?:photo|image|picture)\s+credits?|photos?|fotos?|"
    r"photographie|fotografie|bild(?:nachweis|er)?|images?|pictures?)"
)
# Words before a credit that our pages add themselves: “©”, “Photo:”, “© Photo :”, “Crédit photo : ©”, “Photo ©”.
CREDIT_OPENING = re.compile(
    rf"(?:(?:{_CREDIT_SIGN}\s*)?{_CREDIT_LABEL}\s*:\s*+(?:{_CREDIT_SIGN}\s*+)?"
    rf"|(?:{_CREDIT_LABEL}\s*)?{_CREDIT_SIGN}\s*+)",
    re.I,
)
# Words that describe the picture: “Photo : le hall en mai”.
_DESCRIPTION = r"(?-i:(?:les?|la|l[’']|une?|des|du|der|die|das|eine?|the|an?)(?!\w))"
CREDIT = re.compile(
    rf"(?:^|[\s.,;(\[/|–—-])[(\[]?({CREDIT_OPENING.pattern}(?!{_DESCRIPTION})[^()\[\]]{{2,120}}?)[)\]]?\s*\.?$", re.I
)


@tag("img")
def picture(flow: Flow, node: Tag) -> None:
    _figure(flow, node, "")


def _figure(flow: Flow, node: Tag, caption: str) -> None:
    media = flow.media(node)
    if media is None:
        if alt := attribute(node, "alt"):
            flow.note("picture without address", alt)
        flow.add_plain(caption)
        return
    text, credit, rest = split_caption(caption)
    alt = attribute(node, "alt")[:LONGEST_ALT]
    facts = {"image": media, "alt": alt, "decorative": False, "caption": text, "credit": credit, "wide": False}
    flow.add("figure", facts)
    flow.add_plain(rest)
    if flow.link and not PICTURES.search(urlsplit(flow.link).path) and "/attachment/" not in flow.link:
        flow.note("link of a picture", flow.link)


def split_caption(caption: str) -> tuple[str, str, str]:
    """The caption, the credit at its end, and the rest. A caption that is too long becomes the rest."""
    if len(caption) > LONGEST_CAPTION + LONGEST_CREDIT:
        return "", "", caption
    found = CREDIT.search(caption)
    while found and first_sentences(found[1], 1) != found[1]:
        # Another sentence follows, so this is not a name.
        found = CREDIT.search(caption, found.start(1) + 1)
    credit = found[1].strip() if found else ""
    if found and len(credit) <= LONGEST_CREDIT:
        text = caption[: found.start(1)].rstrip(" ([–—-/|,;")
        # This is only done if no word or part of a word is lost.
        if len(text) <= LONGEST_CAPTION and bare_words(f"{text} {credit}".split()) == bare_words(caption.split()):
            return text, credit, ""
    return (caption, "", "") if len(caption) <= LONGEST_CAPTION else ("", "", caption)


def bare_credit(credit: str) -> str:
    """The name in a credit, without the “©” that our pages add."""
    return CREDIT_OPENING.sub("", credit, count=1) if CREDIT_OPENING.match(credit) else credit


@tag("figure")
def figure(flow: Flow, node: Tag) -> None:
    captions = [part for part in node.find_all("figcaption", recursive=False) if plain(part)]
    caption = " ".join(plain(part) for part in captions)
    images = node.find_all("img")
    inner = node.find(["table", "blockquote", "pre", "iframe", "audio", "video", "form", "object"]) or node.select_one(
        "[data-embed]"
    )
    if classes_of(node) & GALLERIES or (len(images) > 1 and inner is None):
        _extract(captions)
        gallery(flow, node, caption)
    elif isinstance(inner, Tag) and _has_more(node, inner, captions):
        flow.walk(node)
    elif isinstance(inner, Tag) and inner.name == "table" and not images:
        _extract(captions)
        table(flow, inner, caption)
    elif isinstance(inner, Tag) and _is_embedded(flow, inner):
        _extract(captions)
        address = _address_of(flow, inner)
        embed(flow, address, caption)
    elif len(images) == 1 and inner is None:
        _extract(captions)
        _linked(flow, node, images[0], caption)
    else:
        flow.walk(node)


def _is_embedded(flow: Flow, node: Tag) -> bool:
    """Whether a page or a video of another site is embedded. A film of the media library is a file."""
    is_page = node.name == "iframe" or node.has_attr("data-embed")
    return is_page or (node.name == "video" and bool(video_address(_address_of(flow, node))))


def _has_more(node: Tag, inner: Tag, captions: list[Tag]) -> bool:
    """Whether a figure has words besides its content and its captions."""
    return len(words_of(node)) > len(words_of(inner)) + sum(len(words_of(caption)) for caption in captions)


def _linked(flow: Flow, node: Tag, image: Tag, caption: str) -> None:
    link = image.find_parent("a")
    before = flow.link
    if isinstance(link, Tag):
        flow.link = clean_address(attribute(link, "href"), flow.base) or before
    if words_of(node):
        # Text beside the picture, such as a card's title.
        flow.walk(node)
        flow.add_plain(caption)
    else:
        _figure(flow, image, caption)
    flow.link = before


def _extract(parts: list[Tag]) -> None:
    for part in parts:
        part.extract()


def gallery(flow: Flow, node: Tag, caption: str = "") -> None:
    images, texts = [], []
    for image in node.find_all("img"):
        holder = image.find_parent(["figure", "li", "dl"])
        own = holder.find(["figcaption", "dd"]) if isinstance(holder, Tag) and holder is not node else None
        words = plain(own) if isinstance(own, Tag) else ""
        if isinstance(own, Tag):
            own.extract()
        media = flow.media(image)
        if media and not is_ornament(image):
            alt = attribute(image, "alt")[:LONGEST_ALT]
            text, credit, words = split_caption(words)
            images.append({"image": media, "alt": alt, "decorative": False, "caption": text, "credit": credit})
        texts.append(words)
        image.extract()
    if images:
        text, credit, rest = split_caption(caption)
        caption = text or rest
        images = [{**each, "credit": each["credit"] or credit} for each in images]
    if len(images) == 1:
        flow.add("figure", {**images[0], "wide": False})
    elif images:
        flow.add("gallery", {"images": images})
    for text in [*texts, caption]:
        flow.add_plain(text)
    flow.walk(node)


@tag("iframe", "embed", "object")
def frame(flow: Flow, node: Tag) -> None:
    address = _address_of(flow, node)
    # An object often contains the same page for browsers that do not show it.
    if node.name == "object" and any(_address_of(flow, inner) for inner in node.find_all(["embed", "iframe"])):
        pass
    elif address:
        title = attribute(node, "title")
        embed(flow, address, title if video_address(address) and not PLAYER.search(title) else "")
    else:
        flow.add_unconverted(node.name)
    flow.walk(node)


def _address_of(flow: Flow, node: Tag) -> str:
    names = ("data-embed", "src", "data-src", "data")
    return next((found for name in names if (found := clean_address(attribute(node, name), flow.base))), "")


def embed(flow: Flow, address: str, caption: str = "") -> None:
    """A video behind the picture of the story, or a link, because pages load nothing from third parties."""
    video = video_address(address)
    if not address.startswith("http"):
        flow.add_unconverted("embedded page")
        flow.add_plain(caption)
    elif video and not flow.in_list:
        title = caption if 0 < len(caption) <= LONGEST_TITLE else ""
        flow.add("video", {"title": title, "url": video, "image": POSTER, "duration": "", "transcript": ""})
        flow.add_plain(caption if caption != title else "")
    elif PICTURES.search(urlsplit(address).path):
        image = Tag(name="img", attrs={"src": address})
        _figure(flow, image, caption)
    else:
        flow.add_link(address)
        flow.add_plain(caption)
        flow.note("embedded page", address)


@tag("audio", "video")
def player(flow: Flow, node: Tag) -> None:
    source = node.find("source")
    media = flow.media(node) or (flow.media(source) if isinstance(source, Tag) else None)
    if media is None:
        flow.add_unconverted(node.name)
    elif video_address(media.address) and not media.wp_id:
        embed(flow, media.address)
    else:
        flow.add("recording", {"document": media, "title": ""})
        flow.note("player", media.address or str(media.wp_id))
    flow.walk(node)


@tag("source", "track", "col", "colgroup")
def unseen(flow: Flow, node: Tag) -> None:
    flow.walk(node)


@tag("div", "ul", "section", "dl")
def part(flow: Flow, node: Tag) -> None:
    """Passages, embedded pages, files and galleries, known by attribute or class. Other tags are passed through."""
    names = classes_of(node)
    if what := attribute(node, "data-passage"):
        flow.add_unconverted(what, plain(node))
    elif node.has_attr("data-embed"):
        embed(flow, _address_of(flow, node), plain(node))
    elif "wp-block-file" in names and (link := node.find("a", href=True)):
        _file(flow, node, link)
    elif names & GALLERIES and node.find("img"):
        gallery(flow, node)
    elif node.name == "ul":
        a_list(flow, node)
    else:
        flow.walk(node)


def _file(flow: Flow, node: Tag, link: Tag) -> None:
    address = clean_address(attribute(link, "href"), flow.base)
    label = plain(link)
    if not address.startswith("http"):
        flow.walk(node)
        return
    media = flow.media(link, "href")
    name = unquoted(PurePosixPath(urlsplit(address).path).name)
    title = label if label and len(label) <= LONGEST_TITLE else name[:LONGEST_TITLE]
    flow.add("download", {"document": media, "title": title})
    link.extract()
    for each in node.find_all("a", class_="wp-block-file__button"):
        flow.note("label of a download", plain(each))
        each.extract()
    if label != title:
        flow.add_plain(label)
    flow.walk(node)
