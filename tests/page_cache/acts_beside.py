"""Random actions of newsrooms on events, seats, pictures, menus and sites."""

from datetime import timedelta
from io import BytesIO

from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from PIL import Image as Canvas
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from articles.models import ArticlePage
from events.models import EventPage, EventSettings, Occurrence, Registration, Venue
from events.registration import booking
from home.models import SectionPage, StandardPage
from portal.content.records.network_notice import NetworkNotice
from portal.content.records.settings import SiteSettings
from portal.media.models import Image
from portal.newsletter.models import NewsletterPage
from tests.builders import change, make_document, make_form_page, unsaved
from tests.events.registering import book
from tests.newsletter.makers import make_issue
from tests.page_cache.acts import STORIES, act, acts, note, story_of
from tests.page_cache.wire import Request
from tests.page_cache.world import World


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
def set_the_notice_of_the_network(world: World) -> str:
    notice = NetworkNotice.objects.first() or NetworkNotice()
    words = {"language": world.chance.choice(["fr", "de"]), "text": world.word("Panne"), "link": ""}
    notice.words = [{"type": "edition", "value": words}] if world.chance.random() < 0.8 else []
    notice.ends_at = timezone.now() + timedelta(hours=world.chance.randrange(-1, 30))
    notice.save()
    return f"set the notice of the network until {notice.ends_at.isoformat()}"


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
def move_an_event(world: World) -> Page:
    page = world.one(EventPage, live=True)
    start = timezone.now().replace(microsecond=0) + timedelta(minutes=world.chance.choice([-300, 2, 75, 4000]))
    return change(page, start=start, end=start + timedelta(minutes=world.chance.choice([30, 90, 3000])))


@act
def cancel_an_event(world: World) -> Page:
    page = world.one(EventPage, live=True)
    return change(page, status="scheduled" if page.is_cancelled else "cancelled", status_note=world.word("Regen"))


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
def book_a_seat(world: World) -> Page | str:
    page = world.one(EventPage, live=True, takes_registrations=True)
    if not Occurrence.objects.filter(event=page).exists():
        return ""
    try:
        with transaction.atomic():
            book(page, world.word("anna").replace(" ", ""))
    except booking.NoPlaceError:
        return ""
    return page


@act
def give_a_seat_back(world: World) -> str:
    row = Registration.objects.active().order_by("pk").first()
    if row is None:
        return ""
    booking.cancel(row, timezone.now())
    return f"gave back a seat of {row.date}"


@act
def send_an_issue(world: World) -> Page:
    return make_issue(world.one(NewsletterPage, live=True), title=world.word("Numéro"))


@act
def redirect(world: World) -> str:
    ground, code = world.ground(), "fr"
    path = f"/{code}/{world.word('ancien').replace(' ', '-')}"
    Redirect.objects.create(site=ground.site, old_path=path, redirect_link=f"/{code}/")
    world.gone.append(Request(ground.host, path + "/"))
    return f"redirected {ground.host}{path}"


@act
def delete(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage, StandardPage]))
    message = f"deleted {page.url_path}"
    Page.objects.get(pk=page.pk).specific.delete()
    return message


@act
def write_documents_and_forms(world: World) -> Page:
    document = make_document(world.word("Guide"))
    ground = world.ground()
    if world.chance.random() < 0.3:
        note(world, make_form_page(ground.home, world.word("Formular")))
    page = story_of(world, live=True)
    page.body = [
        *page.body.raw_data,
        {"type": "paragraph", "value": f'<p><a linktype="document" id="{document.pk}">Guide</a></p>'},
    ]
    page.save_revision().publish()
    return page


@act
def begin_a_draft(world: World) -> str:
    ground = world.ground()
    page = unsaved(ArticlePage, ground.section, world.word("Entwurf"), live=False)
    ground.section.add_child(instance=page)
    return f"began {page.url_path}"


@act
def reorder_shelves(world: World) -> Page:
    ground = world.ground()
    shelves = [
        {"type": "latest", "value": {"title": world.word("Neu"), "count": 4}},
        {"type": "events", "value": {"title": "Agenda", "count": 3}},
    ]
    return change(ground.home, shelves=shelves)


acts += [open_every_site, open_every_site]
