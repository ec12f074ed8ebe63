"""Tags and filters available in every template (they are builtins)."""

from datetime import date, datetime
from functools import cache
from typing import Any, cast
from urllib.parse import quote, urlsplit

from django import template
from django.template import defaultfilters
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.models import Page

from portal.content.blocks.bodies import anchor_headings
from portal.content.extension_points import hooked_html
from portal.content.lists.subjects import topics_below
from portal.content.pages.pages import PortalPage
from portal.content.records.cards import Card, CardSubject
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.serving.editions import MenuLink, NetworkHome
from portal.content.serving.language_links import LanguageLink, language_links_of, links_between, links_of_list
from portal.content.serving.texts import body_html
from portal.content.share.words import share_image_url
from portal.content.structured_data.pages import canonical_url
from portal.content.structured_data.schema import script
from portal.formats.words import date_and_time, format_hour, in_words, ordinal_day
from portal.media.picture import largest_jpeg_url, sources
from portal.platform.caching.expiry import next_expiry
from portal.platform.caching.request_version import version_of
from portal.platform.languages import open_graph_locale
from portal.platform.typography import SHORT_COMPOUND, first_sentences, typeset
from portal.platform.zones import foreign_clock_name

register = template.Library()
UNKNOWN = object()
LONGEST_TITLE = 69


@register.simple_tag(takes_context=True)
def url_of(context: template.Context, page: Page) -> str:
    """The URL of a page: a path within this edition, a full URL on another site."""
    edition = context.get("edition")
    if edition and page.path.startswith(edition.home.path):
        return edition.url_of(page)
    if edition and (neighbour := edition.network_home_of(page.path)):
        return neighbour.url_of(page)
    return page.get_url(context.get("request")) or "" if isinstance(page, Page) else ""


@register.simple_tag(takes_context=True)
def network_home_of(context: template.Context, page: Page) -> NetworkHome | None:
    """The home page of the other site that a page belongs to; None for a page of this edition."""
    edition = context.get("edition")
    if edition is None or page.path.startswith(edition.home.path):
        return None
    return edition.network_home_of(page.path)


@register.simple_tag(takes_context=True)
def subject_of(context: template.Context, card: Card) -> CardSubject | None:
    """The page that a story is about, if it is public and belongs to this edition."""
    edition, about = context.get("edition"), card.about
    if edition is None or about is None or not about.path.startswith(edition.home.path):
        return None
    return None if edition.is_private(about.path) else about


@register.simple_tag(takes_context=True)
def canonical(context: template.Context, page: Page) -> str:
    """The canonical URL of a page; for an alias, that of its original."""
    edition = context.get("edition")
    return canonical_url(page, edition, context.get("request")) if edition else page.full_url or ""


@register.simple_tag(takes_context=True)
def original_of(context: template.Context, page: Page) -> MenuLink | None:
    """The site that shared a page, with the original's full URL; None for this site's own pages."""
    edition, share = context.get("edition"), getattr(page, "share", None)
    if edition is None or share is None:
        return None
    original = share.page.specific_deferred
    owner = next((link for link in edition.network if original.full_url.startswith(link.url)), None)
    return MenuLink(owner.label, original.full_url) if owner else None


@register.simple_tag(takes_context=True)
def section_of(context: template.Context, page: Page) -> MenuLink | None:
    edition = context.get("edition")
    return edition.section_of(page.path) if edition else None


@register.simple_tag
def picture(image, slot: str, alt: str = "", loading: str = "", priority: str = "") -> SafeString:
    """A responsive picture for a slot of `portal.media.picture.SLOTS`; empty without an image."""
    if not image:
        return mark_safe("")
    found = sources(image, slot)
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" loading="{}"{} '
        'decoding="async"></picture>',
        format_html_join(
            "",
            '<source type="{}" srcset="{}" sizes="{}">',
            ((kind, srcset, found.sizes) for kind, srcset in found.sources),
        ),
        found.src,
        found.srcset,
        found.sizes,
        found.width,
        found.height,
        alt,
        loading or "lazy",
        mark_safe(' fetchpriority="high"') if priority == "high" else "",
    )


@register.simple_tag
def whole_picture(image) -> SafeString:
    """Attributes for a link to a large uncropped picture: the file's URL, and the sources for a script."""
    shown = dict(sources(image, "wide").sources)["image/webp"]
    return format_html('href="{}" data-srcset="{}"', largest_jpeg_url(image, "wide"), shown)


