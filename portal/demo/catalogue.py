"""Creates the topics, the authors and the map outlines of the demo network."""

from typing import Any

from wagtail.models import Collection, Locale

from portal.content.records.outlines import MapOutline
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.demo.files import DemoFiles
from portal.demo.reading import CONTENT, catalogue
from portal.maps.outlines import read, written

NETWORK = "Réseau Passages"


class CatalogueLoader:
    def __init__(self, locales: dict[str, Locale]):
        self.locales = locales
        self.facts = catalogue()
        self.authors: dict[str, Person] = {}

    def topics(self) -> dict[str, dict[str, Topic]]:
        found: dict[str, dict[str, Topic]] = {}
        # Topics belong to the network, and so do their pictures.
        root = Collection.get_first_root_node()
        libraries = {site: DemoFiles(site, root, NETWORK) for site in ("lorraine", "saar", "lux")}
        for key, facts in self.facts["topics"].items():
            site, name = facts["picture"].split("/")
            picture = libraries[site].image(name, facts["fr"][1])
            found[key] = {}
            for code, locale in self.locales.items():
                slug, word, introduction = facts[code]
                topic = Topic(name=word, slug=slug, introduction=introduction, picture=picture, locale=locale)
                for original in found[key].values():
                    topic.translation_key = original.translation_key
                topic.save()
                found[key][code] = topic
        return found

    def people(self) -> dict[str, Person]:
        self.authors = {key: self._author(facts) for key, facts in self.facts["people"].items()}
        return self.authors

    def _author(self, facts: dict[str, Any]) -> Person:
        network, url = facts["account"]
        words = [(code, *facts[code]) for code in self.locales if code in facts]
        return Person.objects.create(
            name=facts["name"],
            role=facts["role"],
            words=[
                {"type": "words", "value": {"language": code, "role": role, "text": text}} for code, role, text in words
            ],
            links=[{"type": "account", "value": {"network": network, "url": url}}],
        )

    def outlines(self) -> None:
        """Map outlines for the whole network."""
        for facts in self.facts["outlines"]:
            text = (CONTENT / "outlines" / facts["file"]).read_text(encoding="utf-8")
            MapOutline.objects.create(name=facts["name"], credit=facts["credit"], geojson=written(read(text)))

    def add_author_pictures(self, site: str, library: DemoFiles) -> None:
        for key, person in self.authors.items():
            if self.facts["people"][key]["at"] == site:
                person.picture = library.image(f"author-{key}.avif", person.name)
                person.save()
