"""Converts the shortcodes of page builders (WPBakery, Divi, Avada) to their contents, in order, without the layout."""

import re
from html import escape
from urllib.parse import unquote

from portal.moving.converting.shortcodes import (
    Shortcode,
    block,
    button,
    decoded,
    embed_html,
    gallery_html,
    heading,
    numbers,
    picture,
    plain_text,
    shortcode,
)

FRAMES = (
    *("vc_row", "vc_row_inner", "vc_column", "vc_column_inner", "vc_section", "vc_column_text", "vc_tta_tabs"),
    *("vc_tta_accordion", "vc_tta_tour", "vc_tabs", "vc_accordion", "vc_wp_text"),
    *("et_pb_section", "et_pb_row", "et_pb_row_inner", "et_pb_column", "et_pb_column_inner", "et_pb_text"),
    *("et_pb_accordion", "et_pb_tabs", "et_pb_slider", "et_pb_code", "et_pb_fullwidth_code"),
    *("fusion_builder_container", "fusion_builder_row", "fusion_builder_row_inner", "fusion_builder_column"),
    *("fusion_builder_column_inner", "fusion_text", "fusion_accordion", "fusion_tabs", "fusion_images"),
)
NOTHING = (
    *("vc_empty_space", "vc_separator", "et_pb_divider", "fusion_separator", "vc_icon", "et_pb_sidebar"),
    *("vc_zigzag", "fusion_section_separator", "divider", "spacer", "clear"),
)


@shortcode(*FRAMES)
def frame(found: Shortcode) -> str:
    return block(heading(found["title"]) + block(found.inner))


@shortcode(*NOTHING)
def nothing(found: Shortcode) -> str:
    return block(found.inner)


@shortcode("vc_single_image", "et_pb_image", "et_pb_fullwidth_image", "fusion_imageframe")
def single_picture(found: Shortcode) -> str:
    source = found.first("src", "image_url", "custom_src") or found.inner.strip()
    address = source if source.startswith(("http://", "https://")) else ""
    number = next(iter(numbers(found.first("image", "image_id"))), "")
    return block(picture(address, found.first("alt", "title_text"), number, escape(found["caption"])))


@shortcode("vc_btn", "vc_button", "vc_button2")
def bakery_button(found: Shortcode) -> str:
    return block(button(_bakery_link(found["link"]) or found["href"], found["title"]))


def _bakery_link(text: str) -> str:
    """The URL in a WPBakery link: `url:https%3A%2F%2F…|title:…|target:…`."""
    parts = dict(part.split(":", 1) for part in text.split("|") if ":" in part)
    return unquote(parts.get("url", "")) or (text if text.startswith("http") else "")


@shortcode("et_pb_button", "fusion_button")
def other_button(found: Shortcode) -> str:
    label = found["button_text"] or plain_text(found.inner)
    return block(button(found.first("button_url", "link"), label))


@shortcode("vc_custom_heading", "et_pb_heading", "fusion_title", "ultimate_heading")
def plain_heading(found: Shortcode) -> str:
    words = plain_text(found.first("text", "title", "main_heading") or found.inner)
    level = next(iter(re.findall(r"tag:(h[1-6])", found["font_container"])), found.first("title_level"))
    if found["size"].isdigit():
        level = f"h{found['size']}"
    return block(heading(words, level))


@shortcode("vc_video", "et_pb_video", "vc_embed")
def film(found: Shortcode) -> str:
    return block(embed_html(found.first("link", "src")))


@shortcode("vc_gallery", "vc_images_carousel", "et_pb_gallery", "vc_media_grid", "vc_masonry_media_grid")
def builder_gallery(found: Shortcode) -> str:
    return block(gallery_html(numbers(found.first("images", "gallery_ids", "include"))))


@shortcode("vc_raw_html")
def raw_html(found: Shortcode) -> str:
    return block(decoded(found.raw or ""))


@shortcode("vc_raw_js")
def raw_script(found: Shortcode) -> str:
    return block('<div data-passage="script"></div>')


@shortcode("vc_toggle", "vc_tta_section", "et_pb_toggle", "et_pb_accordion_item", "et_pb_tab", "fusion_toggle")
def opened(found: Shortcode) -> str:
    return block(f"<details><summary>{escape(found['title'])}</summary>\n\n{found.inner}\n\n</details>")


@shortcode("vc_tab", "vc_accordion_tab", "fusion_tab")
def tab(found: Shortcode) -> str:
    return block(heading(found["title"], "h3") + block(found.inner))


@shortcode("et_pb_blurb", "et_pb_slide", "et_pb_cta", "et_pb_fullwidth_header", "vc_cta", "vc_message")
def teaser(found: Shortcode) -> str:
    image = found.first("image", "header_image_url")
    shown = picture(image, found["alt"]) if image.startswith("http") else ""
    links = ("button_url", "url", "button_link", "button_one_url")
    address = found.first(*links) or _bakery_link(found["btn_link"])
    label = found.first("button_text", "button_one_text", "btn_title")
    under = "".join(f"<p>{escape(found[key])}</p>" for key in ("subhead", "h4") if found[key])
    title = heading(found.first("title", "heading", "h2"), "h3")
    return block(shown + title + under + block(found.inner) + (button(address, label) if label else ""))


@shortcode("et_pb_testimonial", "fusion_testimonial")
def testimonial(found: Shortcode) -> str:
    who = ", ".join(filter(None, (found.first("author", "name"), found["job_title"], found.first("company_name"))))
    cite = f"<cite>{escape(who)}</cite>" if who else ""
    return block(f"<blockquote>{block(found.inner)}{cite}</blockquote>")


@shortcode("et_pb_team_member")
def member(found: Shortcode) -> str:
    shown = picture(found["image_url"], found["name"]) if found["image_url"].startswith("http") else ""
    role = f"<p>{escape(found['position'])}</p>" if found["position"] else ""
    return block(shown + heading(found["name"], "h3") + role + block(found.inner))


@shortcode("et_pb_number_counter", "et_pb_circle_counter", "vc_pie")
def counter(found: Shortcode) -> str:
    number = found.first("number", "value") + found.first("units")
    return block("<p>" + escape(" ".join(filter(None, (number, found["title"])))) + "</p>")
