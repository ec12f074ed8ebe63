"""Addresses below a language that are no pages of the tree: topics, authors, the search, the form to register."""

from collections.abc import Mapping

from portal.content.records.people import Person
from portal.content.serving.editions import CATALOGUE_WORDS, SEARCH_WORDS, Edition
from portal.readership.models import SubjectKind

# The first step of the address of the form to register for a date, whose second one is the key of the event's page.
REGISTRATION = "_registration"


class Subjects:
    """What addresses are of; the authors of a site are looked up once."""

    def __init__(self) -> None:
        self.authors: dict[int, Mapping[str, int]] = {}

    def kind_and_key(self, edition: Edition, steps: list[str]) -> tuple[str, int] | None:
        """What stands at these steps below the language; None where only the tree knows."""
        if steps == [SEARCH_WORDS[edition.language]["search"]]:
            return SubjectKind.SEARCH.value, 0
        if len(steps) != 2:
            return None
        word, slug = steps
        words = CATALOGUE_WORDS[edition.language]
        if word == words["topics"]:
            topic = edition.topic_at(slug)
            return (SubjectKind.TOPIC.value, topic.pk) if topic else None
        if word == words["people"]:
            author = self._authors_at(edition).get(slug)
            return (SubjectKind.AUTHOR.value, author) if author else None
        return None

    def _authors_at(self, edition: Edition) -> Mapping[str, int]:
        if (found := self.authors.get(edition.site.pk)) is None:
            people = Person.objects.available_at(edition.site).filter(has_page=True)
            found = self.authors[edition.site.pk] = dict(people.values_list("slug", "pk"))
        return found


def key_of_form(steps: list[str]) -> int:
    """The key of the page, if it is there, whose form to register stands at these steps; 0 where none can stand."""
    if len(steps) != 3 or steps[0] != REGISTRATION or not steps[1].isdecimal() or len(steps[1]) > 18:
        return 0
    return int(steps[1])
