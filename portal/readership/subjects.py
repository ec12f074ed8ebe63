"""Addresses below a language that are no pages of the tree: topics, authors, the search, the registration form."""

from collections.abc import Mapping

from portal.content.records.people import Person
from portal.content.serving.editions import CATALOGUE_WORDS, SEARCH_WORDS, Edition
from portal.readership.models import SubjectKind

# The first step of the address of a registration form; the second one is the key of the event's page.
REGISTRATION = "_registration"


class Subjects:
    """Finds the subject at an address; the authors of a site are queried once."""

    def __init__(self) -> None:
        self.authors: dict[int, Mapping[str, int]] = {}

    def kind_and_key(self, edition: Edition, steps: list[str]) -> tuple[str, int] | None:
        """The kind and the key of the subject at these steps below the language, if there is one."""
        if steps == [SEARCH_WORDS[edition.language]["search"]]:
            return SubjectKind.SEARCH.value, 0
        if len(steps) != 2:
            return None
        word, slug = steps
        words = CATALOGUE_WORDS[edition.language]
        if word == words["topics"] and (topic := edition.topic_at(slug)):
            return SubjectKind.TOPIC.value, topic.pk
        if word == words["people"] and (author := self._authors_at(edition).get(slug)):
            return SubjectKind.AUTHOR.value, author
        return None

    def _authors_at(self, edition: Edition) -> Mapping[str, int]:
        key = edition.site.pk
        if key not in self.authors:
            people = Person.objects.available_at(edition.site).filter(has_page=True)
            self.authors[key] = dict(people.values_list("slug", "pk"))
        return self.authors[key]


def key_of_form(steps: list[str]) -> int:
    """The key of the event's page whose registration form is at these steps; 0 for another address."""
    return number_in(steps[1]) if len(steps) == 3 and steps[0] == REGISTRATION else 0


def number_in(step: str) -> int:
    """A key of the database in a path, or 0."""
    return int(step) if step.isascii() and step.isdecimal() and len(step) <= 18 else 0
