"""What a newsroom, its readers and the clock do, at random; each act says in words what it has done."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from PIL import Image as Canvas
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site

from articles.models import ArticlePage, PortraitPage
from events.models import CalendarPage, EventPage, EventSettings, Occurrence, Registration, Venue
from events.registration import booking
from home.models import SectionPage, StandardPage
from portal.core.models import Byline, Person, Share, SiteSettings, Topic
from portal.editorial.roles import Role
from portal.editorial.sharing import shares
from portal.media.models import Image
from tests.builders import change, make_article, make_document, make_event, make_form_page, make_private, unsaved
from tests.events.registering import book
from tests.keeping.asking import Question
from tests.keeping.world import World
from tests.newsletter.makers import make_issue

Act = Callable[[World], str]
acts: list[Act] = []
# Kept stories have a kind each, so that a random story is one of them.
STORIES = (ArticlePage, PortraitPage)


def act(function: Act) -> Act:
    acts.append(function)
    return function


def soon(world: World) -> Any:
    return timezone.now() + timedelta(minutes=world.chance.choice([1, 7, 45, 200, 1500]))


def _note(world: World, page: Page) -> None:
    world.touched.add(page.pk)


def _story(world: World, **facts: Any) -> Any:
    return world.one(world.chance.choice(STORIES), **facts)


def _say(page: Page, what: str) -> str:
    return f"{what} {page.url_path}"


@act
def publish_a_story(world: World) -> str:
    ground = world.ground()
    section = ground.sections[world.chance.choice(list(ground.sections))]
    page = make_article(
        section, world.word("Nouveau"), authors=list(Person.objects.order_by("pk")[: world.chance.randrange(3)])
    )
    _note(world, page)
    return _say(page, "published")


@act
def publish_an_event(world: World) -> str:
    ground = world.ground()
    calendar = ground.calendars[world.chance.choice(list(ground.calendars))]
    start = timezone.now() + timedelta(minutes=world.chance.choice([3, 50, 600, 9000]))
    facts = {"venue": Venue.objects.order_by("pk").first()} if world.chance.random() < 0.5 else {}
    page = make_event(calendar, world.word("Séance"), start, **facts)
    _note(world, page)
    return _say(page, "published")


@act
def change_a_story(world: World) -> str:
    page = change(_story(world, live=True), title=world.word("Titre"), standfirst=world.word("En bref"))
    _note(world, page)
    return _say(page, "changed")


@act
def save_a_draft(world: World) -> str:
    page = _story(world)
    page.title = world.word("Brouillon")
    page.save_revision()
    _note(world, page)
    return _say(page, "drafted")


@act
def take_down(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage, StandardPage]), live=True)
    page.unpublish()
    _note(world, page)
    return _say(page, "took down")


@act
def publish_again(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage]), live=False)
    page.get_latest_revision_as_object().save_revision().publish()
    _note(world, page)
    return _say(page, "published again")


@act
def date_in_the_future(world: World) -> str:
    page = change(_story(world, live=True), publication_date=soon(world))
    _note(world, page)
    return _say(page, "dated ahead")


@act
def schedule(world: World) -> str:
    page = _story(world, live=True)
    page.title, page.go_live_at = world.word("Prévu"), soon(world)
    page.save_revision().publish()
    _note(world, page)
    return _say(page, "scheduled")


@act
def expire(world: World) -> str:
    kind = world.chance.choice([*STORIES, EventPage, StandardPage, SectionPage, CalendarPage])
    page = world.one(kind, live=True)
    page = change(page, expire_at=None if page.expire_at else soon(world))
    _note(world, page)
    return _say(page, f"expires at {page.expire_at}")


@act
def make_page_private(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage, SectionPage, StandardPage]), live=True)
    make_private(page, **world.chance.choice([{"password": "geheim"}, {}]))
    _note(world, page)
    return _say(page, "made private")


@act
def make_page_public(world: World) -> str:
    rule = PageViewRestriction.objects.order_by("pk").first()
    if rule is None:
        return ""
    page = rule.page
    rule.delete()
    _note(world, page)
    return _say(page, "made public")


@act
def move(world: World) -> str:
    page = _story(world)
    ground, code = world.home_of(page)
    target = world.chance.choice(
        list(Page.objects.type(SectionPage).filter(path__startswith=ground.roots[code]).order_by("path"))
    )
    if page.get_parent().pk == target.pk or target.get_children().filter(slug=page.slug).exists():
        return ""
    page.move(target, pos="last-child")
    _note(world, page)
    return _say(Page.objects.get(pk=page.pk), "moved")


@act
def rename(world: World) -> str:
    page = change(
        world.one(world.chance.choice([*STORIES, SectionPage, EventPage])), slug=world.word("adresse").replace(" ", "-")
    )
    _note(world, page)
    return _say(page, "renamed")


@act
def retitle_a_section(world: World) -> str:
    page = change(world.one(SectionPage, live=True), title=world.word("Rubrique"))
    _note(world, page)
    return _say(page, "retitled")


@act
def rename_a_topic(world: World) -> str:
    topic = world.chance.choice(list(Topic.objects.order_by("pk")))
    topic.name = world.word("Thème")
    topic.save()
    return f"renamed topic {topic.slug}"


@act
def rename_a_person(world: World) -> str:
    person = world.chance.choice(list(Person.objects.order_by("pk")))
    person.name, person.has_page = world.word("Claire"), world.chance.random() < 0.7
    person.save()
    return f"renamed person {person.slug}"


@act
def sign_a_story(world: World) -> str:
    page = _story(world, live=True)
    page.bylines = [Byline(person=world.chance.choice(list(Person.objects.order_by("pk"))))]
    page.save_revision().publish()
    _note(world, page)
    return _say(page, "signed")


@act
def delete_a_byline(world: World) -> str:
    row = Byline.objects.order_by("pk").first()
    if row is None:
        return ""
    world.touched.add(row.page_id)
    row.delete()
    return f"deleted a byline of {row.page_id}"


@act
def share(world: World) -> str:
    page = _story(world, live=True)
    found = [site for site in shares.possible_sites(page) if site.pk in world.members]
    if not found:
        return ""
    (offer,) = shares.offer(page, found[:1], world.admin)
    parents = shares.possible_parents(offer)
    if not parents:
        return ""
    try:
        with transaction.atomic():
            decider = world.members[offer.site_id][Role.APPROVER]
            shares.accept(offer, parents[0], decider, timezone.now(), timezone.now())
    except ValidationError:
        return ""
    offer.refresh_from_db()
    if offer.alias_id:
        world.touched.add(offer.alias_id)
    _note(world, page)
    return _say(page, f"shared with {offer.site}")


@act
def take_a_share_back(world: World) -> str:
    row = Share.objects.exclude(alias=None).order_by("pk").first()
    if row is None:
        return ""
    row.alias.specific.delete()
    return f"took a share back of {row.page_id}"


@act
def translate(world: World) -> str:
    page = _story(world, live=True)
    ground, code = world.home_of(page)
    other = world.chance.choice([known for known in ground.homes if known != code])
    target = ground.homes[other].locale
    if page.has_translation(target) or not page.get_parent().has_translation(target):
        return ""
    copy = page.copy_for_translation(target)
    change(copy, title=world.word("Übersetzt"))
    _note(world, copy)
    _note(world, page)
    return _say(copy, "translated")


@act
def change_the_menu(world: World) -> str:
    ground = world.ground()
    settings = SiteSettings.for_site(ground.site)
    page = Page.objects.live().type(SectionPage).filter(path__startswith=ground.home.path).order_by("path").first()
    entry = (
        {"type": "page", "value": {"page": page.pk, "label": world.word("Menu")}}
        if page
        else {"type": "link", "value": {"label": "A", "url": "https://example.org/"}}
    )
    settings.navigation = [] if settings.navigation and world.chance.random() < 0.5 else [entry]
    settings.save()
    return f"changed the menu of {ground.host}"


@act
def change_the_words(world: World) -> str:
    ground = world.ground()
    settings = SiteSettings.for_site(ground.site)
    words = {
        "language": world.chance.choice(list(ground.homes)),
        "tagline": world.word("Devise"),
        "footer": "<p>Pied</p>",
        "notice": world.word("Grève"),
        "notice_link": "",
        "legal_links": [],
    }
    settings.wording = [{"type": "edition", "value": words}]
    settings.save()
    return f"changed the words of {ground.host}"


@act
def change_the_settings(world: World) -> str:
    ground = world.ground()
    settings = SiteSettings.for_site(ground.site)
    name, value = world.chance.choice(
        [
            ("brand_colour", f"#{world.chance.randrange(0x100000, 0x7FFFFF):06x}"),
            ("feeds_in_full", not settings.feeds_in_full),
            ("is_unlisted", not settings.is_unlisted),
            ("is_closed", not settings.is_closed),
            ("shows_untranslated", not settings.shows_untranslated),
            ("time_zone", world.chance.choice(["Europe/Paris", "Indian/Reunion", "America/Guadeloupe"])),
        ]
    )
    setattr(settings, name, value)
    settings.save()
    return f"set {name} of {ground.host} to {value}"


@act
def open_every_site(world: World) -> str:
    closed = SiteSettings.objects.filter(is_closed=True)
    for settings in closed:
        settings.is_closed = False
        settings.save()
    return "opened the closed sites"


@act
def rename_a_site(world: World) -> str:
    site = Site.objects.get(pk=world.ground().site.pk)
    site.site_name = world.word("Journal")
    site.save()
    return f"renamed {site.hostname}"


@act
def replace_a_picture(world: World) -> str:
    image = world.chance.choice(list(Image.objects.order_by("pk")))
    file = BytesIO()
    Canvas.new("RGB", (1200, 800), f"#{world.chance.randrange(0x1000000):06x}").save(file, "PNG")
    image.file, image.file_hash = ImageFile(file, name=f"neu-{world.number}.png"), ""
    image.credit = world.word("Foto")
    image.save()
    image.renditions.all().delete()
    return f"replaced picture {image.pk}"


@act
def move_a_focal_point(world: World) -> str:
    image = world.chance.choice(list(Image.objects.order_by("pk")))
    image.focal_point_x, image.focal_point_y = world.chance.randrange(200, 900), 300
    image.focal_point_width = image.focal_point_height = 100
    image.save()
    return f"moved the focal point of picture {image.pk}"


@act
def move_an_event(world: World) -> str:
    page = world.one(EventPage, live=True)
    start = timezone.now() + timedelta(minutes=world.chance.choice([-300, 2, 75, 4000]))
    page = change(page, start=start, end=start + timedelta(minutes=world.chance.choice([30, 90, 3000])))
    _note(world, page)
    return _say(page, "moved the date of")


@act
def cancel_an_event(world: World) -> str:
    page = world.one(EventPage, live=True)
    page = change(page, status="scheduled" if page.is_cancelled else "cancelled", status_note=world.word("Regen"))
    _note(world, page)
    return _say(page, "cancelled or not")


@act
def change_a_venue(world: World) -> str:
    venue = world.chance.choice(list(Venue.objects.order_by("pk")))
    venue.name, venue.address = world.word("Halle"), world.word("Straße")
    venue.save()
    return f"changed venue {venue.pk}"


@act
def change_the_night(world: World) -> str:
    settings = EventSettings.for_site(world.ground().site)
    settings.night_ends, settings.registration_retention_days = world.chance.randrange(9), world.chance.choice([30, 90])
    settings.save()
    return f"changed the event settings of {settings.site}"


@act
def book_a_seat(world: World) -> str:
    page = world.one(EventPage, live=True, takes_registrations=True)
    if not Occurrence.objects.filter(event=page).exists():
        return ""
    try:
        with transaction.atomic():
            book(page, world.word("anna").replace(" ", ""))
    except booking.NoPlaceError:
        return ""
    _note(world, page)
    return _say(page, "booked a seat of")


@act
def give_a_seat_back(world: World) -> str:
    row = Registration.objects.active().order_by("pk").first()
    if row is None:
        return ""
    booking.cancel(row, timezone.now())
    return f"gave back a seat of {row.date}"


@act
def send_an_issue(world: World) -> str:
    from portal.newsletter.models import NewsletterPage

    page = make_issue(world.one(NewsletterPage, live=True), title=world.word("Numéro"))
    _note(world, page)
    return _say(page, "published")


@act
def redirect(world: World) -> str:
    ground, code = world.ground(), "fr"
    path = f"/{code}/{world.word('ancien').replace(' ', '-')}"
    Redirect.objects.create(site=ground.site, old_path=path, redirect_link=f"/{code}/")
    world.gone.append(Question(ground.host, path + "/"))
    return f"redirected {ground.host}{path}"


@act
def delete(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage, StandardPage]))
    said = _say(page, "deleted")
    Page.objects.get(pk=page.pk).specific.delete()
    return said


@act
def write_documents_and_forms(world: World) -> str:
    document = make_document(world.word("Guide"))
    ground = world.ground()
    if world.chance.random() < 0.3:
        _note(world, make_form_page(ground.home, world.word("Formular")))
    page = _story(world, live=True)
    page.body = [
        *page.body.raw_data,
        {"type": "paragraph", "value": f'<p><a linktype="document" id="{document.pk}">Guide</a></p>'},
    ]
    page.save_revision().publish()
    _note(world, page)
    return _say(page, "linked a document in")


@act
def begin_a_draft(world: World) -> str:
    ground = world.ground()
    page = unsaved(ArticlePage, ground.section, world.word("Entwurf"), live=False)
    ground.section.add_child(instance=page)
    return _say(page, "began")


@act
def reorder_shelves(world: World) -> str:
    ground = world.ground()
    shelves = [
        {"type": "latest", "value": {"title": world.word("Neu"), "count": 4}},
        {"type": "events", "value": {"title": "Agenda", "count": 3}},
    ]
    page = change(ground.home, shelves=shelves)
    _note(world, page)
    return _say(page, "changed the shelves of")


# A newsroom publishes more than it takes away.
acts += [publish_a_story, publish_a_story, publish_an_event, publish_again, make_page_public, make_page_public]
acts += [open_every_site, open_every_site]
