"""The lines that a site may switch, and the rules of a page's site."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.models import Page

from portal.content.kinds import HAS_LEAD_IMAGE, HAS_STANDFIRST, HAS_TOPIC, Requirement
from portal.content.upstream import references_in
from portal.content.visibility import HOME_LENGTH
from portal.editorial.approval.checklist import ChecklistLine, ChecklistRules, Finding, Level, lines
from portal.editorial.records.site_checklist import SiteChecklist
from portal.editorial.site_checklist.network import checklist_in_force, level_in
from portal.editorial.site_checklist.reading_level import (
    FEWEST_WORDS,
    LONG_SENTENCES,
    ReadingLevel,
    reading_level,
    sentences_of,
    words_of,
)
from portal.editorial.site_checklist.words import pairs_of, paragraphs, texts_of, words_in
from portal.media.models import Image

# The longest sentences that are named, and how many words of each.
MOST_SENTENCES, SHOWN_WORDS = 3, 12
# The column of page types that have no kind of their own.
OTHER_PAGES = "other"


def _everywhere(level: Level) -> Callable[[Any], Level]:
    return lambda model: level


def _of_requirement(required: Requirement, field: str) -> Callable[[Any], Level | None]:
    def default(model: Any) -> Level | None:
        if any(each.code == required.code for each in model.requirements):
            return Level.REQUIRED
        return Level.OFF if has_field(model, field) else None

    return default


def has_field(model: Any, name: str) -> bool:
    return not model._meta.abstract and any(field.name == name for field in model._meta.get_fields())


# Requirements that a site may also make for kinds of pages without them.
REQUIREMENTS = {
    "standfirst": (HAS_STANDFIRST, "standfirst"),
    "lead_image": (HAS_LEAD_IMAGE, "lead_image"),
    "topic": (HAS_TOPIC, "page_topics"),
}
LINES = [
    ChecklistLine("standfirst", gettext_lazy("Standfirst"), _of_requirement(*REQUIREMENTS["standfirst"])),
    ChecklistLine("lead_image", gettext_lazy("Lead image"), _of_requirement(*REQUIREMENTS["lead_image"])),
    ChecklistLine("topic", gettext_lazy("Topic"), _of_requirement(*REQUIREMENTS["topic"])),
    ChecklistLine("alt", gettext_lazy("Alternative texts"), _everywhere(Level.REQUIRED)),
    ChecklistLine("heading_order", gettext_lazy("Order of headings"), _everywhere(Level.REQUIRED)),
    ChecklistLine("empty_block", gettext_lazy("Empty parts of the text"), _everywhere(Level.REQUIRED)),
    ChecklistLine("link", gettext_lazy("Links to pages that readers cannot see"), _everywhere(Level.REQUIRED)),
    ChecklistLine("transcript", gettext_lazy("Transcripts of audio and video"), _everywhere(Level.REQUIRED)),
    ChecklistLine("captions", gettext_lazy("Captions of videos"), _everywhere(Level.REQUIRED)),
    ChecklistLine(
        "licence_soon", gettext_lazy("Pictures whose licence ends within a month"), _everywhere(Level.ADVICE)
    ),
    ChecklistLine("credit", gettext_lazy("Credits of pictures"), _everywhere(Level.OFF)),
    ChecklistLine("description", gettext_lazy("Description for search engines"), _everywhere(Level.OFF)),
    ChecklistLine("title_length", gettext_lazy("Length of the title"), _everywhere(Level.OFF)),
    ChecklistLine(
        "standfirst_length",
        gettext_lazy("Length of the standfirst"),
        lambda model: Level.OFF if has_field(model, "standfirst") else None,
    ),
    ChecklistLine("reading_level", gettext_lazy("Reading level of the text"), _everywhere(Level.OFF)),
    ChecklistLine("words", gettext_lazy("Words to avoid"), _everywhere(Level.OFF)),
]


def kind_of(page: Any) -> str:
    """The column of a page, or of a page class."""
    return page.kind.name if page.kind else OTHER_PAGES


class SiteRules(ChecklistRules):
    def __init__(self, chosen: SiteChecklist, page: Any):
        self.chosen = chosen
        kind = kind_of(page)
        self.levels = {line.code: level_in(chosen.levels, line.code, kind) for line in lines}
        model = type(page)
        self.raises_advice = any(
            self.levels.get(line.code) == Level.REQUIRED and line.default(model) is Level.ADVICE for line in lines
        )

    def level(self, code: str, default: Level) -> Level:
        return self.levels.get(code) or default

    def further(self, page: Any) -> Iterator[tuple[Finding, Level]]:
        for code, (required, field) in REQUIREMENTS.items():
            is_own = any(each.code == code for each in page.requirements)
            level = self.level(code, Level.OFF)
            if not is_own and level is not Level.OFF and has_field(type(page), field) and not required.is_met(page):
                yield Finding(code, str(required.message), required.field), level
        for code, check in CHECKS.items():
            level = self.level(code, Level.OFF)
            if level is not Level.OFF:
                for finding in check(page, self.chosen):
                    yield finding, level


def rules_of(page: Any) -> ChecklistRules:
    """The rules of a page's site, in one query."""
    parent = getattr(page, "begun_below", None)
    home = Page.objects.filter(path=(page.path or (parent.path if parent else ""))[:HOME_LENGTH])
    of_site = Q(site__root_page__translation_key__in=home.values("translation_key"))
    rows = {row.site_id is None: row for row in SiteChecklist.objects.filter(of_site | Q(site=None)).order_by("-pk")}
    return SiteRules(checklist_in_force(rows.get(False), rows.get(True)), page) if rows else ChecklistRules()


