"""Builders for test data: sites with their pages, people and pictures.

Live pages are complete; a test that needs an incomplete page leaves a field empty, for example `standfirst=""`.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.tasks import TaskResultStatus
from django.test import Client
from django.utils import timezone
from django.utils.text import slugify
from django_tasks_db.models import DBTaskResult
from wagtail.models import Collection, Locale, Page, PageViewRestriction, Site

from articles.models import ArticlePage, PortraitPage
from articles.related import RelatedStory
from articles.stories import StoryPage
from events.models import CalendarPage, EventPage, RecapPage
from home.models import (
    AccessibilityStatementPage,
    FormField,
    FormPage,
    HomePage,
    LegalNoticePage,
    PrivacyNoticePage,
    SectionPage,
    SiteMapPage,
    StandardPage,
)
from portal.content.management.commands.scheduler import Command as SchedulerCommand
from portal.content.records.people import Byline, Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import PageTopic, Topic
from portal.editorial.roles import Role, media_collection, section_group, set_up_newsroom
from portal.media.models import Document, Image
from portal.sheets.models import SheetPage
from tests.essentials import essentials, lead_image, picture, topic
from tests.publishing import publish, republish

_number = count(1)


class Pages[P: Page](Mapping[str, P]):
    """Pages by language; each is read from the database on first access."""

    def __init__(self, known: Mapping[str, P]):
        self.known = known
        self.read: dict[str, P] = {}

    def __getitem__(self, code: str) -> P:
        if code not in self.read:
            known = self.known[code]
            self.read[code] = type(known).objects.get(pk=known.pk)
        return self.read[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


@dataclass(frozen=True)
class SampleSite:
    """A test site: a home page, a section and its calendar in each of its languages."""

    site: Site
    homes: Mapping[str, HomePage]
    sections: Mapping[str, SectionPage]
    calendars: Mapping[str, CalendarPage]
    # The home page of each language.
    roots: Mapping[str, str]

    @property
    def language(self) -> str:
        return next(iter(self.homes))

    @property
    def home(self) -> HomePage:
        return self.homes[self.language]

    @property
    def section(self) -> SectionPage:
        return self.sections[self.language]

    @property
    def calendar(self) -> CalendarPage:
        return self.calendars[self.language]

    @property
    def host(self) -> str:
        return self.site.hostname if self.site.port == 80 else f"{self.site.hostname}:{self.site.port}"

    def reader(self, **headers: str) -> Client:
        return reader_of(self.host, **headers)

    def address(self, page: Page, rest: str = "") -> str:
        """The path of a page of this site, such as `/fr/economie/titre/`."""
        code = next(code for code, root in self.roots.items() if page.path.startswith(root))
        return f"/{code}/{page.url_path.split('/', 2)[2]}{rest}"

    def read_again(self) -> "SampleSite":
        """The same site, with its pages not yet read from the database."""
        site = Site.objects.get(pk=self.site.pk)
        return SampleSite(site, Pages(self.homes), Pages(self.sections), Pages(self.calendars), self.roots)


def reader_of(host: str, **headers: str) -> Client:
    """A client for this host, with headers such as `accept_language="de"`."""
    return Client(headers={"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}})


def content_of(response: Any) -> bytes:
    """The content of a response. A streaming one is then closed."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def locale(code: str) -> Locale:
    return Locale.objects.get_or_create(language_code=code)[0]


def change[P: Page](page: P, **facts: Any) -> P:
    """Publish a new revision of a page."""
    page = type(page).objects.get(pk=page.pk)
    for name, value in facts.items():
        setattr(page, name, value)
    republish(page)
    page.refresh_from_db()
    return page


def make_site(hostname: str, languages: Iterable[str] = ("fr",), name: str = "", port: int = 80) -> SampleSite:
    """A site whose home pages, sections and calendars are translations of each other."""
    name = name or hostname.split(".")[0].title()
    root = Page.get_first_root_node()
    homes: dict[str, HomePage] = {}
    sections: dict[str, SectionPage] = {}
    calendars: dict[str, CalendarPage] = {}
    for code in languages:
        homes[code] = publish(_translated(HomePage(title=name, slug=f"{slugify(name)}-{code}"), homes, code), root)
        section = _translated(
            SectionPage(title=f"Rubrique {code}", slug="rubrique", show_in_menus=True), sections, code
        )
        sections[code] = publish(section, homes[code])
        calendar = _translated(CalendarPage(title=f"Agenda {code}", slug="agenda"), calendars, code)
        calendars[code] = publish(calendar, sections[code])
    site = Site.objects.create(
        hostname=hostname, port=port, site_name=name, root_page=next(iter(homes.values())), is_default_site=False
    )
    # Otherwise the first reader or page would create the settings, and every worker would load everything again.
    SiteSettings.for_site(site)
    lead_image(site.root_page)
    for home in homes.values():
        topic(home.locale)
    return SampleSite(site, homes, sections, calendars, {code: home.path for code, home in homes.items()})


