"""The dossiers of an edition and the stories in them, for pages and feeds below the app that has dossiers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.content.records.cards import Card
from portal.content.serving.editions import Edition


@dataclass(frozen=True)
class Dossier:
    """A live dossier. It may be private or expired: readers may see it only if they may see its card.

    `pages` are the primary keys of its stories and events in the editor's order, each once.
    """

    pk: int
    title: str
    path: str
    url_path: str
    pages: tuple[int, ...]

    def after(self, key: int) -> tuple[int, ...]:
        return self.pages[self.pages.index(key) + 1 :]


@dataclass(frozen=True)
class DossierPart:
    """A dossier that a story is part of, and the next story in it, if there is one."""

    dossier: Card
    following: Card | None


# Functions that find the dossiers of an edition. Their result may only depend on the database.
sources: list[Callable[[Edition], Iterable[Dossier]]] = []


def dossiers_of(edition: Edition) -> tuple[Dossier, ...]:
    """The dossiers of an edition, cached with it."""
    return edition.cached_value("dossiers", lambda: tuple(each for source in sources for each in source(edition)))


def dossiers_with(key: int, edition: Edition) -> list[Dossier]:
    return [dossier for dossier in dossiers_of(edition) if key in dossier.pages]


def keys_of_parts(key: int, dossiers: Iterable[Dossier]) -> list[int]:
    """The primary keys of the cards that `parts_of` needs."""
    return sorted({found for dossier in dossiers for found in (dossier.pk, *dossier.after(key))})


def parts_of(key: int, dossiers: Iterable[Dossier], cards: Iterable[Card]) -> list[DossierPart]:
    """The dossiers whose cards are among `cards`, which readers may see, each with the next story."""
    public = {card.pk: card for card in cards}
    return [
        DossierPart(public[dossier.pk], next((public[each] for each in dossier.after(key) if each in public), None))
        for dossier in dossiers
        if dossier.pk in public
    ]
