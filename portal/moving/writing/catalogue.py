"""Finds topics and authors of the site by their names, or creates them."""

import json
from typing import Any

from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.moving.models import ImportSource
from portal.moving.planning.survey import Survey
from portal.moving.wordpress.records import Item

LONGEST_NAME = 120


class Catalogue:
    def __init__(self, source: ImportSource, survey: Survey):
        self.source = source
        self.survey = survey
        self._topics: dict[str, Topic] = {}
        self._people: dict[str, Person] = {}
        self._names = _names_of_guests(survey)

    def topic(self, name: str) -> Topic:
        if name not in self._topics:
            here = Topic.objects.available_at(self.source.site).filter(locale=self.source.locale)
            found = here.filter(name__iexact=name).order_by("pk").first()
            facts = {"name": name[:80], "site": self.source.site, "locale": self.source.locale}
            self._topics[name] = found or Topic.objects.create(**facts)  # type: ignore[assignment]
        return self._topics[name]

    def authors_of(self, item: Item) -> list[Person]:
        """The authors of an item in order: those of a multi-author plugin, else WordPress's author."""
        logins = [slug.removeprefix("cap-") for slug in item.slugs("author")] or [item.author]
        names = [self._name(login) for login in logins if login]
        return [self._person(name) for name in dict.fromkeys(filter(None, names))]

    def _name(self, login: str) -> str:
        author = self.survey.authors.get(login)
        if author:
            return author.name
        term = self.survey.terms.get(("author", f"cap-{login}")) or self.survey.terms.get(("author", login))
        return self._names.get(login) or (term.name if term else login)

    def _person(self, name: str) -> Person:
        if name not in self._people:
            here: Any = Person.objects.available_at(self.source.site)
            found = here.filter(name__iexact=name).order_by("pk").first()
            self._people[name] = found or Person.objects.create(name=name[:LONGEST_NAME], site=self.source.site)
        return self._people[name]


def _names_of_guests(survey: Survey) -> dict[str, str]:
    """The names of guest authors (Co-Authors Plus), by login."""
    guests = [item for item in survey.others.values() if item.kind == "guest-author"]
    return {
        (item.value("cap-user_login") or item.slug.removeprefix("cap-")): item.value("cap-display_name") or item.title
        for item in guests
    }


def footnotes_of(item: Item) -> str:
    text = item.value("footnotes")
    try:
        return text if isinstance(json.loads(text or "[]"), list) else ""
    except (ValueError, RecursionError):
        return ""