def _title_length(page: Any, chosen: SiteChecklist) -> Iterator[Finding]:
    if chosen.longest_title and len(page.title) > chosen.longest_title:
        words = {"number": len(page.title), "most": chosen.longest_title}
        text = _("A shorter title: it has %(number)d characters, and should have at most %(most)d.")
        yield Finding("title_length", text % words, "title")


def _standfirst_length(page: Any, chosen: SiteChecklist) -> Iterator[Finding]:
    standfirst = getattr(page, "standfirst", "")
    if chosen.longest_standfirst and len(standfirst) > chosen.longest_standfirst:
        words = {"number": len(standfirst), "most": chosen.longest_standfirst}
        text = _("A shorter standfirst: it has %(number)d characters, and should have at most %(most)d.")
        yield Finding("standfirst_length", text % words, "standfirst")


def _description(page: Any, chosen: SiteChecklist) -> Iterator[Finding]:
    if not page.search_description.strip():
        yield Finding("description", _("A description for search engines."), "search_description")


def _credit(page: Any, chosen: SiteChecklist) -> Iterator[Finding]:
    images, places = ContentType.objects.get_for_model(Image).pk, dict[str, str]()
    for content_type, key, _model_path, content_path in references_in(page):
        if content_type == images:
            places.setdefault(str(key), content_path)
    if places:
        for image in Image.objects.filter(pk__in=list(places), credit="").order_by("pk"):
            text = _("The credit of the picture “%(title)s”: enter it in the picture.") % {"title": image.title}
            yield Finding("credit", text, places[str(image.pk)])


def _words(page: Any, chosen: SiteChecklist) -> Iterator[Finding]:
    pairs = pairs_of(chosen.words, page.locale.language_code)
    for path, passage, (word, better) in words_in(page, pairs) if pairs else ():
        text = _("“%(passage)s”: write “%(better)s” instead of “%(word)s”.")
        facts = {"passage": passage, "better": better, "word": word}
        yield Finding("words", text % facts, f"{path}#word-{word.casefold()}")


def _reading_level(page: Any, chosen: SiteChecklist) -> Iterator[Finding]:
    """How hard the text is to read, and its longest sentences."""
    places = [(path, each) for path, text in texts_of(page, paragraphs) for each in sentences_of(text)]
    level = reading_level((sentence for _path, sentence in places), page.locale.language_code)
    if level is None or level.words < FEWEST_WORDS or not level.is_difficult:
        return
    measured = {sentence: (len(words_of(sentence)), path, sentence) for path, sentence in places}
    longest = sorted(measured.values(), key=lambda each: -each[0])[:MOST_SENTENCES]
    yield Finding("reading_level", _level_in_words(level), longest[0][1])
    for number, path, sentence in longest:
        if number > LONG_SENTENCES:
            facts = {"number": number, "sentence": Truncator(sentence).words(SHOWN_WORDS, truncate=" …")}
            text = _("A sentence of %(number)d words: “%(sentence)s”") % facts
            yield Finding("reading_level", text, f"{path}#sentence-{sentence[:40].casefold()}")


def _level_in_words(level: ReadingLevel) -> str:
    if level.has_long_sentences and level.has_long_words:
        why = _("long sentences and long words")
    else:
        why = _("long sentences") if level.has_long_sentences else _("long words")
    text = _("Very hard to read: %(why)s.") if level.is_very_difficult else _("Hard to read: %(why)s.")
    return text % {"why": why}


CHECKS: dict[str, Callable[[Any, SiteChecklist], Iterator[Finding]]] = {
    "title_length": _title_length,
    "standfirst_length": _standfirst_length,
    "description": _description,
    "credit": _credit,
    "words": _words,
    "reading_level": _reading_level,
}
