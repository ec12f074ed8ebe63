"""The formats of articles: how each opens, what its cards show, and what it needs for publication."""

from typing import Any

from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.rich_text import get_text_for_indexing

from portal.content.kinds import Format, Requirement
from portal.content.records.people import Byline
from portal.content.serving.editions import Edition
from portal.content.structured_data.schema import Data, image, reference, thing
from portal.media.picture import sources
from portal.platform.typography import number_of_sentences

REPORT = "report"
MOST_SENTENCES, MOST_WORDS = 2, 60


def _authors(page: Any) -> tuple[str, int | None]:
    people = [row.person for row in Byline.objects.filter(page=page.pk).select_related("person").order_by("sort_order")]
    return ", ".join(person.name for person in people), people[0].picture_id if people else None


def _interviewee(page: Any) -> tuple[str, int | None]:
    return page.interviewee, None


def _questions(page: Any, edition: Edition, url: str) -> tuple[dict[str, Any], list[Data]]:
    """The questions and answers as parts of the article, not an FAQPage, which search engines would list separately."""
    parts = []
    for value in blocks_of(page, "exchange"):
        who = value["speaker"] or page.interviewee
        answer = " ".join(get_text_for_indexing(value["answer"].source).split())
        author = thing("Person", name=who) if who else None
        parts.append(
            thing("Question", name=value["question"], acceptedAnswer=thing("Answer", text=answer, author=author))
        )
    guest = thing("Person", name=page.interviewee, jobTitle=page.interviewee_role) if page.interviewee else None
    return {"hasPart": parts, "mentions": guest}, []


def _pictures(page: Any, edition: Edition, url: str) -> tuple[dict[str, Any], list[Data]]:
    items = [item for gallery in blocks_of(page, "gallery") for item in gallery["images"] if item["image"]]
    pictures = []
    for item in items:
        found = sources(item["image"], "wide")
        credit = item["credit"] or item["image"].credit
        caption = item["caption"] or item["alt"]
        pictures.append(image(edition.full(found.src), found.width, found.height, caption=caption, credit=credit))
    gallery = thing("ImageGallery", id=f"{url}#gallery", url=url, name=page.title, associatedMedia=pictures)
    return {"hasPart": reference(f"{url}#gallery")}, [gallery]


def _target(page: Any, edition: Edition, url: str) -> tuple[dict[str, Any], list[Data]]:
    return {"sharedContent": thing("WebPage", url=page.link) if page.link else None}, []


def blocks_of(page: Any, name: str) -> list[Any]:
    """The values of all blocks of one type in a story's text."""
    return [page.body[place].value for place, raw in enumerate(page.body.raw_data) if raw["type"] == name]


def _words_below(page: Any) -> int:
    return sum(len(text.split()) for text in page.body.stream_block.get_searchable_content(page.body))


HAS_AUTHOR = Requirement(
    "author", _("Say whose opinion it is: choose the author."), "bylines", lambda page: bool(page.bylines.all())
)
HAS_EXCHANGE = Requirement(
    "exchange",
    _("An interview needs a question with its answer: add one to the text."),
    "body",
    lambda page: any(raw["type"] == "exchange" for raw in page.body.raw_data),
)
IS_SHORT = Requirement(
    "short",
    _("A brief has at most two sentences: shorten the standfirst, or choose another format."),
    "standfirst",
    lambda page: number_of_sentences(page.standfirst) <= MOST_SENTENCES,
)
HAS_LITTLE_TEXT = Requirement(
    "brief_text",
    _("A brief has at most 60 words below its standfirst: shorten the text, or choose another format."),
    "body",
    lambda page: _words_below(page) <= MOST_WORDS,
)
HAS_GALLERY = Requirement(
    "gallery",
    _("A picture story begins with its gallery: move it to the top of the text."),
    "body",
    lambda page: [raw["type"] for raw in page.body.raw_data][:1] == ["gallery"],
)
HAS_LINK = Requirement(
    "target", _("Write the address to which the story leads."), "link", lambda page: bool(page.link.strip())
)
WITHOUT_PICTURE = frozenset({"lead_image"})

FORMATS = (
    Format(
        name="opinion",
        order=31,
        title=pgettext_lazy("format of a story", "Opinion"),
        template="articles/formats/opinion.html",
        schema_type="OpinionNewsArticle",
        without=WITHOUT_PICTURE,
        requirements=(HAS_AUTHOR,),
        people=_authors,
    ),
    Format(
        name="interview",
        order=32,
        title=pgettext_lazy("format of a story", "Interview"),
        template="articles/formats/interview.html",
        requirements=(HAS_EXCHANGE,),
        people=_interviewee,
        data=_questions,
    ),
    Format(
        name="brief",
        order=33,
        title=pgettext_lazy("format of a story", "In brief"),
        template="articles/formats/brief.html",
        without=WITHOUT_PICTURE,
        requirements=(IS_SHORT, HAS_LITTLE_TEXT),
        is_wire=True,
        card_size="brief",
    ),
    Format(
        name="longread",
        order=34,
        title=pgettext_lazy("format of a story", "Long read"),
        template="articles/formats/longread.html",
    ),
    Format(
        name="pictures",
        order=35,
        title=pgettext_lazy("format of a story", "In pictures"),
        template="articles/formats/pictures.html",
        requirements=(HAS_GALLERY,),
        data=_pictures,
        gallery_slot="plate",
    ),
    Format(
        name="link",
        order=36,
        title=pgettext_lazy("format of a story", "Read elsewhere"),
        template="articles/formats/link.html",
        schema_type="SocialMediaPosting",
        without=WITHOUT_PICTURE,
        requirements=(HAS_LINK,),
        data=_target,
        leads_elsewhere=True,
    ),
)
BY_NAME = {each.name: each for each in FORMATS}


def format_choices() -> list[tuple[str, Any]]:
    return [(REPORT, pgettext_lazy("format of a story", "Report")), *((each.name, each.title) for each in FORMATS)]
