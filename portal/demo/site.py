"""Builds one site of the demo: its home pages, sections, calendars, stories and events."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from wagtail.fields import StreamField
from wagtail.models import Locale, Page, Site

from articles.related import RelatedStory
from articles.stories import StoryPage
from events.models import CalendarPage, EventPage
from home.dossiers.blocks import Chapters
from home.models import (
    AccessibilityStatementPage,
    DossierPage,
    FormField,
    FormPage,
    HomePage,
    SectionPage,
    StandardPage,
)
from home.statutory.base import StatutoryPage
from portal.content.kinds import Listed, model_of
from portal.content.records.outlines import MapOutline
from portal.content.records.people import Byline, Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import PageTopic, Topic
from portal.demo.bodies import BodyBuilder
from portal.demo.events import EventBuilder
from portal.demo.files import DemoFiles
from portal.demo.fronts import FrontBuilder, landing_page
from portal.demo.reading import DemoText, fronts
from portal.demo.statutory import statutory_pages
from portal.media.models import Document
from portal.platform.zones import zone
from search.models import SearchSettings

# The sites and the first announcements were published this many days ago.
BEGAN, ANNOUNCED = 90, 28


@dataclass
class SiteLoader:
    facts: dict[str, Any]
    network: dict[str, Any]
    root: Page
    locales: dict[str, Locale]
    topics: dict[str, dict[str, Topic]]
    people: dict[str, Person]
    now: datetime
    library: DemoFiles = field(init=False)
    event_builder: EventBuilder = field(init=False)
    # The created pages by language and by key, or by the slug of a text.
    homes: dict[str, HomePage] = field(default_factory=dict)
    sections: dict[tuple[str, str], SectionPage] = field(default_factory=dict)
    calendar_pages: dict[tuple[str, str], CalendarPage] = field(default_factory=dict)
    statutory: dict[tuple[str, str], StatutoryPage] = field(default_factory=dict)
    plain: dict[tuple[str, str], StandardPage | FormPage] = field(default_factory=dict)
    pages: dict[tuple[str, str], StoryPage | EventPage] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.facts["zone"])

    @property
    def main_language(self) -> str:
        return self.facts["languages"][0]

    def create_site(self, port: int, *, is_default: bool) -> Site:
        for code in self.facts["languages"]:
            words = self.network["words"][code]
            slug = self.facts["slug"] if code == self.main_language else f"{self.facts['slug']}-{code}"
            home = HomePage(
                title=self.facts["name"],
                slug=slug,
                locale=self.locales[code],
                introduction=self.facts["tagline"][code],
                search_description=self.facts["tagline"][code],
                seo_title=f"{words['home']} – {self.facts['tagline'][code]}",
                first_published_at=self._days_ago(BEGAN, slug),
            )
            self._translate(home, self.homes.get(self.main_language))
            self.root.add_child(instance=home)
            self.homes[code] = home
        return Site.objects.create(
            hostname=self.facts["host"],
            port=port,
            site_name=self.facts["name"],
            root_page=self.homes[self.main_language],
            is_default_site=is_default,
        )

    def load(self, texts: list[DemoText]) -> None:
        """Create all pages, then everything that links them: related stories, shelves, settings."""
        for code in self.facts["languages"]:
            self._create_sections(code, {text["section"] for text in texts if text.language == code})
            self._create_plain_pages(code)
        for text in texts:
            self._create(text)
        for text in texts:
            self._finish(text)
        for code, home in self.homes.items():
            home.shelves = self._shelves(code)
            self._publish(home)
            self._add_landing_page(code)
        self._settings()

    # Sections and plain pages

    def _create_sections(self, code: str, used: set[str]) -> None:
        parents = {section["key"]: section.get("below") for section in self.network["sections"]}
        used |= {parents[key] for key in used if parents[key]}
        for facts in self.network["sections"]:
            key = facts["key"]
            if code != self.main_language and key not in used:
                continue
            slug, title, introduction = facts[code]
            page = SectionPage(
                title=title,
                slug=slug,
                introduction=introduction,
                search_description=introduction,
                locale=self.locales[code],
                show_in_menus=True,
            )
            self._translate(page, self.sections.get((self.main_language, key)))
            above = facts.get("below")
            self._add(page, self.sections[code, above] if above else self.homes[code])
            self.sections[code, key] = page

    def _calendar(self, code: str, key: str) -> CalendarPage:
        if (code, key) not in self.calendar_pages:
            slug, title = self.network["calendar"][code]
            page = CalendarPage(title=title, slug=slug, locale=self.locales[code])
            self._translate(page, self.calendar_pages.get((self.main_language, key)))
            self._add(page, self.sections[code, key])
            self.calendar_pages[code, key] = page
        return self.calendar_pages[code, key]

    def _create_plain_pages(self, code: str) -> None:
        for key in ("about", "contact"):
            slug, title, introduction, text = self.network["words"][code][key]
            facts = {"title": title, "slug": slug, "introduction": introduction, "locale": self.locales[code]}
            facts["search_description"] = introduction
            page: StandardPage | FormPage
            if key == "contact":
                page = self._contact_form(facts, self.network["words"][code]["message"])
            else:
                body = [{"type": "paragraph", "text": text}]
                page = StandardPage(**facts, body=self._builder(key, code).stream(body))
            self._translate(page, self.plain.get((self.main_language, key)))
            self._add(page, self.homes[code])
            self.plain[code, key] = page
        for key, page in statutory_pages(self.facts, code).items():
            page.locale = self.locales[code]
            if isinstance(page, AccessibilityStatementPage):
                page.contact_page = self.plain[code, "contact"]
            self._translate(page, self.statutory.get((self.main_language, key)))
            self._add(page, self.homes[code])
            self.statutory[code, key] = page

    def _add_landing_page(self, code: str) -> None:
        page = landing_page(
            self.facts["key"],
            code,
            self._builder("landing", code),
            person=lambda key: self.people[key].pk,
            section=lambda key: self.sections[code, key].pk,
        )
        if page:
            page.locale = self.locales[code]
            self._add(page, self.homes[code])

    def _contact_form(self, facts: dict[str, Any], words: dict[str, Any]) -> FormPage:
        texts = {"thanks": f"<p>{words['thanks']}</p>", "confirmation": words["confirmation"]}
        form = FormPage(**facts, **texts, to_address=self.facts["email"], keep_days=90)
        form.form_fields = [
            FormField(sort_order=number, **{"required": True, **each}) for number, each in enumerate(words["fields"])
        ]
        return form

    # Stories and events

    def _create(self, text: DemoText) -> None:
        is_event = model_of(text.kind).kind.listed is Listed.EVENTS
        page: StoryPage | EventPage = self.event_builder.event(text) if is_event else self._story(text)
        page.locale = self.locales[text.language]
        page.search_description = text["standfirst"][:300]
        original = self.pages.get((self.main_language, text.original)) if text.original else None
        self._translate(page, original)
        if original or "picture" in text.facts:
            page.lead_image = original.lead_image if original else self.library.image(text["picture"], text["alt"])
        days = text.get("days_ago", ANNOUNCED - crc32(text.slug.encode()) % ANNOUNCED)
        page.first_published_at = self._days_ago(days, text.slug)
        in_calendar = CalendarPage in page.allowed_parent_page_models()
        section = text["section"]
        parent = self._calendar(text.language, section) if in_calendar else self.sections[text.language, section]
        parent.add_child(instance=page)
        self.pages[text.language, text.slug] = page

    def _story(self, text: DemoText) -> StoryPage:
        model = model_of(text.kind)
        page: StoryPage = model(
            title=text["title"],
            slug=text.slug,
            standfirst=text["standfirst"],
            lead_image_alt=text.get("alt", ""),
            lead_image_caption=text.get("caption", ""),
            publication_date=self._days_ago(text["days_ago"], text.slug),
            thanks=text.get("thanks", ""),
            credits=[{"type": "credit", "value": credit} for credit in text.get("credits", [])],
            live=False,
        )
        if "correction" in text.facts:
            page.correction = text["correction"]
            page.corrected_at = self._days_ago(text.get("corrected_days_ago", 1), text.slug)
        for name, value in text.get("about", {}).items():
            setattr(page, name, self._field_value(model._meta.get_field(name), value))
        return page

    def _field_value(self, field: Any, value: Any) -> Any:
        """The value of a field. The files have the values of a stream's only block, and the title of a document."""
        if isinstance(field, StreamField):
            (block,) = field.stream_block.child_blocks
            return [{"type": block, "value": each} for each in value]
        return self.library.document(value) if field.related_model is Document else value

    def _finish(self, text: DemoText) -> None:
        page: Any = self.pages[text.language, text.slug]
        # A translated block has the id of the original block.
        page.body = self._builder(text.original or text.slug, text.language).stream(text.get("body", []))
        if isinstance(page, DossierPage):
            chapters = [{"type": "chapter", **chapter} for chapter in text["chapters"]]
            page.chapters = self._builder(text.slug, text.language).stream(
                chapters, Chapters(), f"{text.slug}:chapters"
            )
        page.page_topics = [PageTopic(topic=self.topics[key][text.language]) for key in text["topics"]]
        if isinstance(page, StoryPage):
            page.bylines = [Byline(person=self.people[key]) for key in text.get("byline", [])]
            related = [self.pages.get((text.language, slug)) for slug in text.get("related", [])]
            page.related_stories = [RelatedStory(story=story) for story in related if story][:3]
        if "event" in text.facts:
            event: Any = self.pages[text.language, text["event"]]
            page.event, page.event_date, page.place = event, event.local_start.date(), event.shown_place
            page.speakers, page.partners = event.speakers, event.partners
        self._publish(page)
        if isinstance(page, StoryPage):
            # Otherwise today's stories would appear to have been updated when the demo was loaded.
            Page.objects.filter(pk=page.pk).update(last_published_at=page.first_published_at)
        if "booking" in text.facts:
            self.event_builder.register_guests(page, text)

    def _builder(self, seed: str, code: str) -> BodyBuilder:
        return BodyBuilder(
            seed,
            image=lambda name, alt: self.library.image(name, alt).pk,
            document=lambda title, **facts: self.library.document(title, **facts).pk,
            page=lambda slug: getattr(self.pages.get((code, slug)) or self.plain.get((code, slug)), "pk", None),
            outline=lambda name: MapOutline.objects.get(name=name).pk,
        )

    def _days_ago(self, days: int, slug: str) -> datetime:
        """A time in the morning of that day, different for each slug and never in the future."""
        day = (self.now - timedelta(days=days)).astimezone(self.zone).date()
        minutes = crc32(slug.encode()) % 240
        wanted = datetime.combine(day, time(6), self.zone) + timedelta(minutes=minutes)
        return min(wanted, self.now - timedelta(minutes=5))

    # Home pages and settings

    def _shelves(self, code: str) -> list[dict[str, Any]]:
        front = FrontBuilder(
            words=self.network["words"][code],
            partners=self.facts["partners"],
            contact=self.plain[code, "contact"].pk,
            now=self.now,
            section=lambda key: getattr(self.sections.get((code, key)), "pk", None),
            page=lambda slug: getattr(self.pages.get((code, slug)), "pk", None),
            image=lambda name: self.library.image(name, "").pk,
            venue=lambda name: self.event_builder.venues[name].pk,
        )
        return list(front.shelves(fronts()[self.facts["key"]][code]))

    def _settings(self) -> None:
        site = self.homes[self.main_language].sites_rooted_here.get()
        wording = [
            {
                "type": "edition",
                "value": {
                    "language": code,
                    "tagline": self.facts["tagline"][code],
                    "footer": self.network["words"][code]["footer"],
                    "notice": self.facts["notice"].get(code, ""),
                    "notice_link": "",
                    "legal_links": [self.plain[code, key].pk for key in ("about", "contact")],
                },
            }
            for code in self.facts["languages"]
        ]
        accounts = [
            {"type": "account", "value": {"network": n, "url": self.network["social"][n]}} for n in self.facts["social"]
        ]
        SiteSettings.objects.update_or_create(
            site=site,
            defaults={
                "brand_colour": self.facts["brand"],
                "accent_colour": self.facts["accent"],
                "typefaces": self.facts["typefaces"],
                "corners": self.facts["corners"],
                "map_outline": MapOutline.objects.filter(site=None).first(),
                "map_region": self.facts["region"],
                "time_zone": self.facts["zone"],
                "wording": wording,
                "social_accounts": accounts,
                "contact_organisation": self.facts["organisation"],
                "contact_address": self.facts["address"],
                "contact_email": self.facts["email"],
                "contact_phone": self.facts["phone"],
            },
        )

        synonyms = [
            {"type": "synonyms", "value": {"language": code, "words": words}}
            for code in self.facts["languages"]
            for words in self.network["synonyms"][code]
        ]
        SearchSettings.objects.update_or_create(site=site, defaults={"synonyms": synonyms})

    @staticmethod
    def _translate(page: Page, original: Page | None) -> None:
        if original is not None:
            page.translation_key = original.translation_key

    def _add(self, page: Page, parent: Page) -> None:
        page.live = False
        page.first_published_at = self._days_ago(BEGAN, page.slug)
        parent.add_child(instance=page)
        self._publish(page)

    @staticmethod
    def _publish(page: Page) -> None:
        # Publishing validates the draft.
        page.save_revision(clean=False).publish()
