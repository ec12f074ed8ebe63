"""What a list shows of a story, as a plain value: cheap to read, and the same value gives the same HTML."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from portal.core.kinds import StoryKind


@dataclass(frozen=True, slots=True)
class CardImage:
    """What `portal.media.picture` needs of an image."""

    pk: int
    file_hash: str
    width: int
    height: int
    focal_point_x: int | None
    focal_point_y: int | None
    focal_point_width: int | None
    focal_point_height: int | None


@dataclass(frozen=True, slots=True)
class TreePosition:
    """Where a page stands: its tree path and its address from the root of the tree."""

    path: str
    url_path: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a story looks back on, where it is published and has not expired; it may be private still."""

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
    about: Occasion | None = None

    @property
    def age(self) -> tuple[datetime, int]:
        """What lists are sorted by."""
        return self.published_at, self.pk

    def get_kind_display(self) -> str:
        return str(StoryKind(self.kind).label)


# The columns that `card_from` takes, in its order, from the table of cards.
COLUMNS = (
    "page_id",
    "kind",
    "title",
    "standfirst",
    "published_at",
    "page__path",
    "page__url_path",
    "image_id",
    "image__file_hash",
    "image__width",
    "image__height",
    "image__focal_point_x",
    "image__focal_point_y",
    "image__focal_point_width",
    "image__focal_point_height",
    "about__path",
    "about__url_path",
    "about__title",
    "about__live",
    "about__expire_at",
)


def card_from(row: tuple[Any, ...]) -> Card:
    """A card from the values of `COLUMNS`; what follows them is left alone."""
    image = CardImage(*row[7:15]) if row[7] is not None else None
    *about, is_live, expires_at = row[15:20]
    occasion = Occasion(*about) if is_live and (expires_at is None or expires_at > timezone.now()) else None
    return Card(row[0], row[1], row[2], row[3], row[4], TreePosition(row[5], row[6]), image, occasion)
