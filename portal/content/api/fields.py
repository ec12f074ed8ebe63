"""API fields computed from a page, defined once for all page types."""

from typing import Any

from rest_framework.fields import DateTimeField, Field, ReadOnlyField
from wagtail.api import APIField

from portal.content.api.blocks import image_data, serialize
from portal.content.api.description import ADDRESS, TEXT, Schema, nullable, object_schema, schema_reference
from portal.content.feeds.prose import plain_html
from portal.content.serving.editions import Edition
from portal.content.serving.texts import body_html


class PageField(Field):
    """A read-only field computed from the whole page; `schema` describes it in OpenAPI."""

    schema: Schema = TEXT

    def __init__(self, **kwargs: Any):
        super().__init__(source="*", read_only=True, **kwargs)

    def edition(self, page: Any) -> Edition:
        return self.context["view"].edition_of(page)

    def page_url(self, page: Any) -> str:
        edition = self.edition(page)
        return edition.full(edition.url_of(page))


def _full(edition: Edition, url: str) -> str:
    return edition.full(url) if url else ""


class BlocksField(PageField):
    schema = {"type": "array", "items": schema_reference("Block")}

    def to_representation(self, page: Any) -> Any:
        return serialize(page.body.stream_block, page.body, self.edition(page), self.page_url(page))


class HtmlField(PageField):
    schema = {**TEXT, "description": "The text as plain HTML with full addresses."}

    def to_representation(self, page: Any) -> str:
        edition = self.edition(page)
        context = {"edition": edition, "request": self.context["request"], "page": page}
        html = body_html(page.body, page.pk, page.live_revision_id, page.last_published_at, edition, context)
        return plain_html(html, self.page_url(page))


class LeadPictureField(PageField):
    schema = nullable(schema_reference("Picture"))

    def to_representation(self, page: Any) -> Any:
        found = image_data(page.lead_image, self.edition(page), "social")
        return found and {**found, "alt": page.lead_image_alt, "caption": page.lead_image_caption}


class AuthorsField(PageField):
    schema = {"type": "array", "items": object_schema("name role url", name=TEXT, role=TEXT, url=TEXT)}

    def to_representation(self, page: Any) -> list[dict[str, str]]:
        edition = self.edition(page)
        people = [byline.person for byline in page.bylines.select_related("person")]
        return [
            {
                "name": person.name,
                "role": person.role_in(edition.language),
                "url": _full(edition, edition.person_url(person)),
            }
            for person in people
        ]


class TopicsField(PageField):
    schema = {"type": "array", "items": object_schema("slug name url", slug=TEXT, name=TEXT, url=TEXT)}

    def to_representation(self, page: Any) -> list[dict[str, str]]:
        edition = self.edition(page)
        topics = [link.topic for link in page.page_topics.select_related("topic")]
        return [
            {"slug": topic.slug, "name": topic.name, "url": _full(edition, edition.topic_url(topic))}
            for topic in topics
        ]


class SectionField(PageField):
    schema = nullable(object_schema("title url", title=TEXT, url=ADDRESS))

    def to_representation(self, page: Any) -> dict[str, str] | None:
        edition = self.edition(page)
        section = edition.section_of(page.path)
        return {"title": section.label, "url": edition.full(section.url)} if section else None


class RenditionsField(Field):
    """The renditions of an image in the sizes of a wide picture."""

    def __init__(self, **kwargs: Any):
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, image: Any) -> Any:
        return image_data(image, self.context["request"].edition, "wide")


class PointsField(PageField):
    schema = {"type": "array", "items": TEXT}

    def to_representation(self, page: Any) -> list[str]:
        return list(page.points)


BODY = [APIField("blocks", serializer=BlocksField()), APIField("html", serializer=HtmlField())]
CONTEXT = [
    APIField("picture", serializer=LeadPictureField()),
    APIField("topics", serializer=TopicsField()),
    APIField("section", serializer=SectionField()),
]
STORY = [
    APIField("kind", serializer=ReadOnlyField(source="listed_as.name")),
    APIField("standfirst"),
    APIField("key_points", serializer=PointsField()),
    APIField("published_at", serializer=DateTimeField(read_only=True)),
    *CONTEXT,
    APIField("authors", serializer=AuthorsField()),
    *BODY,
]
