"""A site with a row in every exported table, and a second site in the same network."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import (
    CollectionViewRestriction,
    GroupApprovalTask,
    GroupPagePermission,
    Page,
    PageSubscription,
    PageViewRestriction,
    WorkflowTask,
)
from wagtail_localize.models import TranslationLog

from articles.models import ArticlePage, LivePage
from articles.related import RelatedStory
from events.models import (
    AddedDate,
    Break,
    ChangedDate,
    DateSeats,
    EventConsent,
    EventLetter,
    EventPage,
    EventSettings,
    ImportedEvent,
    Occurrence,
    Proposal,
    ProposalPicture,
    RecapPage,
    RecapRequest,
    Registration,
)
from portal.content.kinds import Listed, kinds
from portal.content.records.topics import Topic
from portal.editorial.models import Basis, Reminder, Role, SiteChecklist
from portal.editorial.records.taken_over import TEXT_TAKEN_OVER
from portal.moving.models import ImportedItem, ImportSource
from portal.newsletter.models import AnnouncedStory, ConsentStep, Delivery, Sending
from portal.readership.models import MissingDay, SubjectDay
from search.models import LoggedQuery, OpenedPlace
from tests.articles.live.making import written
from tests.builders import (
    SampleSite,
    make_accessibility_statement,
    make_article,
    make_event,
    make_image,
    make_legal_notice,
    make_member,
    make_newsroom,
    make_person,
    make_privacy_notice,
    make_private,
    make_section,
    make_section_member,
    make_site,
    make_site_map,
    make_standard_page,
)
from tests.maps.makers import make_outline, map_value
from tests.newsletter.makers import make_subscriber
from tests.project.samples import make_page_of
from tests.separation.planting import Planted, plant

HOST = "vosges.localhost"
OWN_LINK = f"http://{HOST}/fr/rubrique/"
FOREIGN_LINK = "https://elsewhere.example/"


@dataclass
class FullSite:
    planted: Planted
    decoy: SampleSite
    article: Any
    event: EventPage

    @property
    def ground(self) -> SampleSite:
        return self.planted.ground


def make_full_site() -> FullSite:
    ground = make_site(HOST, ("fr", "de"))
    people = make_newsroom(ground)
    people[Role.REVIEWER] = make_section_member(ground, Role.REVIEWER)
    planted = plant(ground, people, "a")
    decoy = make_site("decoy.localhost", ("fr",))
    article = _pages(planted, decoy)
    event = _events(planted)
    _newsroom(planted)
    _readers(planted, event)
    return FullSite(planted, decoy, article, event)


def _pages(site: Planted, decoy: SampleSite) -> Any:
    ground, people = site.ground, site.people
    section, home = ground.section, ground.home
    for kind in kinds(Listed.STORIES):
        if kind.model not in (ArticlePage, RecapPage):
            make_page_of(kind.model, ground, f"{kind.name} complet")
    written(LivePage.objects.get(path__startswith=home.path), people[Role.EDITOR])
    make_standard_page(home)
    make_section(home, "Sans agenda")
    make_article(section, "Hors des moteurs", noindex=True)
    make_accessibility_statement(home)
    make_legal_notice(home)
    make_privacy_notice(home)
    make_site_map(home)
    foreign = make_article(decoy.section, "Article voisin")
    shared = make_image("Photo du réseau")
    lent = make_image("Photo voisine", foreign.lead_image.collection)
    text = (
        f'<p><a linktype="page" id="{site["live"].pk}">ici</a> <a linktype="page" id="{foreign.pk}">voisin</a> '
        f'<a linktype="document" id="{site["document"].pk}">guide</a> <a href="{OWN_LINK}">soi</a> '
        f'<a href="{FOREIGN_LINK}">ailleurs</a></p>'
    )
    body = [
        {"type": "paragraph", "value": text, "id": "0b7d1a52-5c60-4d80-a9c7-0a4f6d1f0001"},
        {"type": "figure", "value": {"image": lent.pk, "alt": "Un pont"}, "id": "0b7d1a52-5c60-4d80-a9c7-0a4f6d1f0002"},
        {
            "type": "map",
            "value": map_value(make_outline(site=ground.site)),
            "id": "0b7d1a52-5c60-4d80-a9c7-0a4f6d1f0003",
        },
    ]
    author = make_person("Autrice du réseau", slug="autrice", picture=shared)
    article = make_article(
        section, "Article complet", body=body, lead_image=shared, authors=[author, site["person"]],
        related=[site["live"], foreign],
    )  # fmt: skip
    # An older revision with a row that was deleted, and with a picture of another site.
    article.related_stories = [RelatedStory(story=site["live"])]
    article.save_revision(user=people[Role.EDITOR], log_action=True)
    taken_over = {"authors": [people[Role.APPROVER].pk], "author": people[Role.APPROVER].pk}
    log(instance=article, action=TEXT_TAKEN_OVER, user=people[Role.EDITOR], data=taken_over)
    Topic.objects.create(name="Bois", slug="bois", locale=home.locale, site=ground.site, picture=site["image"])
    PageSubscription.objects.create(page=article.page_ptr, user=people[Role.EDITOR], comment_notifications=True)
    restriction = make_private(make_article(section, "Pour quelques-uns"), kind=PageViewRestriction.GROUPS)
    restriction.groups.add(site["group"])
    folder = CollectionViewRestriction.objects.create(
        collection=site["collection"].add_child(name="Réservé"), restriction_type=CollectionViewRestriction.GROUPS
    )
    folder.groups.add(site["group"])
    Basis.objects.update_or_create(translation=site["rendering"].page_ptr, defaults={"source": site["live"].page_ptr})
    TranslationLog.objects.create(source=site["source"], locale=site["rendering"].locale)
    day = {"site": ground.site, "day": timezone.localdate().toordinal(), "views": 4}
    SubjectDay.objects.create(kind="author", key=author.pk, **day)
    SubjectDay.objects.create(kind="search", key=0, **day)
    MissingDay.objects.create(path="/ancien/", **day)
    # An author without a story on this site.
    SubjectDay.objects.create(kind="author", key=make_person("Auteur parti").pk, **day)
    return article


def _events(site: Planted) -> EventPage:
    ground, now = site.ground, timezone.now()
    start = (now + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)
    event = make_event(ground.calendar, "Série complète", start, recurrence="FREQ=WEEKLY;COUNT=4")
    day = start.date()
    event.added_dates = [AddedDate(day=day + timedelta(days=2), start_time=time(9), end_time=time(11))]
    event.breaks = [Break(first_day=day + timedelta(days=21), last_day=day + timedelta(days=22))]
    event.changed_dates = [ChangedDate(day=day + timedelta(days=7), venue=site["venue"], reason="Travaux")]
    event.save_revision().publish()
    RecapRequest.objects.create(occurrence=Occurrence.objects.filter(event=event).first(), asked_at=now)
    EventSettings.objects.update_or_create(site=ground.site, defaults={"night_ends": 4})
    old = ImportSource.objects.create(site=ground.site, locale=ground.home.locale, address="https://ancien.example")
    ImportedItem.objects.create(source=old, kind="page", key="7", page=event.page_ptr, revision=event.latest_revision)
    ImportedEvent.objects.create(
        subscription=site["subscription"], uid="x@partner.example", event=event, imported_values={}, seen_at=now
    )
    return EventPage.objects.get(pk=event.pk)


def _newsroom(site: Planted) -> None:
    editor = site.people[Role.EDITOR]
    editor.set_password("of the old installation")
    editor.save()
    SiteChecklist.objects.create(site=site.ground.site, levels={"byline": {"article": "required"}})
    Reminder.objects.create(task_state=site["step"], sent_at=timezone.now())
    guild = Group.objects.create(name="Guilde")
    guild.permissions.add(Permission.objects.get(codename="access_admin"))
    # Both belong to the installation, and are not exported.
    guild.permissions.add(Permission.objects.get(content_type__app_label="accounts", codename="add_user"))
    for page in (site.ground.home.page_ptr, Page.get_first_root_node()):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
        GroupPagePermission.objects.create(group=guild, page=page, permission=permission)
    make_member("guildsman", guild)
    task = GroupApprovalTask.objects.create(name="Guilde")
    task.groups.add(guild)
    WorkflowTask.objects.create(workflow=site["workflow"], task=task.task_ptr, sort_order=9)


def _readers(site: Planted, event: EventPage) -> None:
    ground, now = site.ground, timezone.now()
    consent = EventConsent.version(ground.site, "fr", "Vos données servent à l’accueil.")
    seats = DateSeats.objects.create(site=ground.site, event_key=event.translation_key, date_key="20260101", taken=2)
    Registration.objects.create(
        site=ground.site, date=seats, event=event, language="fr", state=Registration.State.CONFIRMED, seats=2,
        name="Nadia Perrin", address="Nadia@reader.example", same_address="nadia@reader.example", consent=consent,
        checked_in_by=site.people[Role.ORGANISER], delete_at=now + timedelta(days=30),
    )  # fmt: skip
    EventLetter.objects.create(
        site=ground.site, event=event, date=seats, subject="La salle", text="Nous serons au premier étage.",
        written_by=site.people[Role.ORGANISER],
    )  # fmt: skip
    proposal = Proposal.objects.create(
        site=ground.site, calendar=ground.calendar, language="fr", kind="event", state="open", name="Paul Weber",
        address="Paul@reader.example", same_address="paul@reader.example", title="Fête du pont",
        dates=[["2031-05-01", "10:00", ""]], standfirst="Un après-midi sur le pont.", consent=consent,
        confirmed_at=now, delete_at=now + timedelta(days=30),
    )  # fmt: skip
    ProposalPicture.objects.create(
        proposal=proposal, name="pont.png", size=3, file=ContentFile(b"PNG", name="pont.png"), description="Le pont",
        credit="P. Weber",
    )  # fmt: skip
    subscriber = make_subscriber(ground, "rosa@reader.example", sections=[ground.section])
    ConsentStep.objects.create(subscriber=subscriber, kind="asked", at=now, details="Je veux la lettre.", version="1")
    left = make_subscriber(ground, "gone@reader.example", state="left", left_at=now)
    type(left).objects.filter(pk=left.pk).update(address="")
    sent = Sending.objects.create(
        site=ground.site, newsletter=site["newsletter"], issue=site["issue"], kind=Sending.Kind.ISSUE, subject="Numéro",
        slot=f"issue:{site['issue'].pk}", content={}, created_at=now, state=Sending.State.UNDER_WAY,
        prepared_to=subscriber.pk,
    )  # fmt: skip
    Delivery.objects.create(sending=sent, subscriber=subscriber, state=Delivery.State.WAITING)
    AnnouncedStory.objects.create(newsletter=site["newsletter"], story=site["live"].page_ptr, announced_at=now)
    OpenedPlace.objects.create(query=LoggedQuery.objects.filter(site=ground.site).first(), place=1, times=2)
