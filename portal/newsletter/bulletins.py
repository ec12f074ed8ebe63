"""The content of one newsletter mail as plain values, stored with its sending. It can be limited to some sections."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Picture:
    """`url` is a path on the site's host; `width` and `height` are in CSS pixels, as shown."""

    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class BulletinEntry:
    """A story or an event. `label` is the kind of a story; `when` and `place` are for events."""

    title: str
    url: str
    text: str = ""
    label: str = ""
    when: str = ""
    place: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Passage:
    """A piece of the newsroom's text. `kind` is `heading`, `text` (`text` is HTML), `picture` or `button`."""

    kind: str
    text: str = ""
    url: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Group:
    """`key` is the translation key of its section; a group without a key is for every subscriber."""

    title: str = ""
    url: str = ""
    key: str = ""
    passages: tuple[Passage, ...] = ()
    stories: tuple[BulletinEntry, ...] = ()
    events: tuple[BulletinEntry, ...] = ()
    # The number of stories that are only in the web version.
    omitted: int = 0

    @property
    def has_pictures(self) -> bool:
        return any(story.picture for story in self.stories)

    def condensed(self, level: int) -> "Group":
        density = DENSITIES[level]
        stories = self.stories[: density.stories]
        leaner = tuple(
            replace(
                story,
                picture=story.picture if n < density.pictures else None,
                text=story.text if density.has_texts else "",
            )
            for n, story in enumerate(stories)
        )
        return replace(self, stories=leaner, omitted=self.omitted + len(self.stories) - len(stories))


@dataclass(frozen=True)
class Density:
    """The parts of a group in a mail: the numbers of stories (None: all) and pictures, and whether it has texts."""

    stories: int | None = None
    pictures: int = 0
    has_texts: bool = True


DENSITIES = (
    Density(pictures=1_000_000),
    Density(pictures=1),
    Density(),
    Density(has_texts=False),
    *(Density(stories=count, has_texts=False) for count in (20, 10, 5, 2)),
)


@dataclass(frozen=True)
class Bulletin:
    title: str
    preheader: str = ""
    label: str = ""
    web_url: str = ""
    introduction: tuple[Passage, ...] = ()
    groups: tuple[Group, ...] = ()

    def variant_for(self, keys: set[str]) -> str | None:
        """The indexes of the groups for a subscriber of these sections, such as `0,2`; None if no section matches.

        `keys` are the chosen sections' translation keys; an empty set means every section.
        """
        numbers = [n for n, group in enumerate(self.groups) if not keys or not group.key or group.key in keys]
        has_sections = any(group.key for group in self.groups)
        if has_sections and keys and not any(self.groups[n].key for n in numbers):
            return None
        return ",".join(str(n) for n in numbers)

    def restricted_to(self, variant: str) -> "Bulletin":
        return replace(self, groups=tuple(self.groups[int(n)] for n in variant.split(",") if n))

    def condensed(self, level: int) -> "Bulletin":
        """The bulletin at an index of `DENSITIES`.

        Each level drops more: small pictures, large pictures, texts, and all but the first stories of a group.
        """
        return replace(self, groups=tuple(group.condensed(level) for group in self.groups)) if level else self

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def bulletin_from(data: dict[str, Any]) -> Bulletin:
    """The inverse of `Bulletin.as_json`."""
    groups = (
        group
        | {"passages": _rows(Passage, group["passages"])}
        | {name: _rows(BulletinEntry, group[name]) for name in ("stories", "events")}
        for group in data["groups"]
    )
    introduction = _rows(Passage, data["introduction"])
    return Bulletin(**data | {"introduction": introduction, "groups": tuple(Group(**group) for group in groups)})


def _rows[Row: (Passage, BulletinEntry)](kind: type[Row], rows: Iterable[dict[str, Any]]) -> tuple[Row, ...]:
    return tuple(kind(**row | {"picture": Picture(**row["picture"]) if row["picture"] else None}) for row in rows)