def _translated[P: Page](page: P, others: dict[str, P], code: str) -> P:
    page.locale = locale(code)
    for original in others.values():
        page.translation_key = original.translation_key
    return page


def make_section(parent: Page, title: str = "Transitions", **facts: Any) -> SectionPage:
    facts = {"show_in_menus": True, **facts}
    return publish(SectionPage(title=title, locale=parent.locale, **{"slug": _slug(title), **facts}), parent)


def make_calendar(parent: Page, title: str = "Agenda", **facts: Any) -> CalendarPage:
    return publish(CalendarPage(title=title, locale=parent.locale, **{"slug": _slug(title), **facts}), parent)


def make_standard_page(parent: Page, title: str = "À propos", **facts: Any) -> StandardPage:
    return publish(StandardPage(title=title, locale=parent.locale, **{"slug": _slug(title), **facts}), parent)


ADDRESS = "12, rue du Canal\n54000 Nancy"


def make_accessibility_statement(parent: Page, **facts: Any) -> AccessibilityStatementPage:
    known = {"title": "Accessibilité", "organisation": "Agence", "contact_email": "aide@lorraine.example"}
    known |= {"made_on": date(2026, 6, 30), "slug": "accessibilite", "locale": parent.locale}
    return publish(AccessibilityStatementPage(**{**known, **facts}), parent)


def make_legal_notice(parent: Page, **facts: Any) -> LegalNoticePage:
    known = {"title": "Mentions légales", "publisher": "Agence", "publisher_address": ADDRESS, "director": "Anne Roy"}
    known |= {"contact_email": "agence@lorraine.example", "contact_phone": "+33 3 00 00 00 00", "host_name": "Hôte"}
    known |= {"host_address": ADDRESS, "slug": "mentions-legales", "locale": parent.locale}
    return publish(LegalNoticePage(**{**known, **facts}), parent)


def make_privacy_notice(parent: Page, **facts: Any) -> PrivacyNoticePage:
    known = {"title": "Données personnelles", "controller": "Agence", "controller_address": ADDRESS, "log_days": 14}
    known |= {"contact_email": "agence@lorraine.example", "slug": "donnees-personnelles", "locale": parent.locale}
    return publish(PrivacyNoticePage(**{**known, **facts}), parent)


def make_site_map(parent: Page, **facts: Any) -> SiteMapPage:
    known = {"title": "Plan du site", "slug": "plan-du-site", "locale": parent.locale}
    return publish(SiteMapPage(**{**known, **facts}), parent)


def make_article(parent: Page, title: str = "", **facts: Any) -> ArticlePage:
    """An article; besides its own fields: `date` (an hour ago by default), `topics`, `authors` and `related`."""
    return _make_story(ArticlePage, parent, title, facts)


def make_portrait(parent: Page, title: str = "", **facts: Any) -> PortraitPage:
    return _make_story(PortraitPage, parent, title, facts)


def make_recap(parent: Page, title: str = "", **facts: Any) -> RecapPage:
    """A recap below a calendar; `event` is the event that it reports on."""
    return _make_story(RecapPage, parent, title, facts)


def _make_story[S: StoryPage](model: type[S], parent: Page, title: str, facts: dict[str, Any]) -> S:
    title = title or f"Histoire {next(_number)}"
    facts = {"publication_date": facts.pop("date", timezone.now() - timedelta(hours=1)), **facts}
    return publish(unsaved(model, parent, title, **facts), parent)


def unsaved[P: Page](model: type[P], parent: Page, title: str, **facts: Any) -> P:
    """A complete page with its relations, not yet added to the tree."""
    facts = essentials(model, parent, facts)
    topics, authors, related = (facts.pop(name, ()) for name in ("topics", "authors", "related"))
    page = model(title=title, locale=parent.locale, **{"slug": _slug(title), **facts})
    page.page_topics = [PageTopic(topic=topic) for topic in topics]
    if issubclass(model, StoryPage):
        page.bylines = [Byline(person=person) for person in authors]
        page.related_stories = [RelatedStory(story=story) for story in related]
    return page


def make_event(parent: Page, title: str = "", start: datetime | None = None, **facts: Any) -> EventPage:
    """An event below a calendar: two hours long, in a week, unless `facts` override it."""
    title = title or f"Rencontre {next(_number)}"
    start = start or timezone.now() + timedelta(days=7)
    facts.setdefault("end", start + timedelta(hours=2))
    return publish(unsaved(EventPage, parent, title, start=start, **facts), parent)


def make_draft[P: Page](page: P) -> P:
    page.unpublish()
    page.refresh_from_db()
    return page


def make_private(page: Page, password: str = "", kind: str = "") -> PageViewRestriction:
    """Restrict a page and its descendants to readers with the password, or to signed-in members."""
    kind = kind or (PageViewRestriction.PASSWORD if password else PageViewRestriction.LOGIN)
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, password=password)


