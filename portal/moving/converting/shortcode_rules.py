"""WordPress's own shortcodes: captions, galleries, embeds, players."""

import re
from html import escape, unescape

from portal.moving.converting.shortcodes import (
    CODE,
    Shortcode,
    block,
    button_of,
    embed_html,
    escape_brackets,
    gallery_html,
    numbers,
    passage_html,
    shortcode,
    sound_html,
    unknown,
)

SOUNDS = ("src", "mp3", "m4a", "ogg", "wav", "wma", "flac")
FILMS = ("src", "mp4", "m4v", "webm", "ogv", "wmv", "flv")
# The keys of videos and the addresses of their pages, whose shortcodes only have a key.
PAGES = {
    "youtube": (r"[\w-]{11}", "https://www.youtube.com/watch?v="),
    "vimeo": (r"\d+", "https://vimeo.com/"),
    "dailymotion": (r"\w+", "https://www.dailymotion.com/video/"),
    "wpvideo": (r"\w{8}", "https://videopress.com/v/"),
    "videopress": (r"\w{8}", "https://videopress.com/v/"),
    "slideshare": (r"\d+", "https://www.slideshare.net/slideshow/embed_code/"),
}
# Embeds of WordPress.com and of common plugins. Their names are words, too: “[twitter]”.
EMBEDS = (
    *("archiveorg", "bandcamp", "cincopa", "crowdsignal", "facebook", "flickr", "gist", "googlemaps", "googlevideo"),
    *("houzz", "hulu", "iframe", "instagram", "kickstarter", "livestream", "medium", "metacafe", "mixcloud"),
    *("pinterest", "polldaddy", "scribd", "slideshare", "soundcloud", "spotify", "ted", "tiktok", "tweet", "twitter"),
    *("ustream", "vine", "wistia", "wufoo"),
)
# Plugins whose names have a hyphen, as many words do.
FEEDS = (
    *("ajax-load-more", "custom-facebook-feed", "custom-twitter-feeds", "display-posts", "ess-grid", "googleapps"),
    *("gravity-form", "instagram-feed", "protected-iframe", "simple-payment", "smart-slider", "wp-google-maps"),
    *("youtube-feed", "untappd-menu"),
)


@shortcode("caption", "wp_caption")
def caption(found: Shortcode) -> str:
    image = re.match(r"\s*((?:<a\b[^<>]*>)?\s*<img\b[^<>]*>\s*(?:</a>)?)(.*)", found.inner, re.I | re.S)
    if not image:
        return unknown(found)
    words = image[2].strip() or escape(found["caption"])
    number = next(iter(numbers(found["id"])), "")
    shown = image[1] if "wp-image-" in image[1] or not number else image[1].replace("<img", f'<img data-id="{number}"')
    under = f"<figcaption>{words}</figcaption>" if words else ""
    return block(f"<figure>{shown}{under}</figure>")


@shortcode(*CODE)
def code(found: Shortcode) -> str:
    """Lines of a program. Nothing in them is a tag or a shortcode. Plugins store them with or without entities."""
    if found.raw is None:
        return escape_brackets(found.source)
    return block(f"<pre>{escape_brackets(escape(unescape(found.raw)))}</pre>")


@shortcode("gallery")
def gallery(found: Shortcode) -> str:
    chosen = numbers(found.first("ids", "include"))
    # A gallery without numbers shows the pictures uploaded to the post.
    return block(gallery_html(chosen) if chosen else '<div data-gallery="attached"></div>')


@shortcode("embed", "youtube", "vimeo", "dailymotion", "video_embed", "fusion_youtube", "fusion_vimeo", *EMBEDS)
@shortcode("wpvideo", "videopress")
def embed(found: Shortcode) -> str:
    address = (found.raw or "").strip() or found.first("src", "url", "id", "0").lstrip("=").strip()
    if found.name in EMBEDS and not address.startswith(("http://", "https://")):
        if found.raw:
            return unknown(found)
        if not any(not name.isdigit() or re.search(r"\d", value) for name, value in found.attributes.items()):
            return escape_brackets(found.source)
    key, page = PAGES.get(found.name.removeprefix("fusion_"), ("", ""))
    # WordPress.com writes `id=6841838&doc=slides`.
    if key and (number := re.fullmatch(rf"({key})(?:&.*)?", address, re.S)):
        address = page + number[1]
    is_address = address.startswith(("http://", "https://"))
    return block(embed_html(address) if is_address else passage_html(f"[{found.name}] {address}".strip()))


@shortcode("audio")
def audio(found: Shortcode) -> str:
    address = found.first(*SOUNDS)
    shown = f'<audio src="{escape(address)}"></audio>' if address else sound_html(found["0"])
    return block(shown or passage_html("[audio]"))


@shortcode("video")
def video(found: Shortcode) -> str:
    address = found.first(*FILMS) or (found.raw or "").strip()
    return block(f'<video src="{escape(address)}"></video>' if address else passage_html("[video]"))


@shortcode("playlist")
def playlist(found: Shortcode) -> str:
    files = "".join(f'<audio src="" data-id="{number}"></audio>' for number in numbers(found["ids"]))
    return block(files or passage_html("[playlist]"))


shortcode("button", "btn")(button_of)


@shortcode("contact-form-7", "contact-form", "wpforms", "gravityform", "ninja_form", "formidable", "mc4wp_form")
@shortcode(*FEEDS)
def form(found: Shortcode) -> str:
    title = found.first("title", "name")
    return block(passage_html(f"[{found.name}] {title}".strip()))
