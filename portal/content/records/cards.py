"""Story cards as plain values: cheap to read, and equal values render the same HTML."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from portal.content.kinds import Format, format_named, kind_named, label_of

# Publishing again within this time of the first publication is not an update.
UPDATE_DELAY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class CardImage:
    pk: int
    file_hash: str
    width: int
    height: int
    focal_point_x: int | None
    focal_point_y: int | None
    focal_point_width: int | None
    focal_point_height: int | None


# The columns of an image except its primary key, in the order of `CardImage`.
IMAGE_COLUMNS = tuple(each.name for each in fields(CardImage))[1:]


@dataclass(frozen=True, slots=True)
class TreePosition:
    """The tree path of a page, and its URL path from the root of the tree."""

    path: str
    url_path: str


@dataclass(frozen=True, slots=True)
class CardSubject:
    """The page that a story is about, such as the event of a recap. It is live and not expired, but may be private."""

    path: str
    url_path: str
    title: str


@dataclass(frozen=True, slots=True)
class Card:
    pk: int
    kind: str
    title: str
    standfirst: str
    published_at: datetime
    page: TreePosition
    image: CardImage | None
    about: CardSubject | None = None
    # When the page was last updated; None if never, or within UPDATE_DELAY of its first publication.
    updated_at: datetime | None = None
    # The people whom the format names on cards, and the portrait of the first.
    byline: str = ""
    portrait: CardImage | None = None
    # The address on another site that the story only links to.
    link: str = ""
    # “audio” or “video” if the story has a recording of our own, and its length.
    recording: str = ""
    seconds: int | None = None
    # Where the story takes place, as its author wrote it.
    place: str = ""

    @property
    def minutes(self) -> int:
        """The length of the recording in minutes, at least one; 0 if it is not known."""
        return max(1, round(self.seconds / 60)) if self.seconds else 0

    @property
    def format(self) -> Format | None:
        return format_named(self.kind)

    @property
    def gallery_slot(self) -> str:
        return self.format.gallery_slot if self.format else ""

    @property
    def age(self) -> tuple[datetime, int]:
        """The sort key of lists."""
        return self.published_at, self.pk

    @property
    def kind_label(self) -> str:
        """The kind's label if cards show it, empty for the usual kind."""
        kind = kind_named(self.kind)
        return label_of(self.kind) if kind is None or kind.is_labelled else ""


# The columns of the card table in the order that `card_from` expects.
COLUMNS = (
    *("page_id", "kind", "title", "standfirst", "published_at", "page__path", "page__url_path"),
    *("image_id", *(f"image__{name}" for name in IMAGE_COLUMNS)),
    *(f"about__{name}" for name in ("path", "url_path", "title", "live", "expire_at")),
    *("page__first_published_at", "page__last_published_at"),
    *("byline", "link", "portrait_id", *(f"portrait__{name}" for name in IMAGE_COLUMNS)),
    *("recording", "seconds", "place"),
)


def card_from(row: tuple[Any, ...]) -> Card:
    """Build a card from the values of `COLUMNS`. Further values are ignored."""
    image = CardImage(*row[7:15]) if row[7] is not None else None
    *about, is_live, expires_at = row[15:20]
    subject = CardSubject(*about) if is_live and (expires_at is None or expires_at > timezone.now()) else None
    updated_at = _updated_at(row[4], *row[20:22])
    position = TreePosition(row[5], row[6])
    portrait = CardImage(*row[24:32]) if row[24] is not None else None
    key, kind, title, standfirst, published_at = row[:5]
    byline, link = row[22:24]
    return Card(
        *(key, kind, title, standfirst, published_at, position, image, subject, updated_at, byline, portrait, link),
        *row[32:35],
    )


def _updated_at(published_at: datetime, first: datetime | None, last: datetime | None) -> datetime | None:
    begin = max(published_at, first or published_at)
    return last if last is not None and last - begin >= UPDATE_DELAY else None
