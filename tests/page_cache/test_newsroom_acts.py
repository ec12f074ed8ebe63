"""Editorial work does not purge caches before readers can see it. Each visible change purges once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, rich_text, streamfield

from articles.models import ArticlePage
from events.models import EventPage, Venue
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.editorial.roles import Role, media_collection
from portal.editorial.sharing import shares
from portal.editorial.translations import actions
from portal.media.models import Document, Image
from portal.platform.caching.purge_watch import PurgeWatch
from tests.builders import (
    SampleSite,
    change,
    make_article,
    make_draft,
    make_event,
    make_form_page,
    make_person,
    make_settings,
    newsroom_client,
    picture,
)
from tests.editorial.drafts import answer, draft, step_of, submit
from tests.editorial.forms import article_form, complete_form
from tests.editorial.side_by_side import Window
from tests.events.forms import event_form
from tests.events.registering import book, make_bookable

JSON = {"accept": "application/json"}


@dataclass
class Day:
    """An editor's working day; `live` are pages that readers see."""

    ground: SampleSite
    team: dict[Role, Any]
    editor: Any
    live: dict[str, Any]
    number: int = 0
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = newsroom_client(self.ground, self.editor)

    def word(self, what: str) -> str:
        self.number += 1
        return f"{what} {self.editor.pk}-{self.number}"

    def slug(self) -> str:
        return self.word("page").replace(" ", "-")

    def send(self, path: str, form: dict[str, Any], **more: Any) -> Any:
        response = self.client.post(path, form, **more)
        assert response.status_code in (200, 302), (path, response.status_code)
        return response


Act = Callable[[Day], object]
UNSEEN: list[Act] = []


def unseen(act: Act) -> Act:
    """Register an action without effect for readers."""
    UNSEEN.append(act)
    return act


def add_path(parent: Page, model: type[Page]) -> str:
    return reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])


