"""Creates redirects from the addresses of the old site: permalinks, short links, archives, feeds, files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import batched, chain
from typing import Any

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from portal.content.kinds import model_of
from portal.content.records.people import Person
from portal.content.records.removed_addresses import RemovedAddress
from portal.content.records.topics import Topic
from portal.content.serving.editions import CATALOGUE_WORDS, LIST_WORDS
from portal.content.serving.redirects import address_hash
from portal.media.models import Document, Image
from portal.media.picture import largest_jpeg_url
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.mapping import Mapping as Plan
from portal.moving.planning.survey import FileFacts, ItemFacts, Survey, path_of, path_of_original
from portal.moving.writing.links import Addresses
from portal.moving.writing.targets import slug_of

LONGEST = 255
BATCH = 500
# The addresses in a sitemap of WordPress, and in one of Yoast SEO.
IN_A_SITEMAP, IN_A_SITEMAP_OF_A_PLUGIN = 2000, 1000
# Paths that only WordPress has: they get 410 instead of 404, so that clients do not request them again.
REMOVED = ("/wp-login.php", "/wp-admin/", "/wp-json/", "/xmlrpc.php")

# The Events Calendar: its base, its month, and its other views. On a French or German site they are often translated,
# sometimes only in part.
CALENDARS = {
    "en": ("events", "month", ("list", "week", "day", "today", "map", "photo", "summary")),
    "fr": ("evenements", "mois", ("liste", "semaine", "jour", "aujourdhui", "carte", "photo", "resume")),
    "de": ("veranstaltungen", "monat", ("liste", "woche", "tag", "heute", "karte", "foto", "zusammenfassung")),
}

# The archives of terms, by their taxonomies; the last are those of The Events Calendar.
BASES = {"category": "category", "post_tag": "tag", "tribe_events_cat": "events/category"}
LOCAL_BASES = {"fr": "evenements/categorie", "de": "veranstaltungen/kategorie"}


@dataclass(frozen=True)
class Move:
    """An old address, and the page here to which it leads, or else the address. With neither, it is gone."""

    old: str
    page: int | None = None
    link: str = ""


def redirect_all(source: ImportSource, survey: Survey, plan: Plan, addresses: Addresses) -> Counter[str]:
    """Create the missing redirects; return how many are `new`, `known`, and `taken` by another target.

    `to news` counts the archives without a page here.

    They are written in batches: a large site has hundreds of thousands of old URLs.
    """
    counts: Counter[str] = Counter()
    to_news: Counter[str] = Counter()
    imported = set(addresses.pages.values())
    for batch in batched(_by_path(_moves(source, survey, plan, addresses, to_news)), BATCH):
        counts += _redirect(source, dict(batch), imported)
    return counts + to_news


def _by_path(moves: Iterable[Move]) -> Iterator[tuple[str, Move]]:
    """The first move of each path that can be redirected."""
    # These are hashes, because the addresses themselves would take twice the memory.
    seen: set[int] = set()
    for move in moves:
        # After two slashes, there would be a host, which might be invalid.
        path = Redirect.normalise_path(f"/{move.old.lstrip('/')}")
        if path and len(path) <= LONGEST and move.link != path and hash(path) not in seen:
            seen.add(hash(path))
            yield path, move


@transaction.atomic
def _redirect(source: ImportSource, moves: dict[str, Move], imported: set[int]) -> Counter[str]:
    """`imported` are the keys of the imported pages: if the import is undone, their redirects are deleted with them."""
    counts: Counter[str] = Counter()
    gone = {path for path, move in moves.items() if not (move.page or move.link)}
    removed = [RemovedAddress(site=source.site, key=address_hash(path), path=path) for path in gone]
    RemovedAddress.objects.bulk_create(removed, ignore_conflicts=True)
    moves = {path: move for path, move in moves.items() if path not in gone}
    # This may be a file that could not be fetched before.
    keys = [address_hash(path) for path in moves]
    RemovedAddress.objects.filter(site=source.site, key__in=keys).delete()
    rows = {row.old_path: row for row in Redirect.objects.filter(site=source.site, old_path__in=moves)}
    recorded = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.REDIRECT, key__in=keys)
    targets = {row.old_address: (row.page_id, row.title) for row in recorded}
    new, changed = [], []
    for path, move in moves.items():
        row = rows.get(path)
        if row is None:
            new.append(Redirect(site=source.site, old_path=path, is_permanent=True, **_target(move)))
        elif (row.redirect_page_id or row.redirect_link) == (move.page or move.link):
            counts["known"] += 1
        elif targets.get(path) == (row.redirect_page_id, row.redirect_link[:LONGEST]):
            # An earlier run created it, when there was no better target, and nobody has edited it.
            for field, value in _target(move).items():
                setattr(row, field, value)
            changed.append(row)
        else:
            counts["taken"] += 1
    Redirect.objects.bulk_create(new)
    Redirect.objects.bulk_update(changed, ["redirect_page", "redirect_link"])
    ImportedItem.objects.bulk_create(
        (
            ImportedItem(
                source=source,
                kind=ImportedItem.Kind.REDIRECT,
                key=address_hash(row.old_path),
                old_address=row.old_path,
                page_id=row.redirect_page_id,
                title=row.redirect_link[:LONGEST],
            )
            for row in (*new, *changed)
            if row.redirect_page_id not in imported
        ),
        update_conflicts=True,
        unique_fields=["source", "kind", "key"],
        update_fields=["page", "title"],
    )
    counts["new"] = len(new)
    counts["known"] += len(changed)
    return counts


def _target(move: Move) -> dict[str, Any]:
    return {"redirect_page_id": move.page, "redirect_link": "" if move.page else move.link}


def _moves(
    source: ImportSource, survey: Survey, plan: Plan, addresses: Addresses, to_news: Counter[str]
) -> Iterator[Move]:
    pages = [(item, key) for item in survey.items.values() if (key := addresses.pages.get(item.wp_id))]
    for item, key in pages:
        if item.wp_id == survey.channel.posts_page:
            for old in (path_of(item.link), f"/?page_id={item.wp_id}", f"/?p={item.wp_id}"):
                yield Move(old, link=news_link(source))
        elif path_of(item.link).strip("/"):
            yield Move(path_of(item.link), key)
            if item.day:
                # The address of a single date of The Events Calendar.
                yield Move(f"{path_of(item.link).rstrip('/')}/{item.day}/", key)
    if survey.channel.is_wordpress:
        # If the old site was in a folder of its host, its archives and short links were in that folder as well.
        folder = _folder(survey)
        for item, key in pages:
            if item.kind == "post" and path_of(item.link).strip("/"):
                yield Move(f"{path_of(item.link).rstrip('/')}/feed/", key)
        for move in chain(
            _short_links(pages),
            _sitemaps(survey),
            _archives(source, survey, plan, to_news),
            _formats(source, survey),
            _dates(source, survey, folder),
            _of_calendar(source, survey, folder),
            [Move("/index.php", link=f"/{source.locale.language_code}/")],
            map(Move, REMOVED),
        ):
            yield replace(move, old=f"{folder}{move.old}")
        if folder:
            yield Move(f"{folder}/", link=f"/{source.locale.language_code}/")
    yield from _files(source, survey, addresses)
    # This comes last, because an item's first address may be the current address of another one.
    for item, key in pages:
        if path_of(item.guid).strip("/"):
            yield Move(path_of(item.guid), key)


def _short_links(pages: Iterable[tuple[ItemFacts, int]]) -> Iterator[Move]:
    for item, key in pages:
        yield Move(f"/?p={item.wp_id}", key)
        if item.kind == "page":
            yield Move(f"/?page_id={item.wp_id}", key)
        elif item.kind != "post":
            yield Move(f"/?post_type={item.kind}&p={item.wp_id}", key)


def _sitemaps(survey: Survey) -> Iterator[Move]:
    """The sitemaps of WordPress and of its plugins lead to ours."""
    kinds = Counter(item.kind for item in survey.items.values())
    terms = Counter(taxonomy for taxonomy, _slug in survey.terms)
    parts = {f"posts-{kind}": (kind, kinds[kind]) for kind in ("post", "page", "tribe_events")}
    parts |= {f"taxonomies-{taxonomy}": (taxonomy, terms[taxonomy]) for taxonomy in BASES}
    names = ["wp-sitemap", "sitemap_index"]
    for part, (of_plugin, count) in {**parts, "users": ("author", len(survey.authors))}.items():
        names += [f"wp-sitemap-{part}-{number}" for number in range(1, -(-count // IN_A_SITEMAP) + 1)]
        # Its first part has no number, and the second is 2.
        numbers = range(1, -(-count // IN_A_SITEMAP_OF_A_PLUGIN) + 1)
        names += [f"{of_plugin}-sitemap{number if number > 1 else ''}" for number in numbers]
    return (Move(f"/{name}.xml", link="/sitemap.xml") for name in names)


def news_link(source: ImportSource) -> str:
    """The list of all stories, to which archives without a page here lead."""
    language = source.locale.language_code
    return f"/{language}/{LIST_WORDS[language]['news']}/"


def _archives(source: ImportSource, survey: Survey, plan: Plan, to_news: Counter[str]) -> Iterator[Move]:
    """Categories and tags redirect to their section or topic, authors to their page, feeds to the edition's feed."""
    news = news_link(source)
    home = f"/{source.locale.language_code}/"
    words = CATALOGUE_WORDS[source.locale.language_code]
    topics = _by_name(Topic.objects.available_at(source.site).filter(locale=source.locale))
    sections = {page.title.casefold(): page for page in Page.objects.descendant_of(_home(source)).filter(depth=3)}
    for (taxonomy, slug), term in survey.terms.items():
        base = BASES.get(taxonomy)
        if base is None:
            continue
        above = _path_of_term(survey, taxonomy, slug) if taxonomy == "category" else slug
        section = sections.get(plan.sections.get(slug, "").casefold()) if taxonomy == "category" else None
        topic = topics.get(plan.topics.get(f"{taxonomy}:{slug}", "").casefold())
        key = section.pk if section else None
        link = f"{home}{words['topics']}/{topic.slug}/" if topic else news
        to_news["to news"] += not (section or topic)
        local = LOCAL_BASES.get(source.locale.language_code, base) if taxonomy == "tribe_events_cat" else base
        for path in dict.fromkeys(f"/{b}/{step}/" for b in (base, local) for step in (above, slug, f"{slug}/feed")):
            yield Move(path, key, link)
        query = {"category": f"cat={term.wp_id}", "post_tag": f"tag={slug}"}.get(taxonomy, f"{taxonomy}={slug}")
        if term.wp_id or taxonomy != "category":
            yield Move(f"/?{query}", key, link)
    people = _by_name(Person.objects.available_at(source.site).filter(has_page=True))
    for login, author in survey.authors.items():
        person = people.get(author.name.casefold())
        link = f"{home}{words['people']}/{person.slug}/" if person else news
        to_news["to news"] += not person
        # WordPress derives the address from the account's name, which may be an email address.
        for slug in dict.fromkeys((login.lower().replace(" ", "-"), slug_of(login.replace(".", "-"), login))):
            yield Move(f"/author/{slug}/", link=link)
        yield Move(f"/?author={author.wp_id}", link=link)
    for path in ("/feed/", "/feed/rss/", "/feed/rdf/", "/comments/feed/", "/?feed=rss2"):
        yield Move(path, link=f"{home}feed.rss")
    yield Move("/feed/atom/", link=f"{home}feed.atom")


