"""Forms below an expired section are closed: no message, registration or request is accepted."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from time_machine import travel
from wagtail.models import Page

from portal.newsletter.subscribers.subscription import SubscriptionChoice, request_subscription
from portal.platform.tasks.periodic import run_due
from tests.builders import (
    SampleSite,
    make_calendar,
    make_form_page,
    make_gated_document,
    make_section,
    make_sheet_page,
    sheet_block,
)
from tests.events.registering import form_path, make_bookable
from tests.newsletter.makers import link_to, make_newsletter, sent_mails

END = timedelta(hours=1)


def addresses_below(section: Page, ground: SampleSite) -> list[str]:
    """The URL paths to which a form, a registration and a request in this section are posted."""
    block = sheet_block(make_gated_document(ground))
    sheet, form = make_sheet_page(section, block), make_form_page(section)
    return [
        f"/fr/_forms/{form.pk}/",
        form_path(ground, make_bookable(make_calendar(section))),
        f"/fr/_sheets/{sheet.pk}/{block['id']}/",
    ]


@pytest.fixture
def season(lorraine):
    return addresses_below(make_section(lorraine.section, "Saison", expire_at=timezone.now() + END), lorraine)


def answers(ground: SampleSite, paths: list[str]) -> list[int]:
    return [ground.reader().post(path, {}).status_code for path in paths]


def test_forms_are_closed_before_a_scheduler_runs(lorraine, season):
    decoys = addresses_below(lorraine.section, lorraine)
    assert 404 not in answers(lorraine, season)

    with travel(timezone.now() + END, tick=False):
        assert answers(lorraine, season) == [404] * 3
        assert 404 not in answers(lorraine, decoys)


def test_forms_stay_closed_after_the_section_is_unpublished(lorraine, season):
    with travel(timezone.now() + END + timedelta(minutes=1), tick=False):
        run_due(timezone.now())

        assert answers(lorraine, season) == [404] * 3


def test_mailed_link_does_not_subscribe_to_an_expired_newsletter(lorraine, reader):
    newsletter = make_newsletter(lorraine, expire_at=timezone.now() + END)
    reader.get("/fr/")
    with override("fr"):
        request_subscription(newsletter, lorraine.site, "anna@reader.example", SubscriptionChoice("fr"), timezone.now())
    link = link_to(sent_mails()[-1].body, "confirm")
    assert reader.get(link).status_code == 200

    with travel(timezone.now() + END, tick=False):
        assert reader.post(link).status_code == 404