def make_topic(name: str = "Énergie", code: str = "fr", slug: str = "") -> Topic:
    return Topic.objects.create(name=name, slug=slug or slugify(name), locale=locale(code))


def make_person(name: str = "Claire Humbert", **facts: Any) -> Person:
    return Person.objects.create(name=name, **facts)


def make_image(title: str = "Atelier", collection: Collection | None = None, **facts: Any) -> Image:
    file = ImageFile(BytesIO(picture()), name=f"{_slug(title)}.png")
    return Image.objects.create(
        title=title, file=file, collection=collection or Collection.get_first_root_node(), **facts
    )


def make_document(title: str = "Guide", name: str = "guide.pdf", content: bytes = b"%PDF-1.4 guide") -> Document:
    return Document.objects.create(title=title, file=ContentFile(content, name=name))


def make_gated_document(ground: SampleSite, title: str = "Fiche", content: bytes = b"%PDF-1.4 fiche") -> Document:
    """A document that readers of a site get by email only."""
    document = make_document(title, f"{_slug(title)}.pdf", content)
    document.is_gated = True
    document.collection = media_collection(ground.site)
    document.save()
    return document


def sheet_block(document: Document, block: str = "", **facts: Any) -> dict[str, Any]:
    """A block that offers a document by email."""
    value = {
        "title": document.title,
        "text": "",
        "document": document.pk,
        "questions": [],
        "marketing": "",
        "keeping": "180",
    }
    return {"type": "sheet", "id": block or str(uuid4()), "value": {**value, **facts}}


def make_sheet_page(parent: Page, block: dict[str, Any], title: str = "Brochure", **facts: Any) -> SheetPage:
    page = SheetPage(title=title, locale=parent.locale, sheet=[block], **{"slug": _slug(title), **facts})
    return publish(page, parent)


def make_form_page(parent: Page, title: str = "Contact", fields: Iterable[tuple] = (), **facts: Any) -> FormPage:
    """A form; `fields` are (label, type) or (label, type, further facts), by default a name and an address."""
    page = FormPage(title=title, locale=parent.locale, **{"slug": _slug(title), **facts})
    fields = fields or [("Nom", "singleline"), ("Adresse", "email")]
    page.form_fields = [
        FormField(sort_order=number, label=label, field_type=kind, **(more[0] if more else {}))
        for number, (label, kind, *more) in enumerate(fields)
    ]
    return publish(page, parent)


def fill_in(reader: Client, path: str, wait: float = 5, **answers: Any) -> Any:
    """Open a public form, wait, fill it in and submit it; other fields keep their initial values."""
    form = BeautifulSoup(reader.get(path).content, "html.parser").select_one("form[method=post]")
    sent = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden], input[type=text]")}
    with time_machine.travel(timezone.now() + timedelta(seconds=wait), tick=True):
        return reader.post(form["action"], {**sent, **answers})


def make_settings(ground: SampleSite, **facts: Any) -> SiteSettings:
    settings = SiteSettings.for_site(ground.site)
    for name, value in facts.items():
        setattr(settings, name, value)
    settings.save()
    return settings


def make_newsroom(ground: SampleSite) -> dict[Role, Any]:
    """The groups, the workflow and one member in each role of a site: `editor`, `approver`, and so on."""
    groups = set_up_newsroom(ground.site)
    groups[Role.ORGANISER] = section_group(ground.site, Role.ORGANISER, ground.section)
    return {role: make_member(f"{role.value}-{ground.site.hostname}", group) for role, group in groups.items()}


def make_section_member(ground: SampleSite, role: Role, section: Page | None = None, username: str = "") -> Any:
    """Someone with a role in one section of a site, such as its reviewer."""
    group = section_group(ground.site, role, section or ground.section)
    return make_member(username or f"{role.value}-{next(_number)}", group)


def make_member(username: str, *groups: Any, **facts: Any) -> Any:
    user = get_user_model().objects.create(username=username, email=f"{username}@portal.example", **facts)
    user.set_unusable_password()
    user.save()
    user.groups.add(*groups)
    return user


def newsroom_client(ground: SampleSite, user: Any) -> Client:
    """A client signed in as a member of the newsroom, with messages in English."""
    client = ground.reader(accept_language="en")
    # A view may have ended the account's sessions. The test's copy of the account does not show this.
    user.refresh_from_db(fields=["session_generation"])
    client.force_login(user)
    if user.has_usable_password():
        # The password counts as just entered, because sensitive actions ask for it again after five minutes.
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def _slug(title: str) -> str:
    return f"{slugify(title)[:60] or 'page'}-{next(_number)}"


def work_off(pauses: bool = False) -> None:
    """Run the queued tasks, as the scheduler's worker does; with `pauses`, also those that wait for a retry."""
    if pauses:
        DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(run_after=timezone.now())
    # Without this, the worker would close the connection between two tasks, but the test's transaction needs it.
    with patch("django_tasks_db.management.commands.db_worker.close_old_connections"):
        SchedulerCommand.worker(batch=True, interval=0).run()
