"""Articles of sources other than WordPress, as records: terms and pictures come before their references."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.moving.wordpress.records import Author, Channel, Item, Record, Term
from portal.moving.wordpress.values import parts_of, stable_number


@dataclass
class Article:
    """`key` stays the same when the article changes; `picture` is a URL or a file name."""

    key: str
    title: str
    body: str
    link: str = ""
    slug: str = ""
    kind: str = "post"
    status: str = "publish"
    standfirst: str = ""
    date: datetime | None = None
    authors: Sequence[str] = ()
    categories: Sequence[str] = ()
    tags: Sequence[str] = ()
    picture: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""
    is_lead: bool = False
    meta: dict[str, list[str]] = field(default_factory=dict)


class ArticleRecords:
    """Yields each term, author and picture once."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def of(self, article: Article) -> Iterator[Record]:
        for name in article.authors:
            if self._is_new("author", name):
                # Authors are a plugin's terms, so that an article may have several.
                yield Author(name, name)
        terms = [("author", name) for name in article.authors]
        for taxonomy, names in (("category", article.categories), ("post_tag", article.tags)):
            for name in filter(None, (" ".join(name.split()) for name in names)):
                slug = "-".join(name.casefold().split())
                terms.append((taxonomy, slug))
                if self._is_new(taxonomy, slug):
                    yield Term(taxonomy, slug, name)
        meta = dict(article.meta)
        if article.picture:
            number = stable_number(f"picture {article.picture}")
            meta["_thumbnail_id"] = [str(number)]
            if self._is_new("picture", article.picture):
                values = {"_wp_attachment_image_alt": article.alt, "credit": article.credit}
                yield Item(
                    wp_id=number,
                    kind="attachment",
                    title=article.picture.rpartition("/")[2].rpartition(".")[0],
                    status="inherit",
                    excerpt=article.caption,
                    file_address=article.picture,
                    meta={key: [value] for key, value in values.items() if value},
                )
        is_aware = article.date is not None and article.date.tzinfo is not None
        yield Item(
            wp_id=stable_number(f"{article.kind} {article.key}"),
            kind=article.kind,
            title=article.title,
            link=article.link,
            slug=article.slug or parts_of(article.link).path.rstrip("/").rpartition("/")[2].partition(".")[0],
            status=article.status,
            content=article.body,
            excerpt=article.standfirst,
            date=None if is_aware else article.date,
            date_gmt=article.date if is_aware else None,
            is_sticky=article.is_lead,
            terms=terms,
            meta=meta,
        )

    def _is_new(self, kind: str, name: str) -> bool:
        is_new = f"{kind} {name}" not in self._known
        self._known.add(f"{kind} {name}")
        return is_new


def channel(title: str, address: str, kind: str, default: str) -> Channel:
    """A source's site; `default` is its URL if the source has none."""
    address = address.rstrip("/") or f"{kind}:{default}"
    return Channel(title or default, address, "", kind, address)
