"""Stories as schema.org data."""

from typing import Any

from portal.content.records.people import Person
from portal.content.serving.editions import Edition
from portal.content.structured_data import schema
from portal.content.structured_data.pages import Context, breadcrumb_of, canonical_url, images_of, short_publisher
from portal.content.structured_data.schema import Data


def _author(person: Person, page: Any, edition: Edition) -> Data:
    url = "" if edition.is_private(page.path) else edition.person_url(person)
    identity = {"id": f"{edition.full(url)}#person", "url": edition.full(url)} if url else {}
    return schema.person(person.name, jobTitle=person.role_in(edition.language), **identity)


def story_things(page: Any, edition: Edition, context: Context, about: Data | None = None) -> list[Data]:
    url = canonical_url(page, edition, context.get("request"))
    section = context.get("section")
    return [
        short_publisher(edition),
        schema.news_article(
            url,
            page.title,
            edition.language,
            edition.site.root_url,
            page.published_at,
            page.corrected_at or page.last_published_at or page.published_at,
            description=page.standfirst or page.search_description,
            images=images_of(page, edition),
            authors=[_author(author, page, edition) for author in context.get("authors") or ()],
            section=section.label if section else "",
            topics=[topic.name for topic in context.get("topics") or ()],
            words=page.words,
            about=about,
            correction=page.correction if page.corrected_at else "",
        ),
        *breadcrumb_of(page, edition, url),
    ]
