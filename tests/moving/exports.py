"""Builds small, self-written WordPress exports."""

from datetime import datetime
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

OLD = "https://ancien.example"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.8" created="2026-10-01 08:00" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Ancien site</title><link>{address}</link><language>fr-FR</language>{version}
<wp:base_site_url>{address}</wp:base_site_url><wp:base_blog_url>{address}</wp:base_blog_url>
"""
TAIL = "</channel></rss>\n"
VERSION = "<wp:wxr_version>1.2</wp:wxr_version>"
_ids = count(1000)


def cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def export(*parts: str, version: str = VERSION, address: str = OLD) -> str:
    return HEAD.format(version=version, address=address) + "\n".join(parts) + TAIL


def author(login: str, name: str, email: str = "") -> str:
    return (
        f"<wp:author><wp:author_id>1</wp:author_id><wp:author_login>{cdata(login)}</wp:author_login>"
        f"<wp:author_email>{cdata(email)}</wp:author_email>"
        f"<wp:author_display_name>{cdata(name)}</wp:author_display_name></wp:author>"
    )


def category(slug: str, name: str, parent: str = "", number: int = 0) -> str:
    return (
        f"<wp:category><wp:term_id>{number or next(_ids)}</wp:term_id><wp:category_nicename>{cdata(slug)}</wp:category_nicename>"
        f"<wp:category_parent>{cdata(parent)}</wp:category_parent><wp:cat_name>{cdata(name)}</wp:cat_name></wp:category>"
    )


def a_tag(slug: str, name: str) -> str:
    return (
        f"<wp:tag><wp:term_id>{next(_ids)}</wp:term_id><wp:tag_slug>{cdata(slug)}</wp:tag_slug>"
        f"<wp:tag_name>{cdata(name)}</wp:tag_name></wp:tag>"
    )


def sitemap(*addresses: str) -> str:
    return f"{DECLARATION}<urlset {SITEMAPS}>{''.join(f'<url><loc>{each}</loc></url>' for each in addresses)}</urlset>"


def item(
    title: str,
    content: str = "",
    kind: str = "post",
    *,
    wp_id: int = 0,
    slug: str = "",
    status: str = "publish",
    link: str = "",
    categories: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    meta: dict[str, Any] | None = None,
    date: str = "2024-05-17 09:30:00",
    gmt: str = "2024-05-17 07:30:00",
    login: str = "anna",
    excerpt: str = "",
    parent: int = 0,
    order: int = 0,
    sticky: bool = False,
    password: str = "",
    file: str = "",
    more: str = "",
    guid: str = "",
) -> str:
    wp_id = wp_id or next(_ids)
    slug = slug or title.lower().replace(" ", "-")
    link = link or f"{OLD}/2024/05/{slug}/"
    terms = [f'<category domain="category" nicename="{each}">{cdata(each)}</category>' for each in categories]
    terms += [f'<category domain="post_tag" nicename="{each}">{cdata(each)}</category>' for each in tags]
    values = [
        (key, one) for key, value in (meta or {}).items() for one in (value if isinstance(value, list) else [value])
    ]
    metas = [
        f"<wp:postmeta><wp:meta_key>{cdata(key)}</wp:meta_key><wp:meta_value>{cdata(str(value))}</wp:meta_value></wp:postmeta>"
        for key, value in values
    ]
    attachment = f"<wp:attachment_url>{cdata(file)}</wp:attachment_url>" if file else ""
    first = f'<guid isPermaLink="false">{escape(guid or link)}</guid>'
    return f"""<item><title>{cdata(title)}</title><link>{escape(link)}</link>{first}<dc:creator>{cdata(login)}</dc:creator>
<content:encoded>{cdata(content)}</content:encoded><excerpt:encoded>{cdata(excerpt)}</excerpt:encoded>
<wp:post_id>{wp_id}</wp:post_id><wp:post_date>{cdata(date)}</wp:post_date><wp:post_date_gmt>{cdata(gmt)}</wp:post_date_gmt>
<wp:post_name>{cdata(slug)}</wp:post_name><wp:status>{cdata(status)}</wp:status><wp:post_parent>{parent}</wp:post_parent>
<wp:menu_order>{order}</wp:menu_order><wp:post_type>{cdata(kind)}</wp:post_type>
<wp:post_password>{cdata(password)}</wp:post_password><wp:is_sticky>{int(sticky)}</wp:is_sticky>{attachment}
{"".join(terms)}{"".join(metas)}{more}</item>"""


def attachment(title: str, file: str, **facts: Any) -> str:
    return item(title, kind="attachment", status="inherit", file=file, link=f"{OLD}/{title.lower()}/", **facts)


def written(folder: Path, text: str, name: str = "export.xml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
