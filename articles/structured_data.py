"""Stories as schema.org data."""

from typing import Any

from wagtail.rich_text import get_text_for_indexing

from portal.content.blocks.recordings import values_in
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
from portal.media.picture import sources
from portal.recordings.times import iso_duration


def _author(person: Person, page: Any, edition: Edition) -> Data:
    url = "" if edition.is_private(page.path) else edition.person_url(person)
    identity = {"id": f"{edition.full(url)}#person", "url": edition.full(url)} if url else {}
    return thing("Person", name=person.name, jobTitle=person.role_in(edition.language), **identity)


def _recordings(page: Any, edition: Edition) -> dict[str, list[Data]]:
    """The story's own audio and video."""
    found: dict[str, list[Data]] = {}
    for value in values_in(page.body):
        picture, file = value["image"] or page.lead_image, value["file"]
        transcript = get_text_for_indexing(value["transcript"].source) if value["transcript"] else ""
        recording = thing(
            "VideoObject" if value.is_video else "AudioObject",
            name=value["title"],
            description=page.standfirst,
            contentUrl=edition.full(file.url),
            encodingFormat=file.content_type,
            contentSize=str(file.get_file_size() or ""),
            duration=iso_duration(value.seconds) if value.seconds else "",
            uploadDate=page.published_at,
            thumbnailUrl=edition.full(sources(picture, "data_wide").src) if picture else "",
            transcript=transcript,
            inLanguage=edition.language,
        )
        found.setdefault(value.kind, []).append(recording)
    return found


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
        dateModified=page.modified_at,
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
        contentLocation=thing("Place", name=page.place_on_cards) if page.place_on_cards else None,
        **_recordings(page, edition),
        **facts,
    )
    return [organization(edition), story, *breadcrumb_of(page, edition, url)]
