"""What newsrooms do to their pages, at random; each act says in words what it has done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from articles.models import ArticlePage, PortraitPage
from events.models import CalendarPage, EventPage, Venue
from home.models import SectionPage, StandardPage
from portal.content.records.people import Byline, Person
from portal.content.records.sharing import Share
from portal.content.records.topics import Topic
from portal.editorial.roles import Role
from portal.editorial.sharing import shares
from tests.builders import change, make_article, make_event, make_private
from tests.keeping.world import World

Act = Callable[[World], str]
acts: list[Act] = []
STORIES = (ArticlePage, PortraitPage)


def act(function: Act) -> Act:
    acts.append(function)
    return function


def soon(world: World) -> Any:
    return timezone.now() + timedelta(minutes=world.chance.choice([1, 7, 45, 200, 1500]))


def note(world: World, page: Page) -> None:
    world.touched.add(page.pk)


def story_of(world: World, **facts: Any) -> Any:
    return world.one(world.chance.choice(STORIES), **facts)


def said_of(page: Page, what: str) -> str:
    return f"{what} {page.url_path}"


@act
def publish_a_story(world: World) -> str:
    ground = world.ground()
    section = ground.sections[world.chance.choice(list(ground.sections))]
    page = make_article(
        section, world.word("Nouveau"), authors=list(Person.objects.order_by("pk")[: world.chance.randrange(3)])
    )
    note(world, page)
    return said_of(page, "published")


@act
def publish_an_event(world: World) -> str:
    ground = world.ground()
    calendar = ground.calendars[world.chance.choice(list(ground.calendars))]
    start = timezone.now() + timedelta(minutes=world.chance.choice([3, 50, 600, 9000]))
    facts = {"venue": Venue.objects.order_by("pk").first()} if world.chance.random() < 0.5 else {}
    page = make_event(calendar, world.word("Séance"), start, **facts)
    note(world, page)
    return said_of(page, "published")


@act
def change_a_story(world: World) -> str:
    page = change(story_of(world, live=True), title=world.word("Titre"), standfirst=world.word("En bref"))
    note(world, page)
    return said_of(page, "changed")


@act
def save_a_draft(world: World) -> str:
    page = story_of(world)
    page.title = world.word("Brouillon")
    page.save_revision()
    note(world, page)
    return said_of(page, "drafted")


@act
def write_rows_of_a_page_that_is_not_live(world: World) -> str:
    """As an autosave of a draft does, and by SQL."""
    page = world.one(world.chance.choice([*STORIES, EventPage, SectionPage, CalendarPage]), live=False)
    Page.objects.filter(pk=page.pk).update(title=world.word("Caché"), search_description=world.word("Rien"))
    if isinstance(page, STORIES):
        type(page).objects.filter(pk=page.pk).update(standfirst=world.word("Encore caché"))
        Byline.objects.filter(page=page.pk).delete()
        person = Person.objects.order_by("pk").first()
        Byline.objects.bulk_create([Byline(page=page.page_ptr, person=person)])
    note(world, page)
    return said_of(page, "wrote rows of")


@act
def take_down(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage, StandardPage]), live=True)
    page.unpublish()
    note(world, page)
    return said_of(page, "took down")


@act
def publish_again(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage]), live=False)
    page.get_latest_revision_as_object().save_revision().publish()
    note(world, page)
    return said_of(page, "published again")


@act
def date_in_the_future(world: World) -> str:
    page = change(story_of(world, live=True), publication_date=soon(world))
    note(world, page)
    return said_of(page, "dated ahead")


@act
def schedule(world: World) -> str:
    page = story_of(world, live=True)
    page.title, page.go_live_at = world.word("Prévu"), soon(world)
    page.save_revision().publish()
    note(world, page)
    return said_of(page, "scheduled")


@act
def expire(world: World) -> str:
    kind = world.chance.choice([*STORIES, EventPage, StandardPage, SectionPage, CalendarPage])
    page = world.one(kind, live=True)
    page = change(page, expire_at=None if page.expire_at else soon(world))
    note(world, page)
    return said_of(page, f"expires at {page.expire_at}")


@act
def make_page_private(world: World) -> str:
    page = world.one(world.chance.choice([*STORIES, EventPage, SectionPage, StandardPage]), live=True)
    make_private(page, **world.chance.choice([{"password": "geheim"}, {}]))
    note(world, page)
    return said_of(page, "made private")


@act
def make_page_public(world: World) -> str:
    rule = PageViewRestriction.objects.order_by("pk").first()
    if rule is None:
        return ""
    page = rule.page
    rule.delete()
    note(world, page)
    return said_of(page, "made public")


@act
def move(world: World) -> str:
    page = story_of(world)
    ground, code = world.home_of(page)
    target = world.chance.choice(
        list(Page.objects.type(SectionPage).filter(path__startswith=ground.roots[code]).order_by("path"))
    )
    if page.get_parent().pk == target.pk or target.get_children().filter(slug=page.slug).exists():
        return ""
    page.move(target, pos="last-child")
    note(world, page)
    return said_of(Page.objects.get(pk=page.pk), "moved")


@act
def rename(world: World) -> str:
    page = change(
        world.one(world.chance.choice([*STORIES, SectionPage, EventPage])), slug=world.word("adresse").replace(" ", "-")
    )
    note(world, page)
    return said_of(page, "renamed")


@act
def retitle_a_section(world: World) -> str:
    page = change(world.one(SectionPage, live=True), title=world.word("Rubrique"))
    note(world, page)
    return said_of(page, "retitled")


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
    page = story_of(world, live=True)
    page.bylines = [Byline(person=world.chance.choice(list(Person.objects.order_by("pk"))))]
    page.save_revision().publish()
    note(world, page)
    return said_of(page, "signed")


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
    page = story_of(world, live=True)
    found = [site for site in shares.possible_sites(page) if site.pk in world.members]
    if not found:
        return ""
    try:
        (offer,) = shares.offer(page, found[:1], world.admin)
    except PermissionDenied:
        # Such as a private page.
        return ""
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
    note(world, page)
    return said_of(page, f"shared with {offer.site}")


@act
def take_a_share_back(world: World) -> str:
    row = Share.objects.exclude(alias=None).order_by("pk").first()
    if row is None:
        return ""
    row.alias.specific.delete()
    return f"took a share back of {row.page_id}"


@act
def translate(world: World) -> str:
    page = story_of(world, live=True)
    ground, code = world.home_of(page)
    other = world.chance.choice([known for known in ground.homes if known != code])
    target = ground.homes[other].locale
    if page.has_translation(target) or not page.get_parent().has_translation(target):
        return ""
    copy = page.copy_for_translation(target)
    change(copy, title=world.word("Übersetzt"))
    note(world, copy)
    note(world, page)
    return said_of(copy, "translated")


# A newsroom publishes more than it takes away.
acts += [publish_a_story, publish_a_story, publish_an_event, publish_again, make_page_public, make_page_public]
