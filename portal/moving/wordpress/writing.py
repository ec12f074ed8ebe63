"""Writes WXR 1.2, the export format of WordPress, from the records that the reader yields."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from portal.content.feeds.formats import xml_safe
from portal.moving.wordpress.records import Author, Channel, Item, Term

VERSION = "1.2"
NO_TIME = "0000-00-00 00:00:00"
END = "</channel>\n</rss>\n"
_TERMS = {"category": "wp:category", "post_tag": "wp:tag"}


def xml_text(text: str) -> str:
    return escape(xml_safe(text))


def cdata(text: str) -> str:
    return "<![CDATA[" + xml_safe(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def wxr_beginning(channel: Channel, now: datetime) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/{VERSION}/excerpt/" \
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/{VERSION}/">
<channel>
<title>{xml_text(channel.title)}</title>
<link>{xml_text(channel.address)}</link>
<pubDate>{format_datetime(now.astimezone(UTC))}</pubDate>
<language>{xml_text(channel.language)}</language>
<wp:wxr_version>{VERSION}</wp:wxr_version>
<wp:base_site_url>{xml_text(channel.files_address)}</wp:base_site_url>
<wp:base_blog_url>{xml_text(channel.address)}</wp:base_blog_url>
"""


def wxr_author(author: Author) -> str:
    return (
        f"<wp:author><wp:author_id>{author.wp_id}</wp:author_id><wp:author_login>{cdata(author.login)}"
        f"</wp:author_login><wp:author_email>{cdata(author.email)}</wp:author_email>"
        f"<wp:author_display_name>{cdata(author.name)}</wp:author_display_name></wp:author>\n"
    )


def wxr_term(term: Term) -> str:
    """A category, a tag, or a term of another taxonomy; a parent comes before its children."""
    tag = _TERMS.get(term.taxonomy, "wp:term")
    slug, name, parent = cdata(term.slug), cdata(term.name), cdata(term.parent)
    number = f"<wp:term_id>{term.wp_id}</wp:term_id>"
    if tag == "wp:category":
        parts = f"<wp:category_nicename>{slug}</wp:category_nicename><wp:category_parent>{parent}</wp:category_parent>"
        parts += f"<wp:cat_name>{name}</wp:cat_name>"
    elif tag == "wp:tag":
        parts = f"<wp:tag_slug>{slug}</wp:tag_slug><wp:tag_name>{name}</wp:tag_name>"
    else:
        parts = f"<wp:term_taxonomy>{cdata(term.taxonomy)}</wp:term_taxonomy><wp:term_slug>{slug}</wp:term_slug>"
        parts += f"<wp:term_parent>{parent}</wp:term_parent><wp:term_name>{name}</wp:term_name>"
    return f"<{tag}>{number}{parts}</{tag}>\n"


def wxr_item(item: Item, names: Mapping[tuple[str, str], str]) -> str:
    """An item; `names` are the names of its terms."""
    terms = "\n".join(
        f'<category domain="{xml_text(taxonomy)}" nicename="{xml_text(slug)}">'
        f"{cdata(names.get((taxonomy, slug), slug))}</category>"
        for taxonomy, slug in item.terms
    )
    meta = "\n".join(
        f"<wp:postmeta><wp:meta_key>{cdata(key)}</wp:meta_key><wp:meta_value>{cdata(value)}</wp:meta_value></wp:postmeta>"
        for key, values in item.meta.items()
        for value in values
    )
    file = f"<wp:attachment_url>{cdata(item.file_address)}</wp:attachment_url>" if item.file_address else ""
    published = f"<pubDate>{format_datetime(item.date_gmt)}</pubDate>" if item.date_gmt else ""
    return f"""<item>
<title>{cdata(item.title)}</title>
<link>{xml_text(item.link)}</link>
{published}
<dc:creator>{cdata(item.author)}</dc:creator>
<guid isPermaLink="false">{xml_text(item.link)}</guid>
<description></description>
<content:encoded>{cdata(item.content)}</content:encoded>
<excerpt:encoded>{cdata(item.excerpt)}</excerpt:encoded>
<wp:post_id>{item.wp_id}</wp:post_id>
<wp:post_date>{_time(item.date)}</wp:post_date>
<wp:post_date_gmt>{_time(item.date_gmt)}</wp:post_date_gmt>
<wp:comment_status>closed</wp:comment_status>
<wp:ping_status>closed</wp:ping_status>
<wp:post_name>{cdata(item.slug)}</wp:post_name>
<wp:status>{xml_text(item.status)}</wp:status>
<wp:post_parent>{item.parent}</wp:post_parent>
<wp:menu_order>{item.order}</wp:menu_order>
<wp:post_type>{xml_text(item.kind)}</wp:post_type>
<wp:post_password>{cdata(item.password)}</wp:post_password>
<wp:is_sticky>{int(item.is_sticky)}</wp:is_sticky>
{file}
{terms}
{meta}
</item>
"""


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else NO_TIME