@register.simple_tag
def picture_address(image, slot: str) -> str:
    """The URL of the picture as a single JPEG, for social networks and emails."""
    return sources(image, slot).src


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative icon from `img/icons.svg`. Adjacent text must carry its meaning."""
    return format_html(
        '<svg class="icon" width="16" height="16" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def zone_of(context: template.Context, event) -> str:
    """The name of an event's time zone, if it differs from the edition's."""
    edition = context.get("edition")
    return foreign_clock_name(event, edition.zone) if edition else ""


@register.simple_tag(takes_context=True)
def body_of(context: template.Context, page: PortalPage) -> SafeString:
    """The rendered body of a page; cached if the router serves the page."""
    edition = context.get("edition") if page.trail else None
    return body_html(page.body, page.pk, page.live_revision_id, page.last_published_at, edition, context.flatten())


@register.simple_tag(takes_context=True)
def topic_url(context: template.Context, topic: Topic) -> str:
    """The URL of a topic's page; empty for another site's topic."""
    edition = context.get("edition")
    return edition.topic_url(topic) if edition else ""


@register.simple_tag(takes_context=True)
def person_url(context: template.Context, person: Person, page: Page | None) -> str:
    """The URL of an author's own page; empty if the author has none or readers may not see `page`."""
    edition = context.get("edition")
    is_public = page is not None and page.live and edition is not None and not edition.is_private(page.path)
    return edition.person_url(person) if edition and is_public else ""


@register.simple_tag(takes_context=True)
def author_url(context: template.Context, person: Person) -> str:
    return context["edition"].person_url(person)


@register.simple_tag(takes_context=True)
def present_state(context: template.Context) -> object:
    """A value that changes whenever visible content changes, including changes without a write; or UNKNOWN."""
    request = getattr(context, "request", None)
    version = version_of(request) if request else None
    return UNKNOWN if version is None else (version, next_expiry(version, timezone.now()))


@register.simple_tag(takes_context=True)
def filter_key(context: template.Context, form: Any) -> object:
    """The choices of a filter form as a cache key; UNKNOWN if the reader has set a filter."""
    request = context.get("request")
    return UNKNOWN if request is None or request.GET else getattr(form, "offered", UNKNOWN)


@register.simple_tag(takes_context=True)
def section_topics(context: template.Context, section: MenuLink) -> list[Topic]:
    page = Page.objects.filter(path=section.path).only("pk").first()
    if page is None:
        return []
    return topics_below(page.pk, context["edition"], timezone.now())


@register.simple_tag
def role_of(person: Person) -> str:
    return person.role_in((get_language() or "")[:2])


@register.simple_tag(takes_context=True)
def structured_data(context: template.Context) -> SafeString:
    edition, page = context.get("edition"), context.get("page")
    if (entry := context.get("entry")) is not None:
        return script(entry.structured_data)
    if edition is None or not isinstance(page, PortalPage):
        return mark_safe("")
    return script(page.structured_data(edition, context.flatten()))


@register.simple_tag(takes_context=True)
def share_picture(context: template.Context, page: Page | None) -> str:
    """The full URL of a page's share image; empty for a topic's or author's page, which has none."""
    edition = context.get("edition")
    return share_image_url(page, edition) if edition and isinstance(page, Page) else ""


class CachedFragmentNode(template.Node):
    def __init__(self, nodes: template.NodeList, key: list[template.base.FilterExpression]):
        self.nodelist = nodes
        self.key = key

    def render(self, context: template.Context) -> SafeString:
        edition = context.get("edition")
        if edition is None:
            return self.nodelist.render(context)
        key = tuple(part.resolve(context) for part in self.key)
        if UNKNOWN in key:
            return self.nodelist.render(context)
        return edition.cached_html(key, lambda: self.nodelist.render(context))


@register.tag
def cached(parser: template.base.Parser, token: template.base.Token) -> CachedFragmentNode:
    """`{% cached "name" value … %}`: HTML that depends only on the values and the edition's content version.

    Nothing is cached if a value is UNKNOWN.
    """
    key = [parser.compile_filter(part) for part in token.split_contents()[1:]]
    nodes = parser.parse(("endcached",))
    parser.delete_first_token()
    return CachedFragmentNode(nodes, key)


