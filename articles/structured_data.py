"""Stories as schema.org data."""

from typing import Any

from portal.content.records.people import Person
from portal.content.serving.editions import Edition
from portal.content.structured_data.pages import (
    Context,
    breadcrumb_of,
    canonical_url,
    images_of,
    organization,
    organization_id,
)
from portal.content.structured_data.schema import Data, reference, thing


def _author(person: Person, page: Any, edition: Edition) -> Data:
    url = "" if edition.is_private(page.path) else edition.person_url(person)
    identity = {"id": f"{edition.full(url)}#person", "url": edition.full(url)} if url else {}
    return thing("Person", name=person.name, jobTitle=person.role_in(edition.language), **identity)


def story_things(
    page: Any, edition: Edition, context: Context, about: Data | None = None, kind: str = "NewsArticle", **facts: Any
) -> list[Data]:
    """The publisher, the story and its breadcrumb. The publisher is the author of a story without authors.

    `facts` are further properties of the story, whose schema.org type is `kind`.
    """
    url, section = canonical_url(page, edition, context.get("request")), context.get("section")
    publisher = reference(organization_id(edition))
    story = thing(
        kind,
        id=f"{url}#article",
        url=url,
        mainEntityOfPage=url,
        headline=page.title,
        description=page.standfirst or page.search_description,
        inLanguage=edition.language,
        datePublished=page.published_at,
        dateModified=max(page.published_at, page.corrected_at or page.last_published_at or page.published_at),
        image=images_of(page, edition),
        author=[_author(author, page, edition) for author in context.get("authors") or ()] or publisher,
        publisher=publisher,
        articleSection=section.label if section else "",
        keywords=[topic.name for topic in context.get("topics") or ()],
        wordCount=page.words or None,
        isAccessibleForFree=True,
        about=about,
        correction=page.correction if page.corrected_at else "",
        abstract=" ".join(page.points),
        **facts,
    )
    return [organization(edition), story, *breadcrumb_of(page, edition, url)]