def _formats(source: ImportSource, survey: Survey) -> Iterator[Move]:
    """The archives of post formats, such as asides, lead to the list of all stories."""
    for taxonomy, slug in survey.term_counts:
        if taxonomy == "post_format":
            yield Move(f"/type/{slug.removeprefix('post-format-')}/", link=news_link(source))


def _dates(source: ImportSource, survey: Survey, folder: str) -> Iterator[Move]:
    """Archives of years and months, and the other pages of the front page, lead to the list of all stories."""
    link = news_link(source)
    posts = [item for item in survey.items.values() if item.kind == "post"]
    parts = [path_of(item.link).removeprefix(folder).strip("/").split("/") for item in posts]
    for steps in {tuple(part[:depth]) for part in parts for depth in (1, 2, 3) if len(part) > depth}:
        if all(step.isdigit() for step in steps) and len(steps[0]) == 4:
            yield Move(f"/{'/'.join(steps)}/", link=link)
    if posts:
        # The pages after it have the same redirect.
        yield Move("/page/2/", link=link)


def _of_calendar(source: ImportSource, survey: Survey, folder: str) -> Iterator[Move]:
    """The views of The Events Calendar, and its pages of venues and organisers, lead to the calendar.

    Its calendar files are other forms of these addresses.
    """
    calendars: Any = model_of("event").allowed_parent_page_models()[0]
    found = calendars.objects.descendant_of(_home(source)).order_by("path").first()
    places = [item for item in survey.others.values() if item.kind in ("tribe_venue", "tribe_organizer")]
    if found and (places or survey.kind_counts["tribe_events"]):
        events = [item for item in survey.items.values() if item.kind == "tribe_events" and item.day]
        days = {item.day for item in events}
        for base, month, views in _calendars(source.locale.language_code):
            months = {day[:7] for day in days}
            for view in ("", month, *views, *days, *months, *(f"{month}/{each}" for each in months)):
                yield Move(f"/{base}/{view}", found.pk)
            for feed in ("feed", "feed/rss", "feed/rss2", "feed/rdf"):
                yield Move(f"/{base}/{feed}/", link=f"/{source.locale.language_code}/feed.rss")
            yield Move(f"/{base}/feed/atom/", link=f"/{source.locale.language_code}/feed.atom")
        yield Move("/?post_type=tribe_events", found.pk)
        for item in places:
            yield Move(path_of(item.link).removeprefix(folder), found.pk)