@register.simple_tag(takes_context=True)
def extension_point(context: template.Context, place: str) -> SafeString:
    return hooked_html(place, cast(dict[str, Any], context.flatten()))


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list:
    edition, page = context.get("edition"), context.get("page")
    if edition is None:
        return []
    if (entry := context.get("entry")) is not None:
        return links_between(entry.language_urls, edition)
    links = language_links_of(page, edition)
    lists = {edition.list_url(page, which): which for which in edition.list_urls} if page else {}
    which = lists.get(context.get("list_url", ""))
    return links_of_list(links, which) if which else links


@register.filter
def typo(text: object) -> str:
    """Text or HTML with the active language's typographic spaces. Safe strings stay safe."""
    done = typeset(str(text or ""), (get_language() or "")[:2])
    return mark_safe(done) if hasattr(text, "__html__") else done


@register.filter
def headline(text: str) -> str:
    """Like `typo`, for plain text in large type: a line does not end within a short compound."""
    return mark_safe(SHORT_COMPOUND.sub(r'<span class="unbroken">\g<0></span>', escape(typo(text))))


@register.filter
def tab_title(page: Page | None, name: str) -> str:
    """A browser tab title no longer than search engines show. A long one omits the site's name."""
    title = (page.seo_title or page.title) if page else ""
    if not title:
        return name
    whole = f"{title} – {name}"
    if len(whole) <= LONGEST_TITLE:
        return whole
    return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rsplit(None, 1)[0].rstrip(' ,;:–-')}…"


@register.filter
def whole_sentences(text: str, length: int) -> str:
    return first_sentences(text, length)


@register.filter(expects_localtime=True)
def iso(value: date | datetime | None) -> str:
    """A date in ISO 8601, or a time to the second."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if value else ""


@register.filter(expects_localtime=True)
def day(value: datetime | None, form: str = "long") -> str:
    return in_words(value, form) if value else ""


@register.filter(expects_localtime=True)
def is_today(value: datetime | None) -> bool:
    return value is not None and value.date() == timezone.localdate()


@register.filter(expects_localtime=True)
def hour_or_day(value: datetime | None, form: str = "long") -> str:
    """The hour of a time today, otherwise its day. At midnight, cached responses expire (`expiry_of_days`)."""
    if not value:
        return ""
    return format_hour(value.time()) if is_today(value) else in_words(value, form)


@register.filter(expects_localtime=True)
def hour(value: datetime | None) -> str:
    return format_hour(value.time()) if value else ""


@register.filter
def host_of(url: str) -> str:
    """The host of a URL without `www.`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter("date", expects_localtime=True, is_safe=False)
def django_date(value: Any, form: str | None = None) -> str:
    """Django's filter of this name, with `1er` in French and midnight as a word. Wagtail's templates use it, too."""
    if form == "DATETIME_FORMAT" and isinstance(value, datetime):
        return date_and_time(value)
    return ordinal_day(str(defaultfilters.date(value, form)), (get_language() or "")[:2])


register.filter("open_graph_locale", open_graph_locale)


@register.filter
def urlquote(text: str) -> str:
    return quote(str(text), safe="")


@register.filter
def file_facts(document) -> str:
    """A document's type and size, such as `PDF, 120 KB`."""
    return f"{document.file_extension.upper()}, {filesizeformat(document.get_file_size() or 0)}"


@register.filter
def is_here(link: MenuLink, page: Page | None) -> bool:
    """Whether the page is at or below the link's target."""
    return bool(page and link.path and page.path.startswith(link.path))


@register.simple_tag(takes_context=True)
def place_in_menu(context: template.Context, page: Any) -> tuple[tuple[bool, bool], ...]:
    """For each menu link: whether its target is this page or an ancestor, and whether it is this page."""
    edition = context.get("edition")
    menu = edition.menu if edition else ()
    return tuple((is_here(link, page), bool(page) and link.path == page.path) for link in menu)


@register.filter
def translations(languages: list[LanguageLink]) -> list[LanguageLink]:
    return [language for language in languages if language.is_translation and not language.is_current]


@register.filter
def main_headings(body) -> list[tuple[str, str]]:
    return [(value.anchor, value["text"]) for value in anchor_headings(body) if value["level"] == "h2"]


@register.filter
def get_item(found: dict[Any, Any] | None, key: object) -> Any:
    return (found or {}).get(key)


@register.simple_tag
def is_over(event, now: datetime) -> bool:
    return bool(event and event.end and now and event.is_past(now))


@register.filter
def bare_address(url: str) -> str:
    """A URL without scheme and `www.`, such as `example.org/atelier`."""
    parts = urlsplit(url)
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
