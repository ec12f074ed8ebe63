"""Structured data (schema.org) of topic, author and venue pages, and of their lists."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from portal.content.lists.pagination import ListPage
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.serving.editions import Edition
from portal.content.structured_data import schema
from portal.content.structured_data.pages import organization
from portal.content.structured_data.schema import Data
from portal.media.picture import sources


def topic_things(topic: Topic, edition: Edition, listing: ListPage) -> list[Data]:
    url = edition.full(edition.topic_url(topic))
    entries = [(card.title, edition.full(edition.url_of(card.page))) for card in listing.items]
    facts: dict[str, Any] = {
        "description": topic.introduction,
        "about": schema.thing("Thing", name=topic.name),
        "mainEntity": schema.item_list(entries, listing.count) if entries else None,
    }
    return record_page("CollectionPage", topic.name, url, edition, facts, (_("Topics"), "topics"))


def person_things(person: Person, edition: Edition, topics: Iterable[Topic]) -> list[Data]:
    url, language = edition.full(edition.person_url(person)), edition.language
    picture = sources(person.picture, "data_square") if person.picture else None
    data = schema.thing(
        "Person",
        name=person.name,
        id=f"{url}#person",
        url=url,
        jobTitle=person.role_in(language),
        description=person.text_in(language),
        image=schema.image(edition.full(picture.src), picture.width, picture.height) if picture else None,
        sameAs=[link for _label, link, _icon in person.named_links],
        knowsAbout=[topic.name for topic in topics],
    )
    return record_page("ProfilePage", person.name, url, edition, {"mainEntity": data}, (_("Authors"), "people"))


def index_things(name: str, url: str, edition: Edition, listing: ListPage) -> list[Data]:
    entries = [(subject.name, urljoin(edition.full("/"), subject.url)) for subject in listing.items]
    facts = {"mainEntity": schema.item_list(entries, listing.count) if entries else None}
    return record_page("CollectionPage", name, edition.full(url), edition, facts)


def record_page(
    kind: str, name: str, url: str, edition: Edition, facts: dict[str, Any], above: tuple[str, str] | None = None
) -> list[Data]:
    """The data of a record's page. `above` is the title and the name of the list that contains it, such as `topics`."""
    home = edition.full(edition.home_url)
    steps = [(above[0], edition.full(edition.catalogue_index_url(above[1])))] if above else []
    return [
        organization(edition),
        schema.web_page(kind, url, name, edition.language, home, **facts),
        schema.breadcrumb(url, [(edition.name, home), *steps, (name, url)]),
    ]
