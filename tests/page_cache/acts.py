"""Random actions of newsrooms on their pages. Each returns its page, or a description of the action."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
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
from tests.page_cache.world import World

Act = Callable[[World], str]
acts: list[Act] = []
STORIES = (ArticlePage, PortraitPage)


def act(function: Callable[[World], Page | str]) -> Act:
    """Register an action; the wrapper records the page and returns a description."""

    @wraps(function)
    def noted(world: World) -> str:
        done = function(world)
        if isinstance(done, str):
            return done
        note(world, done)
        return f"{function.__name__.replace('_', ' ')}: {done.url_path}"

    acts.append(noted)
    return noted


def soon(world: World) -> Any:
    return timezone.now() + timedelta(minutes=world.chance.choice([1, 7, 45, 200, 1500]))


def note(world: World, page: Page) -> None:
    world.touched.add(page.pk)


def story_of(world: World, **facts: Any) -> Any:
    return world.one(world.chance.choice(STORIES), **facts)


@act
def publish_a_story(world: World) -> Page:
    ground = world.ground()
    section = ground.sections[world.chance.choice(list(ground.sections))]
    return make_article(
        section, world.word("Nouveau"), authors=list(Person.objects.order_by("pk")[: world.chance.randrange(3)])
    )


@act
def publish_an_event(world: World) -> Page:
    ground = world.ground()
    calendar = ground.calendars[world.chance.choice(list(ground.calendars))]
    start = timezone.now() + timedelta(minutes=world.chance.choice([3, 50, 600, 9000]))
    facts = {"venue": Venue.objects.order_by("pk").first()} if world.chance.random() < 0.5 else {}
    return make_event(calendar, world.word("Séance"), start, **facts)


@act
def change_a_story(world: World) -> Page:
    return change(story_of(world, live=True), title=world.word("Titre"), standfirst=world.word("En bref"))


@act
def save_a_draft(world: World) -> Page:
    page = story_of(world)
    page.title = world.word("Brouillon")
    page.save_revision()
    return page


@act
def write_rows_of_a_page_that_is_not_live(world: World) -> Page:
    """The rows are written like an autosave of a draft, and by SQL."""
    page = world.one(world.chance.choice([*STORIES, EventPage, SectionPage, CalendarPage]), live=False)
    Page.objects.filter(pk=page.pk).update(title=world.word("Caché"), search_description=world.word("Rien"))
    if isinstance(page, STORIES):
        type(page).objects.filter(pk=page.pk).update(standfirst=world.word("Encore caché"))
        Byline.objects.filter(page=page.pk).delete()
        person = Person.objects.order_by("pk").first()
        Byline.objects.bulk_create([Byline(page=page.page_ptr, person=person)])
    return page


@act
def take_down(world: World) -> Page:
    page = world.one(world.chance.choice([*STORIES, EventPage, StandardPage]), live=True)
    page.unpublish()
    return page


@act
def publish_again(world: World) -> Page:
    page = world.one(world.chance.choice([*STORIES, EventPage]), live=False)
    page.get_latest_revision_as_object().save_revision().publish()
    return page


@act
def date_in_the_future(world: World) -> Page:
    return change(story_of(world, live=True), publication_date=soon(world))


@act
def schedule(world: World) -> Page:
    page = story_of(world, live=True)
    page.title, page.go_live_at = world.word("Prévu"), soon(world)
    page.save_revision().publish()
    return page


@act
def expire(world: World) -> Page:
    kind = world.chance.choice([*STORIES, EventPage, StandardPage, SectionPage, CalendarPage])
    page = world.one(kind, live=True)
    return change(page, expire_at=None if page.expire_at else soon(world))


@act
def make_page_private(world: World) -> Page:
    page = world.one(world.chance.choice([*STORIES, EventPage, SectionPage, StandardPage]), live=True)
    make_private(page, **world.chance.choice([{"password": "geheim"}, {}]))
    return page


@act
def make_page_public(world: World) -> Page | str:
    rule = PageViewRestriction.objects.order_by("pk").first()
    if rule is None:
        return ""
    page = rule.page
    rule.delete()
    return page


@act
def move(world: World) -> Page | str:
    page = story_of(world)
    ground, code = world.home_of(page)
    target = world.chance.choice(
        list(Page.objects.type(SectionPage).filter(path__startswith=ground.roots[code]).order_by("path"))
    )
    if page.get_parent().pk == target.pk or target.get_children().filter(slug=page.slug).exists():
        return ""
    page.move(target, pos="last-child")
    return Page.objects.get(pk=page.pk)


@act
def rename(world: World) -> Page:
    return change(
        world.one(world.chance.choice([*STORIES, SectionPage, EventPage])), slug=world.word("adresse").replace(" ", "-")
    )


@act
def retitle_a_section(world: World) -> Page:
    return change(world.one(SectionPage, live=True), title=world.word("Rubrique"))


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
def sign_a_story(world: World) -> Page:
    page = story_of(world, live=True)
    page.bylines = [Byline(person=world.chance.choice(list(Person.objects.order_by("pk"))))]
    page.save_revision().publish()
    return page


@act
def delete_a_byline(world: World) -> str:
    row = Byline.objects.order_by("pk").first()
    if row is None:
        return ""
    world.touched.add(row.page_id)
    row.delete()
    return f"deleted a byline of {row.page_id}"


@act
def share(world: World) -> Page | str:
    page = story_of(world, live=True)
    found = [site for site in shares.possible_sites(page) if site.pk in world.members]
    if not found:
        return ""
    try:
        (offer,) = shares.offer(page, found[:1], world.admin)
    except PermissionDenied:
        # This may be a private page, for example.
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
    return page


@act
def take_a_share_back(world: World) -> str:
    row = Share.objects.exclude(alias=None).order_by("pk").first()
    if row is None:
        return ""
    row.alias.specific.delete()
    return f"took a share back of {row.page_id}"


@act
def translate(world: World) -> Page | str:
    page = story_of(world, live=True)
    ground, code = world.home_of(page)
    other = world.chance.choice([known for known in ground.homes if known != code])
    target = ground.homes[other].locale
    if page.has_translation(target) or not page.get_parent().has_translation(target):
        return ""
    copy = page.copy_for_translation(target)
    change(copy, title=world.word("Übersetzt"))
    note(world, page)
    return copy


# Newsrooms publish more than they unpublish.
acts += [publish_a_story, publish_a_story, publish_an_event, publish_again, make_page_public, make_page_public]
