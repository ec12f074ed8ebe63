"""What one mail of a newsletter says, as plain values: kept with the sending, and cut to what a subscriber chose."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Picture:
    """`address` is a path on the site's host; `width` and `height` are those that it is shown in."""

    address: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class BulletinEntry:
    """A story or an event. `label` is its kind or section, `when` and `place` are an event's."""

    title: str
    address: str
    text: str = ""
    label: str = ""
    when: str = ""
    place: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Passage:
    """Words of the newsroom: a `heading`, a `text` (HTML of its rich text), a `picture` or a `button`."""

    kind: str
    text: str = ""
    address: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Group:
    """`key` is the translation key of the section that it is from; a group without one is for everybody."""

    title: str = ""
    address: str = ""
    key: str = ""
    passages: tuple[Passage, ...] = ()
    stories: tuple[BulletinEntry, ...] = ()
    events: tuple[BulletinEntry, ...] = ()
    left_out: int = 0
    """How many stories are to be read on the web only."""

    @property
    def has_pictures(self) -> bool:
        return any(story.picture for story in self.stories)

    def leaner(self, level: int) -> "Group":
        kept = LEAN[level]
        stories = self.stories[: kept.stories]
        return replace(
            self,
            stories=tuple(
                replace(
                    story,
                    picture=story.picture if n < kept.pictures else None,
                    text=story.text if kept.has_texts else "",
                )
                for n, story in enumerate(stories)
            ),
            left_out=self.left_out + len(self.stories) - len(stories),
        )


@dataclass(frozen=True)
class Density:
    """How much of a group is kept."""

    stories: int | None = None
    pictures: int = 0
    has_texts: bool = True


LEAN = (
    Density(pictures=1_000_000),
    Density(pictures=1),
    Density(),
    Density(has_texts=False),
    *(Density(stories=most, has_texts=False) for most in (20, 10, 5, 2)),
)


@dataclass(frozen=True)
class Bulletin:
    title: str
    preheader: str = ""
    label: str = ""
    web_address: str = ""
    introduction: tuple[Passage, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.introduction or self.groups)

    def variant_for(self, keys: set[str]) -> str | None:
        """The numbers of the groups that somebody with these sections gets, as text; None where nothing is left.

        No keys at all means every section.
        """
        numbers = [n for n, group in enumerate(self.groups) if not keys or not group.key or group.key in keys]
        of_sections = any(group.key for group in self.groups)
        if of_sections and keys and not any(self.groups[n].key for n in numbers):
            return None
        return ",".join(str(n) for n in numbers)

    def cut_to(self, variant: str) -> "Bulletin":
        """The bulletin with the groups of a variant only."""
        numbers = [int(number) for number in variant.split(",") if number]
        return replace(self, groups=tuple(self.groups[n] for n in numbers))

    def leaner(self, level: int) -> "Bulletin":
        """The same with less of each story, the more so the higher the level.

        One after the other go the small pictures, the large ones, the texts, and all but the first stories of a group.
        """
        return replace(self, groups=tuple(group.leaner(level) for group in self.groups)) if level else self

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def bulletin_from(data: dict[str, Any]) -> Bulletin:
    """The bulletin that `as_json` made this of."""
    groups = tuple(
        Group(
            **{
                **group,
                "passages": _passages(group["passages"]),
                "stories": _entries(group["stories"]),
                "events": _entries(group["events"]),
            }
        )
        for group in data["groups"]
    )
    return Bulletin(**{**data, "introduction": _passages(data["introduction"]), "groups": groups})


def _picture(data: dict[str, Any] | None) -> Picture | None:
    return Picture(**data) if data else None


def _passages(rows: Iterable[dict[str, Any]]) -> tuple[Passage, ...]:
    return tuple(Passage(**{**row, "picture": _picture(row["picture"])}) for row in rows)


def _entries(rows: Iterable[dict[str, Any]]) -> tuple[BulletinEntry, ...]:
    return tuple(BulletinEntry(**{**row, "picture": _picture(row["picture"])}) for row in rows)