def edit_path(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def autosave(day: Day, page: Any, form: dict[str, Any]) -> dict[str, Any]:
    """Save like an autosave of a page's form: in its window, over the version that it shows."""
    latest = type(page).objects.get(pk=page.pk).latest_revision
    shown = {"editing_window": "w", "loaded_revision_id": latest.pk if latest else ""}
    if latest:
        shown["loaded_revision_created_at"] = latest.created_at.isoformat()
    saved: dict[str, Any] = day.send(edit_path(page), {**form, **shown}, headers=JSON).json()
    assert saved["success"], saved
    return saved


def reload_page(day: Day, which: str) -> Any:
    page = day.live[which]
    return type(page).objects.get(pk=page.pk)


@unseen
def write_an_article(day: Day) -> None:
    slug, title = day.slug(), day.word("Une usine")
    image, topic = Image.objects.order_by("pk").first(), Topic.objects.order_by("pk").first()
    person, target = Person.objects.order_by("pk").first(), day.live["article"]
    shown = [("paragraph", rich_text(f'<p>Voir <a linktype="page" id="{target.pk}">le bois</a>.</p>'))]
    created = day.send(
        add_path(day.ground.section, ArticlePage), article_form(title=title, slug=slug), headers=JSON
    ).json()
    page = ArticlePage.objects.get(pk=created["pk"])
    grown: dict[str, Any] = {}
    for more in (
        {"title": day.word("Une usine rouvre")},
        {"standfirst": "Cent postes."},
        {"lead_image": image.pk, "lead_image_alt": "Un atelier"},
        {"body": streamfield(shown)},
        {"page_topics": inline_formset([{"topic": topic.pk}])},
        {"bylines": inline_formset([{"person": person.pk, "role": ""}])},
        {"related_stories": inline_formset([{"story": target.pk}])},
    ):
        # Rows are sent once: after saving them, a form has their keys.
        autosave(day, page, article_form(**{"title": title, "slug": slug} | grown | more))
        grown |= {name: value for name, value in more.items() if name in ("title", "standfirst", "lead_image")}


@unseen
def write_an_event(day: Day) -> None:
    form = {"slug": day.slug(), "title": day.word("Séance")}
    created = day.send(add_path(day.ground.calendar, EventPage), event_form(**form), headers=JSON).json()
    page = EventPage.objects.get(pk=created["pk"])
    for more in (
        {"standfirst": "Une matinée."},
        {"added_dates": [{"day": "2027-03-09"}]},
        {"added_dates": [{"day": "2027-03-09"}, {"day": "2027-03-16"}]},
        {"breaks": [{"first_day": "2027-03-03", "last_day": "2027-03-05"}]},
    ):
        autosave(day, page, event_form(**form | more))


@unseen
def add_a_venue(day: Day) -> None:
    Venue.objects.create(name=day.word("Halle"), address="Rue 1", collection=media_collection(day.ground.site))


@unseen
def go_on_with_a_live_article(day: Day) -> None:
    page, topic = day.live["article"], Topic.objects.order_by("pk").first()
    facts = {"title": day.word("Le bois"), "slug": page.slug, "page_topics": inline_formset([{"topic": topic.pk}])}
    autosave(day, page, complete_form(day.ground, **facts))


@unseen
def go_on_with_a_live_event(day: Day) -> None:
    page = day.live["event"]
    autosave(day, page, event_form(title=day.word("Marché"), slug=page.slug, added_dates=[{"day": "2027-03-09"}]))


@unseen
def upload_a_picture(day: Day) -> None:
    file = SimpleUploadedFile("vue.png", picture(60, 40), content_type="image/png")
    headers = {"x-requested-with": "XMLHttpRequest"}
    day.send(reverse("store_picture"), {"file": file, "page": day.live["article"].pk}, headers=headers)
    image = Image.objects.order_by("pk").last()
    image.title, image.description = day.word("Vue"), "Un atelier vu de la rue"
    image.save()
    image.tags.add("atelier")
    if image.pk % 2:
        image.delete()


@unseen
def upload_a_document(day: Day) -> None:
    file = SimpleUploadedFile("guide.pdf", b"%PDF-1.4 guide", content_type="application/pdf")
    document = Document.objects.create(title="Guide", file=file, collection=media_collection(day.ground.site))
    document.title = day.word("Guide")
    document.save()


@unseen
def submit_a_draft(day: Day) -> None:
    """The page is submitted, returned with a comment, and submitted again."""
    page = draft(day.ground, day.editor, day.word("À relire"))
    submit(page, day.editor)
    answer(step_of(page), day.team[Role.APPROVER], "reject", comment="Qui parle ?")
    submit(page, day.editor)


@unseen
def note_in_the_margin(day: Day) -> None:
    page = draft(day.ground, day.editor, day.word("Annoté"))
    note = {"text": "À vérifier", "contentpath": "title", "position": "", "replies": inline_formset([])}
    autosave(
        day, page, complete_form(day.ground, title=page.title, slug=page.slug, comments=inline_formset([{**note}]))
    )


@unseen
def remark_of_a_guest(day: Day) -> None:
    page = draft(day.ground, day.editor, day.word("Montré"))
    invitation = ReviewInvitation.objects.create(
        page=page,
        created_by=day.team[Role.APPROVER],
        name="Marie Keller",
        email="marie@example.org",
        language="de",
        expires_at=timezone.now() + timedelta(days=7),
    )
    address = f"/fr/_review/{invitation.token}/"
    guest = day.ground.reader()
    shown = re.search('name="content_hash" value="([^"]*)"', guest.get(address).text)[1]
    guest.post(
        address, {"content_hash": shown, "website": "", "name": "Marie", "text": "Qui parle ?", "answer": "remark"}
    )
    assert GuestRemark.objects.filter(invitation=invitation).exists()


@unseen
def lock_and_unlock(day: Day) -> None:
    page = draft(day.ground, day.editor, day.word("Verrouillé"))
    for view in ("lock", "unlock"):
        newsroom_client(day.ground, day.team[Role.APPROVER]).post(reverse(f"wagtailadmin_pages:{view}", args=[page.pk]))


@unseen
def translate_a_page(day: Day) -> None:
    story = draft(day.ground, day.editor, day.word("À traduire"))
    window = Window(day.client, actions.start(story, day.ground.homes["de"].locale, day.editor))
    window.write("Title", day.word("Ein Werk"))
    window.autosave()


@unseen
def tidy_up_drafts(day: Day) -> None:
    page = draft(day.ground, day.editor, day.word("Brouillon"))
    page.copy(update_attrs={"slug": day.slug(), "title": "Copie"}, keep_live=False)
    page.move(day.ground.home, pos="last-child")
    Page.objects.get(pk=page.pk).delete()


@unseen
def sign_in_and_look(day: Day) -> None:
    day.client = newsroom_client(day.ground, day.editor)
    for address in ("/admin/", "/admin/account/", edit_path(day.live["article"])):
        assert day.client.get(address).status_code == 200


@unseen
def offer_a_story(day: Day) -> None:
    page = reload_page(day, "article")
    (offer,) = shares.offer(page, list(shares.possible_sites(page))[:1], day.team[Role.APPROVER])
    shares.withdraw(offer, day.team[Role.APPROVER])


def first_live_article(day: Day) -> ArticlePage:
    return ArticlePage.objects.live().exclude(pk=day.live["article"].pk).order_by("pk").first()


def rename_a_topic(day: Day) -> None:
    topic = Topic.objects.order_by("pk").first()
    topic.name = day.word("Thème")
    topic.save()


def change_the_picture_of_a_live_article(day: Day) -> None:
    image = reload_page(day, "article").lead_image
    image.credit = day.word("Photo")
    image.save()


SEEN: dict[str, Act] = {
    "publish": lambda day: make_article(day.ground.section, "Publié"),
    "correct": lambda day: change(reload_page(day, "article"), standfirst="En bref"),
    "move": lambda day: first_live_article(day).move(day.ground.home, pos="last-child"),
    "take down": lambda day: make_draft(first_live_article(day)),
    "delete": lambda day: first_live_article(day).delete(),
    "rename a topic": rename_a_topic,
    "change a picture": change_the_picture_of_a_live_article,
    # Readers see one seat less.
    "book a seat": lambda day: book(day.live["bookable"], "anna"),
    "add a form": lambda day: make_form_page(day.ground.home, "Contact", slug="contact"),
}


@pytest.fixture
def day(lorraine, newsroom, settings, tmp_path) -> Day:
    settings.MEDIA_ROOT = tmp_path
    make_person()
    make_settings(lorraine, contact_email="redaction@lorraine.example")
    live = {
        "article": make_article(lorraine.section, "Le bois"),
        "event": make_event(lorraine.calendar, "Marché"),
        "bookable": make_bookable(lorraine.calendar, "Atelier", capacity=50),
    }
    make_article(lorraine.section, "Brève")
    return Day(lorraine, newsroom, newsroom[Role.EDITOR], live)


def purges_of(act: Act, day: Day) -> int:
    purges: list[int] = []
    # The clock is frozen, so no purge is repeated.
    watch = PurgeWatch(purge=lambda: purges.append(1), clock=lambda: 0.0)
    watch.purge_if_due()
    act(day)
    watch.purge_if_due()
    return len(purges) - 1


@pytest.mark.parametrize("act", UNSEEN, ids=lambda act: act.__name__)
def test_work_that_no_reader_sees_purges_nothing(day, act):
    assert purges_of(act, day) == 0


@pytest.mark.parametrize("what", SEEN)
def test_change_that_readers_see_purges_once(day, what):
    assert purges_of(SEEN[what], day) == 1