def _calendars(language: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The bases with the names of their views, in English and in the language of the site."""
    names = [CALENDARS[each] for each in dict.fromkeys(("en", language)) if each in CALENDARS]
    for base, _month, _views in names:
        for _base, month, views in names:
            yield base, month, views


def _files(source: ImportSource, survey: Survey, addresses: Addresses) -> Iterator[Move]:
    """Files lead to the document or picture, pages of attachments to the story to which they were uploaded.

    A file that nothing here shows is gone.
    """
    rows = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.FILE)
    for batch in batched(survey.files.values(), BATCH):
        keys = [str(file.wp_id) for file in batch]
        found = {row.key: row for row in rows.filter(key__in=keys).select_related("image", "document")}
        for file in batch:
            yield from _moves_of_file(file, found.get(str(file.wp_id)), survey, addresses)


def _moves_of_file(file: FileFacts, row: ImportedItem | None, survey: Survey, addresses: Addresses) -> Iterator[Move]:
    target = row.document or row.image if row else None
    link = _link_of(target) if target else ""
    # A picture of a spreadsheet has only a name.
    if "://" in file.address:
        path = path_of(file.address)
        copies = [f"{path.rpartition('/')[0]}/{size}" for size in file.sizes] if link else []
        for each in dict.fromkeys((path, path_of_original(path), *copies)):
            yield Move(each, link=link)
    story = addresses.pages.get(file.parent)
    if path_of(file.link).strip("/") and file.link != file.address:
        yield Move(path_of(file.link), story) if story else Move(path_of(file.link), link=link)
    if (story or link) and survey.channel.is_wordpress:
        yield Move(f"{_folder(survey)}/?attachment_id={file.wp_id}", story, link)


def _link_of(target: Image | Document) -> str:
    return largest_jpeg_url(target, "text") if isinstance(target, Image) else str(target.url)


def _folder(survey: Survey) -> str:
    """The folder of its host in which the old site was; empty for a site at the root."""
    return path_of(survey.channel.address).rstrip("/")


def _path_of_term(survey: Survey, taxonomy: str, slug: str) -> str:
    """The slugs of a category and its ancestors."""
    steps: list[str] = []
    while slug and slug not in steps:
        steps.insert(0, slug)
        term = survey.terms.get((taxonomy, slug))
        slug = term.parent if term else ""
    return "/".join(steps)


def _home(source: ImportSource) -> Page:
    return source.site.root_page.get_translations(inclusive=True).get(locale=source.locale)


def _by_name(rows: Iterable[Topic] | Iterable[Person]) -> Mapping[str, Topic | Person]:
    return {row.name.casefold(): row for row in rows}
