"""A version under embargo is not public before the embargo ends, regardless of how it is approved or published."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.models import Revision

from articles.models import ArticlePage
from portal.content.records.listing import StoryCard
from portal.editorial.roles import Role
from portal.editorial.schedule.scheduling import run_schedule
from tests.builders import (
    change,
    make_article,
    make_event,
    make_standard_page,
    newsroom_client,
)
from tests.editorial.forms import act, article_form, rewrite, write


@pytest.fixture
def until():
    return timezone.now().replace(second=0, microsecond=0) + timedelta(hours=3)


def typed(instant) -> str:
    """Format a time as people type it into a form, in the site's time zone."""
    return timezone.localtime(instant).strftime("%Y-%m-%d %H:%M")


def held(ground, until, title="Sous embargo", **facts):
    """Publish an article under embargo."""
    return make_article(ground.section, title, embargo_until=until, **facts)


def pages_where_it_could_show(ground, page):
    return [ground.address(page), "/fr/", "/fr/rubrique/", "/fr/rubrique/actualites/"]


def test_publication_under_embargo_is_scheduled(lorraine, until):
    page = held(lorraine, until)

    assert not page.live
    assert page.scheduled_revision.approved_go_live_at == until
    for path in pages_where_it_could_show(lorraine, page):
        assert "Sous embargo" not in lorraine.reader().get(path).content.decode()
    assert not StoryCard.objects.filter(pk=page.pk).exists()


def test_schedule_is_never_earlier_than_the_embargo(lorraine, until):
    early = held(lorraine, until, go_live_at=until - timedelta(hours=1))
    late = held(lorraine, until, go_live_at=until + timedelta(hours=1))

    assert early.scheduled_revision.approved_go_live_at == until
    assert late.scheduled_revision.approved_go_live_at == until + timedelta(hours=1)


def test_events_and_plain_pages_may_be_under_embargo_too(lorraine, until):
    for page in (
        make_event(lorraine.calendar, "Inauguration", embargo_until=until),
        make_standard_page(lorraine.home, "Dossier", embargo_until=until),
    ):
        assert not page.live
        assert lorraine.reader().get(lorraine.address(page)).status_code == 404


def test_live_page_keeps_its_text_until_the_embargo_of_the_new_one_ends(lorraine, until):
    page = make_article(lorraine.section, "Ancien titre")
    page = change(page, title="Nouveau titre", embargo_until=until)

    assert page.live
    assert "Ancien titre" in lorraine.reader().get(lorraine.address(page)).content.decode()
    with travel(until, tick=False):
        run_schedule(timezone.now())
        assert "Nouveau titre" in lorraine.reader().get(lorraine.address(page)).content.decode()


def test_live_page_without_revisions_keeps_its_text(lorraine, until):
    page = ArticlePage(title="Importé", slug="importe", locale=lorraine.home.locale, live=True)
    lorraine.section.add_child(instance=page)
    assert page.live_revision is None

    page = change(page, title="Nouveau titre", embargo_until=until)

    assert page.live
    assert lorraine.reader().get(lorraine.address(page)).status_code == 200


def test_older_version_under_embargo_does_not_unpublish_the_live_one(lorraine, until):
    page = ArticlePage(title="Premier", slug="premier", locale=lorraine.home.locale, live=False)
    lorraine.section.add_child(instance=page)
    first = page.save_revision()
    page.title, page.embargo_until = "Second", until
    second = page.save_revision()
    first.publish()

    Revision.objects.get(pk=second.pk).publish()

    page.refresh_from_db()
    assert page.live
    assert page.title == "Premier"


def test_aliases_of_a_page_under_embargo_wait_with_it(lorraine, until):
    source = ArticlePage(title="Source", slug="source", locale=lorraine.home.locale, live=False, embargo_until=until)
    lorraine.section.add_child(instance=source)
    alias = source.create_alias(update_slug="autre-part", parent=lorraine.home.get_children().first())

    source.save_revision().publish()

    alias.refresh_from_db()
    assert not alias.live
    with travel(until, tick=False):
        run_schedule(timezone.now())
        alias.refresh_from_db()
        assert alias.live


def test_page_saved_as_live_is_not_live_before_the_embargo_ends(lorraine, until):
    page = ArticlePage(title="Direct", slug="direct", locale=lorraine.home.locale, live=True, embargo_until=until)
    lorraine.section.add_child(instance=page)

    assert not ArticlePage.objects.get(pk=page.pk).live


