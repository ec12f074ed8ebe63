"""Makes the addresses of the old site lead on: permalinks, short links, archives, feeds, files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched

from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from portal.content.records.people import Person
from portal.content.records.removed_addresses import RemovedAddress
from portal.content.records.topics import Topic
from portal.content.serving.editions import CATALOGUE_WORDS, LIST_WORDS
from portal.content.serving.redirects import address_hash
from portal.media.models import Document, Image
from portal.media.picture import largest_jpeg_url
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.mapping import Mapping as Plan
from portal.moving.planning.survey import Survey, path_of
from portal.moving.writing.links import Addresses

LONGEST = 255
BATCH = 500
POSTS_A_PAGE = 10
# What only WordPress has: 410 instead of 404, so that nobody asks again.
REMOVED = ("/wp-login.php", "/wp-admin/", "/wp-json/", "/xmlrpc.php")


@dataclass(frozen=True)
class Move:
    """An old address with a page here, or with an address here."""

    old: str
    page: int | None = None
    link: str = ""


def redirect_all(source: ImportSource, survey: Survey, plan: Plan, addresses: Addresses) -> Counter[str]:
    """Create the redirects that are missing; return how many are `new`, `known`, and `taken` by another target."""
    counts: Counter[str] = Counter()
    moves: dict[str, Move] = {}
    for move in _moves(source, survey, plan, addresses):
        # Two slashes would begin a host, which need not be valid.
        path = Redirect.normalise_path(f"/{move.old.lstrip('/')}")
        if path and len(path) <= LONGEST and move.link != path:
            moves.setdefault(path, move)
    # In parts: a statement has room for some thousand values.
    known = {
        row.old_path: row
        for paths in batched(moves, BATCH)
        for row in Redirect.objects.filter(site=source.site, old_path__in=paths)
    }
    new = []
    for path, move in moves.items():
        if row := known.get(path):
            is_same = (row.redirect_page_id or row.redirect_link) == (move.page or move.link)
            counts["known" if is_same else "taken"] += 1
        else:
            new.append(
                Redirect(
                    site=source.site,
                    old_path=path,
                    is_permanent=True,
                    redirect_page_id=move.page,
                    redirect_link=move.link,
                )
            )
    Redirect.objects.bulk_create(new, batch_size=BATCH)
    # Those to a page go with it; the others are recorded, so that they can be taken back.
    ImportedItem.objects.bulk_create(
        (
            ImportedItem(
                source=source,
                kind=ImportedItem.Kind.REDIRECT,
                key=address_hash(row.old_path),
                old_address=row.old_path,
                title=row.redirect_link[:255],
            )
            for row in new
            if row.redirect_link
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    for path in REMOVED:
        RemovedAddress.objects.get_or_create(site=source.site, key=address_hash(path), defaults={"path": path})
    counts["new"] = len(new)
    return counts


def _moves(source: ImportSource, survey: Survey, plan: Plan, addresses: Addresses) -> Iterator[Move]:
    for item in survey.items.values():
        key = addresses.pages.get(item.wp_id)
        if key is None:
            continue
        if path_of(item.link).strip("/"):
            yield Move(path_of(item.link), key)
        yield Move(f"/?p={item.wp_id}", key)
        if item.kind == "page":
            yield Move(f"/?page_id={item.wp_id}", key)
    yield from _archives(source, survey, plan)
    yield from _dates(source, survey)
    yield from _files(source, survey, addresses)


def _archives(source: ImportSource, survey: Survey, plan: Plan) -> Iterator[Move]:
    """Categories and tags lead to their section or topic, authors to theirs, feeds to the feed of the edition."""
    home = f"/{source.locale.language_code}/"
    words = CATALOGUE_WORDS[source.locale.language_code]
    topics = _by_name(Topic.objects.available_at(source.site).filter(locale=source.locale))
    sections = {page.title.casefold(): page for page in Page.objects.descendant_of(_home(source)).filter(depth=3)}
    for (taxonomy, slug), term in survey.terms.items():
        base = {"category": "category", "post_tag": "tag"}.get(taxonomy)
        if base is None:
            continue
        above = _path_of_term(survey, taxonomy, slug) if taxonomy == "category" else slug
        section = sections.get(plan.sections.get(slug, "").casefold()) if taxonomy == "category" else None
        topic = topics.get(plan.topics.get(f"{taxonomy}:{slug}", "").casefold())
        link = f"{home}{words['topics']}/{topic.slug}/" if topic else home
        for path in dict.fromkeys((f"/{base}/{above}/", f"/{base}/{slug}/", f"/{base}/{slug}/feed/")):
            yield Move(path, section.pk) if section else Move(path, link=link)
        query = f"cat={term.wp_id}" if base == "category" else f"tag={slug}"
        yield Move(f"/?{query}", link=link)
    people = _by_name(Person.objects.available_at(source.site).filter(has_page=True))
    for login, author in survey.authors.items():
        person = people.get(author.name.casefold())
        link = f"{home}{words['people']}/{person.slug}/" if person else home
        yield Move(f"/author/{login.lower().replace(' ', '-')}/", link=link)
        yield Move(f"/?author={author.wp_id}", link=link)
    for path in ("/feed/", "/feed/rss/", "/feed/rdf/", "/comments/feed/", "/?feed=rss2"):
        yield Move(path, link=f"{home}feed.rss")
    yield Move("/feed/atom/", link=f"{home}feed.atom")


def _dates(source: ImportSource, survey: Survey) -> Iterator[Move]:
    """Archives of years and months, and the further pages of the front page, lead to the list of all stories."""
    language = source.locale.language_code
    link = f"/{language}/{LIST_WORDS[language]['news']}/"
    posts = [item for item in survey.items.values() if item.kind == "post"]
    parts = [path_of(item.link).strip("/").split("/") for item in posts]
    for steps in {tuple(part[:depth]) for part in parts for depth in (1, 2, 3) if len(part) > depth}:
        if all(step.isdigit() for step in steps) and len(steps[0]) == 4:
            yield Move(f"/{'/'.join(steps)}/", link=link)
    for number in range(2, len(posts) // POSTS_A_PAGE + 2):
        yield Move(f"/page/{number}/", link=link)


def _files(source: ImportSource, survey: Survey, addresses: Addresses) -> Iterator[Move]:
    """Files lead to the document or picture, pages of attachments to the story that they were uploaded to."""
    rows = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.FILE)
    found = {row.key: row for row in rows.select_related("image", "document")}
    for file in survey.files.values():
        row = found.get(str(file.wp_id))
        target = row.document or row.image if row else None
        link = _link_of(target) if target else ""
        if link:
            paths = [path_of(file.address)]
            paths += [f"{paths[0].rpartition('/')[0]}/{size}" for size in file.sizes]
            for path in paths:
                yield Move(path, link=link)
        story = addresses.pages.get(file.parent)
        if path_of(file.link).strip("/") and file.link != file.address and (story or link):
            yield Move(path_of(file.link), story) if story else Move(path_of(file.link), link=link)
        if story or link:
            yield Move(f"/?attachment_id={file.wp_id}", story, "" if story else link)


def _link_of(target: Image | Document) -> str:
    return largest_jpeg_url(target, "text") if isinstance(target, Image) else str(target.url)


def _path_of_term(survey: Survey, taxonomy: str, slug: str) -> str:
    """The slugs of a category and of those above it."""
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
