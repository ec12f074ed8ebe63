"""Newsroom actions on a page. Each function sends its request, and returns whether it succeeded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail import VERSION
from wagtail.models import Page, PageViewRestriction, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from events.models import EventPage
from portal.content.visibility import is_in_trash
from portal.editorial.records.translations import Basis
from portal.editorial.translations.passages.states import passages_of
from tests.events.forms import event_form


def form_of(page: Page, **facts: Any) -> dict[str, Any]:
    """The form data of the latest draft of an article or event, updated with `facts`."""
    draft = reload(page).get_latest_revision_as_object()
    shared = {
        "title": draft.title,
        "slug": draft.slug,
        "standfirst": draft.standfirst,
        "lead_image": draft.lead_image_id or "",
        "lead_image_alt": draft.lead_image_alt,
    }
    if isinstance(draft, EventPage):
        return event_form(**shared | {"end": "2027-03-02 11:00", "place": "Metz"} | facts)
    own = {
        "lead_image_caption": "",
        "body": streamfield([]),
        "page_topics": inline_formset([]),
        "comments": inline_formset([]),
        "thanks": "null",
        "credits": streamfield([]),
        "bylines": inline_formset([]),
        "related_stories": inline_formset([]),
        "publication_date": "",
        "corrected_at": "",
        "correction": "",
    }
    return nested_form_data(shared | own | facts)


def form_of_another(page: Page, **facts: Any) -> dict[str, Any]:
    """The form for a new page, filled in with the values of this page."""
    topics = [{"topic": row.topic_id} for row in page.page_topics.all()]
    return form_of(page, page_topics=topics if isinstance(page, EventPage) else inline_formset(topics), **facts)


def post(client: Client, view: str, *args: Any, **data: Any) -> Any:
    response = client.post(reverse(f"wagtailadmin_pages:{view}", args=args), data)
    assert response.status_code < 500
    return response


def edit_form(client: Client, page: Page, **facts: Any) -> Any:
    return post(client, "edit", page.pk, **form_of(page, **facts))


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.wsgi_request._messages)


def reload(page: Page) -> Any:
    return type(page).objects.get(pk=page.pk)


def publish_as_system(page: Page) -> None:
    """Publish the latest draft without a user, as schedules and commands do."""
    page = reload(page)
    page.revisions.update(user=None)
    page.get_latest_revision().publish()


def bulk(client: Client, action: str, page: Page, **data: Any) -> None:
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    assert client.post(f"{path}?id={page.pk}", data).status_code < 500


def newest_title(page: Page) -> str:
    return reload(page).get_latest_revision_as_object().title


def add(client: Client, page: Page, place: Page) -> bool:
    model = type(page)
    path = reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, page.get_parent().pk])
    assert client.post(path, form_of_another(page, title="Ajoutée", slug="ajoutee")).status_code < 500
    return Page.objects.filter(slug="ajoutee").exists()


def edit(client: Client, page: Page, place: Page) -> bool:
    edit_form(client, page, title="Changée")
    return newest_title(page) == "Changée"


def submit(client: Client, page: Page, place: Page) -> bool:
    edit_form(client, page, **{"action-submit": "1"})
    return reload(page).workflow_in_progress


def publish(client: Client, page: Page, place: Page) -> bool:
    before = page.live_revision_id
    edit_form(client, page, **{"action-publish": "1"})
    page = reload(page)
    return page.live and page.live_revision_id != before


def publish_in_bulk(client: Client, page: Page, place: Page) -> bool:
    before = page.live_revision_id
    bulk(client, "publish", page)
    page = reload(page)
    return page.live and page.live_revision_id != before


def schedule(client: Client, page: Page, place: Page) -> bool:
    later = f"{timezone.now() + timedelta(days=1):%Y-%m-%d %H:%M}"
    edit_form(client, page, go_live_at=later, **{"action-publish": "1"})
    return reload(page).revisions.filter(approved_go_live_at__isnull=False).exists()


def unpublish(client: Client, page: Page, place: Page) -> bool:
    post(client, "unpublish", page.pk)
    return page.live and not reload(page).live


def unpublish_in_bulk(client: Client, page: Page, place: Page) -> bool:
    bulk(client, "unpublish", page)
    return page.live and not reload(page).live


def delete(client: Client, page: Page, place: Page) -> bool:
    post(client, "delete", page.pk)
    return is_in_trash(Page.objects.get(pk=page.pk))


def delete_in_bulk(client: Client, page: Page, place: Page) -> bool:
    bulk(client, "delete", page)
    return is_in_trash(Page.objects.get(pk=page.pk))


def move(client: Client, page: Page, place: Page) -> bool:
    post(client, "move_confirm", page.pk, place.pk)
    return reload(page).get_parent().pk == place.pk


def move_in_bulk(client: Client, page: Page, place: Page) -> bool:
    bulk(client, "move", page, chooser=place.pk)
    return reload(page).get_parent().pk == place.pk


def _copy(client: Client, page: Page, place: Page, **facts: Any) -> Page | None:
    data = {"new_title": page.title, "new_slug": "copie", "new_parent_page": place.pk, **facts}
    post(client, "copy", page.pk, **data)
    return Page.objects.child_of(place).filter(slug="copie").first()


def copy(client: Client, page: Page, place: Page) -> bool:
    made = _copy(client, page, place)
    return made is not None and not made.live


def copy_live(client: Client, page: Page, place: Page) -> bool:
    made = _copy(client, page, place, publish_copies="on")
    return made is not None and made.live


def alias(client: Client, page: Page, place: Page) -> bool:
    made = _copy(client, page, place, alias="on")
    return made is not None and made.alias_of_id == page.pk


def make_private(client: Client, page: Page, place: Page) -> bool:
    post(client, "set_privacy", page.pk, restriction_type="login")
    return PageViewRestriction.objects.filter(page=page).exists()


def lock(client: Client, page: Page, place: Page) -> bool:
    post(client, "lock", page.pk)
    return reload(page).locked


def unlock(client: Client, page: Page, place: Page) -> bool:
    Page.objects.filter(pk=page.pk).update(locked=True)
    post(client, "unlock", page.pk)
    return not reload(page).locked


def unschedule(client: Client, page: Page, place: Page) -> bool:
    revision = page.latest_revision
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() + timedelta(days=1))
    post(client, "revisions_unschedule", page.pk, revision.pk)
    return Revision.objects.get(pk=revision.pk).approved_go_live_at is None


def change_address(client: Client, page: Page, place: Page) -> bool:
    edit_form(client, page, slug="autre-adresse")
    return reload(page).get_latest_revision_as_object().slug == "autre-adresse"


def translate(client: Client, page: Page, place: Page) -> bool:
    locale = place.locale
    path = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    response = client.post(path, {"locales": [locale.pk]})
    assert response.status_code < 500
    made = page.get_translation_or_none(locale)
    assert made is None or not made.live
    return made is not None


def act_by_api(client: Client, page: Page, place: Page) -> bool:
    """Call an action of the admin API."""
    before = (page.live, page.live_revision_id, page.path)
    for action in ("publish", "unpublish", "delete", "move", "copy", "create_alias", "revert_to_page_revision"):
        path = reverse("wagtailadmin_api:pages:action", args=[page.pk, action])
        data = {"destination_page_id": place.pk, "revision_id": page.latest_revision_id}
        assert client.post(path, data, content_type="application/json").status_code < 500
    page = reload(page)
    return (page.live, page.live_revision_id, page.path) != before


ACTIONS: dict[str, Callable[[Client, Page, Page], bool]] = {
    action.__name__: action
    for action in (
        add,
        edit,
        submit,
        publish,
        publish_in_bulk,
        schedule,
        unschedule,
        unpublish,
        unpublish_in_bulk,
        delete,
        delete_in_bulk,
        move,
        move_in_bulk,
        copy,
        copy_live,
        alias,
        make_private,
        lock,
        unlock,
        change_address,
        translate,
        # Wagtail 8.1 has no actions in the admin API.
        *([act_by_api] if VERSION < (8, 1) else []),
    )
}


def confirm_passages(translation: Page) -> None:
    """Confirm that identical passages read the same in both languages, as a translator can."""
    basis = Basis.objects.get(translation=translation.pk)
    marks = [
        passage.same_fingerprint for passage in passages_of(basis, reload(translation).get_latest_revision_as_object())
    ]
    Basis.objects.filter(pk=basis.pk).update(same=marks)
