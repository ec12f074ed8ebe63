"""An item is planned on a phone, and moved to another day on a desktop, by keyboard and by mouse."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, resume_session
from tests.journeys.pages import press_until_focused
from tests.journeys.screens import violations

PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
TITLE = "Le retour des péniches"
DELETE = """
from wagtail.models import Page
for page in Page.objects.filter(title="Le retour des péniches"):
    page.delete()
"""
DAYS_OF_ITEM = """
from portal.editorial.models import PlannedItem
print(*PlannedItem.objects.filter(page__title="Le retour des péniches").values_list("day", flat=True))
"""


def item_on(page: Page, day: date) -> Locator:
    return page.locator(f'[data-day="{day}"] .planning-entry').filter(has_text=TITLE)


@pytest.fixture
def monday() -> date:
    """The Monday after next: all days of its week are to come."""
    today = date.today()  # noqa: DTZ011 - the day of the browser
    return today + timedelta(days=14 - today.weekday())


@pytest.fixture
def planned(server, visit, run_on_server, monday) -> Page:
    """The window of a phone on which an item was planned for that Monday."""
    run_on_server(DELETE)
    phone = visit(**PHONE)
    resume_session(phone, server, "editor-lorraine")
    phone.goto(f"{server}/admin/planning/?from={monday}")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.locator(f'[data-day="{monday}"] .planning-day__plan').tap()
    phone.get_by_label("Title").fill(TITLE)
    phone.get_by_label("Note").fill("Avec une photo du port.")
    phone.get_by_role("button", name="Plan it").tap()
    expect(item_on(phone, monday)).to_be_visible(timeout=TIMEOUT)
    yield phone
    run_on_server(DELETE)


@pytest.fixture
def desktop(planned, server, visit, monday) -> Page:
    page = visit()
    resume_session(page, server, "editor-lorraine")
    page.goto(f"{server}/admin/planning/?view=week&from={monday}")
    return page


def test_item_planned_on_a_phone_is_moved_by_keyboard_on_a_desktop(desktop, run_on_server, monday):
    address = item_on(desktop, monday).locator(".planning-entry__move").get_attribute("href")
    press_until_focused(desktop, "Tab", f".planning-entry__move[href='{address}']", 200)
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", name=f"Move “{TITLE}”")).to_be_visible(timeout=TIMEOUT)
    press_until_focused(desktop, "Tab", "#id_day")
    desktop.keyboard.press("Control+a")
    wednesday = monday + timedelta(days=2)
    desktop.keyboard.type(f"{wednesday:%d.%m.%Y}")
    desktop.keyboard.press("Enter")

    expect(item_on(desktop, wednesday)).to_be_visible(timeout=TIMEOUT)
    assert run_on_server(DAYS_OF_ITEM).strip() == str(wednesday)


def test_item_is_dragged_to_another_day(desktop, run_on_server, monday):
    friday = monday + timedelta(days=4)
    desktop.locator(".planning-entry").filter(has_text=TITLE).drag_to(desktop.locator(f'[data-day="{friday}"]'))

    expect(item_on(desktop, friday)).to_be_visible(timeout=TIMEOUT)
    assert run_on_server(DAYS_OF_ITEM).strip() == str(friday)


def test_calendar_is_filtered_by_one_choice(desktop, monday):
    desktop.locator(".planning__filters summary").click()
    desktop.get_by_label("Kind").select_option(label="Article")
    desktop.get_by_role("button", name="Show").click()
    desktop.wait_for_url("**kind=article**")

    expect(item_on(desktop, monday)).to_be_visible(timeout=TIMEOUT)
    expect(desktop.locator(".planning-entry--mailing")).to_have_count(0)


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_calendar_has_no_barriers(desktop, planned, server, monday, view):
    for page in (desktop, planned):
        page.goto(f"{server}/admin/planning/?view={view}&from={monday}")

    assert [violations(page) for page in (desktop, planned)] == [[], []]