def test_copy_of_a_page_under_embargo_is_under_it_too(lorraine, until):
    page = held(lorraine, until)
    copy = page.copy(update_attrs={"slug": "copie"}, keep_live=True)
    copy.get_latest_revision().publish()

    copy.refresh_from_db()
    assert not copy.live


def test_approval_under_embargo_is_scheduled(lorraine, newsroom, until):
    page = write(
        lorraine,
        newsroom[Role.EDITOR],
        **{"standfirst": "Un chapeau", "embargo_until": typed(until), "action-submit": "1"},
    )

    act(lorraine, newsroom[Role.APPROVER], page)

    page.refresh_from_db()
    assert not page.live
    assert page.scheduled_revision.approved_go_live_at == until


def test_embargo_moved_after_the_approval_must_be_approved_again(lorraine, newsroom, until):
    page = write(lorraine, newsroom[Role.EDITOR], **{"embargo_until": typed(until), "action-submit": "1"})
    act(lorraine, newsroom[Role.APPROVER], page)
    page = ArticlePage.objects.get(pk=page.pk)

    refused = rewrite(lorraine, newsroom[Role.EDITOR], page, "Une usine", embargo_until="")
    assert refused.status_code == 200
    assert page.get_latest_revision().as_object().embargo_until == until

    path = reverse("wagtailadmin_pages:revisions_unschedule", args=[page.pk, page.scheduled_revision.pk])
    newsroom_client(lorraine, newsroom[Role.APPROVER]).post(path)
    response = rewrite(lorraine, newsroom[Role.EDITOR], page, "Une usine", embargo_until="")
    assert response.status_code == 302
    page = ArticlePage.objects.get(pk=page.pk)

    assert page.scheduled_revision is None
    with travel(until + timedelta(minutes=1), tick=False):
        run_schedule(timezone.now())
        page.refresh_from_db()
        assert not page.live


def test_lifted_embargo_clears_the_schedule(lorraine, newsroom, until):
    page = write(lorraine, newsroom[Role.EDITOR], embargo_until=typed(until))
    assert page.get_latest_revision().as_object().go_live_at == until

    rewrite(lorraine, newsroom[Role.EDITOR], page, "Une usine", embargo_until="", go_live_at="")

    lifted = ArticlePage.objects.get(pk=page.pk).get_latest_revision().as_object()
    assert (lifted.embargo_until, lifted.go_live_at) == (None, None)


def test_approval_from_the_form_does_not_change_the_embargo(lorraine, newsroom, until):
    page = write(lorraine, newsroom[Role.EDITOR], **{"embargo_until": typed(until), "action-submit": "1"})
    action = {"action-workflow-action": "1", "workflow-action-name": "approve", "embargo_until": typed(until)}

    rewrite(lorraine, newsroom[Role.APPROVER], page, "Une usine", **action)

    page = ArticlePage.objects.get(pk=page.pk)
    assert page.scheduled_revision.approved_go_live_at == until
    assert page.scheduled_revision.user == newsroom[Role.EDITOR]


@pytest.mark.parametrize(
    ("embargo", "expiry", "field"),
    [(-1, None, "embargo_until"), (5, 4, "expire_at"), (5, 5, "expire_at")],
    ids=["past", "expires before", "expires at once"],
)
def test_invalid_embargo_is_a_form_error(lorraine, newsroom, embargo, expiry, field):
    now = timezone.now()
    facts = {"embargo_until": typed(now + timedelta(hours=embargo))}
    if expiry:
        facts["expire_at"] = typed(now + timedelta(hours=expiry))
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    path = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    response = client.post(path, article_form(**facts))

    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_past_embargo_does_not_prevent_saving(lorraine, newsroom):
    past = timezone.now().replace(second=0, microsecond=0) - timedelta(days=1)
    page = make_article(lorraine.section, "En ligne", embargo_until=past, slug="en-ligne")
    facts = {"slug": "en-ligne", "embargo_until": typed(page.embargo_until)}

    response = rewrite(lorraine, newsroom[Role.EDITOR], page, "Corrigé", **facts)

    assert response.status_code == 302


@pytest.mark.parametrize("view", ["wagtailadmin_pages:view_draft", "wagtailadmin_pages:preview_on_edit"])
def test_preview_is_not_cached(lorraine, newsroom, until, view):
    page = write(lorraine, newsroom[Role.EDITOR], embargo_until=typed(until))

    response = newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse(view, args=[page.pk]))

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"]
