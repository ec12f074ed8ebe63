"""Text that page builders and plugins (Elementor, ACF) store outside the post, as HTML in order."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from portal.moving.converting.editor_blocks import classic
from portal.moving.converting.shortcodes import button, embed_html, heading, passage_html, picture, plain_text
from portal.moving.wordpress.values import json_value

Settings = Mapping[str, Any]
MAX_DEPTH = 40
# Widgets without text of their own.
SILENT = frozenset("spacer divider menu-anchor read-more sidebar".split())  # noqa: SIM905 - a list of names
# List widgets: the setting that holds the entries, and the parts of each entry to show.
LISTS = {
    "icon-list": ("icon_list", ("text",)),
    "price-list": ("price_list", ("title", "price", "item_description")),
    "slides": ("slides", ("heading", "description")),
    "reviews": ("slides", ("content", "name")),
    "testimonial-carousel": ("slides", ("content", "name", "title")),
}
PANELS = ("accordion", "tabs", "toggle", "nested-accordion", "nested-tabs")
# Visible text settings of widgets without a handler, in display order.
TEXT_SETTINGS = (
    *("title", "title_text", "heading", "sub_heading", "ribbon_title", "testimonial_content", "testimonial_name"),
    *("testimonial_job", "alert_title", "alert_description", "description", "description_text", "editor", "text"),
    *("content", "caption", "html", "price", "period", "footer_additional_info"),
)


def elementor_html(data: str) -> str | None:
    """The HTML of the elements in `_elementor_data`; None if unreadable."""
    try:
        elements = json_value(data)
    except (ValueError, RecursionError):
        return None
    return "\n".join(_elements(elements, 0)) if isinstance(elements, list) else None


def _elements(elements: Any, depth: int) -> Iterator[str]:
    for element in elements if isinstance(elements, list) and depth < MAX_DEPTH else ():
        if not isinstance(element, dict):
            continue
        settings = element.get("settings")
        settings = settings if isinstance(settings, dict) else {}
        widget = str(element.get("widgetType") or "")
        if widget and widget not in SILENT:
            yield _WIDGETS.get(widget, _other)(settings) or ("" if element.get("elements") else passage_html(widget))
        yield from _elements(element.get("elements"), depth + 1)


def _text(settings: Settings, *names: str) -> str:
    return next((str(settings[name]) for name in names if isinstance(settings.get(name), str | int)), "")


def _plain(settings: Settings, *names: str) -> str:
    """A text that is shown without marks. Elementor stores it as HTML, such as `Decor &amp; Florists`."""
    return plain_text(_text(settings, *names))


def _url(value: Any) -> str:
    return str(value.get("url") or "") if isinstance(value, dict) else ""


def _heading(settings: Settings) -> str:
    words = _plain(settings, "title")
    shown = heading(words, _text(settings, "header_size"))
    address = _url(settings.get("link"))
    return (
        shown.replace(f">{escape(words)}<", f'><a href="{escape(address)}">{escape(words)}</a><') if address else shown
    )


def _picture(settings: Settings) -> str:
    image = settings.get("image")
    wp_id = str(image.get("id") or "") if isinstance(image, dict) else ""
    alt = _plain(image, "alt") if isinstance(image, dict) else ""
    caption = escape(_plain(settings, "caption")) if settings.get("caption_source") == "custom" else ""
    return picture(_url(image), alt, wp_id, caption)


def _gallery(settings: Settings) -> str:
    images: Any = next((settings[name] for name in ("gallery", "wp_gallery", "carousel") if settings.get(name)), [])
    shown = "".join(picture(_url(image), "", str(image.get("id") or "")) for image in images if isinstance(image, dict))
    return f'<figure class="wp-block-gallery">{re.sub("</?figure>", "", shown)}</figure>' if shown else ""


def _video(settings: Settings) -> str:
    names = (f"{settings.get('video_type') or 'youtube'}_url", "youtube_url", "vimeo_url", "external_url", "link")
    address = next((found for name in names if (found := _url(settings.get(name)) or _text(settings, name))), "")
    return embed_html(address)


def _box(settings: Settings) -> str:
    label, address = _plain(settings, "title_text"), _url(settings.get("link"))
    title = heading(label, _text(settings, "title_size") or "h3")
    description = classic(_text(settings, "description_text"))
    return _picture(settings) + title + (description or (button(address, label) if address else ""))


def _quote(settings: Settings) -> str:
    words = _text(settings, "testimonial_content", "blockquote_content")
    who = ", ".join(
        filter(None, (_plain(settings, name) for name in ("testimonial_name", "testimonial_job", "author_name")))
    )
    cite = f"<cite>{escape(who)}</cite>" if who else ""
    return f"<blockquote>{classic(words)}{cite}</blockquote>" if words else ""


def _panels(settings: Settings) -> str:
    found = settings.get("tabs") or settings.get("items") or []
    entries = [(_plain(each, "tab_title", "item_title"), each) for each in found if isinstance(each, dict)]
    return "".join(
        f"<details><summary>{escape(title)}</summary>{_text(each, 'tab_content')}</details>" for title, each in entries
    )


def _list(name: str, parts: tuple[str, ...]) -> Callable[[Settings], str]:
    def shown(settings: Settings) -> str:
        entries = [each for each in settings.get(name) or [] if isinstance(each, dict)]
        words = [" ".join(filter(None, (_text(each, part) for part in parts))) for each in entries]
        return f"<ul>{''.join(f'<li>{each}</li>' for each in words if each)}</ul>" if any(words) else ""

    return shown


def _other(settings: Settings) -> str:
    """Text, images and buttons of a widget without a handler."""
    texts = "".join(classic(_text(settings, name)) for name in TEXT_SETTINGS if _text(settings, name))
    label = _plain(settings, "button_text", "button")
    address = _url(settings.get("button_link") or settings.get("link"))
    return _picture(settings) + texts + (button(address, label) if label else "")


_WIDGETS: dict[str, Callable[[Settings], str]] = {
    "heading": _heading,
    "text-editor": lambda settings: classic(_text(settings, "editor")),
    "html": lambda settings: _text(settings, "html"),
    "shortcode": lambda settings: classic(_text(settings, "shortcode")),
    "image": _picture,
    "image-gallery": _gallery,
    "image-carousel": _gallery,
    "gallery": _gallery,
    "media-carousel": _gallery,
    "button": lambda settings: button(_url(settings.get("link")), _plain(settings, "text")),
    "video": _video,
    "image-box": _box,
    "icon-box": _box,
    "testimonial": _quote,
    "blockquote": _quote,
    **dict.fromkeys(PANELS, _panels),
    **{widget: _list(*facts) for widget, facts in LISTS.items()},
}


def fields_html(meta: Mapping[str, list[str]], pictures: Mapping[int, Any]) -> str:
    """A post's Advanced Custom Fields as HTML, in order: prose and images, but not single words.

    `pictures` is the media library, keyed by attachment ID.
    """
    shown = []
    for key, values in meta.items():
        if not values or not meta.get(f"_{key}", [""])[-1].startswith("field_"):
            continue
        value = values[-1].strip()
        if re.fullmatch(r"\d{1,15}", value) and int(value) in pictures:
            shown.append(picture(wp_id=value))
        elif re.search(r"[^\W\d_]\s+\S|<(?:p|h\d|ul|ol|img)\b", value) and not re.match(r"[aOs]:\d+:", value):
            shown.append(classic(value))
    return "\n\n".join(shown)
