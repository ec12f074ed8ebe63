"""Forms are filled in slowly, with slips and pauses. Refused input stays as typed; other input is saved once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved, open_row, resume_session

# Weekly on Thursdays from 6 January 2028, 18:00 to 20:00 in Paris.
SERIES = """
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from django.contrib.auth import get_user_model
from events.models import CalendarPage, EventPage
owner = get_user_model().objects.get(username="organiser-lorraine")
calendar = next(page for page in CalendarPage.objects.all() if page.permissions_for_user(owner).can_add_subpage())
start = datetime(2028, 1, 6, 17, tzinfo=UTC)
facts = {"start": start, "end": start + timedelta(hours=2), "recurrence": "FREQ=WEEKLY;COUNT=9", "owner": owner}
texts = {"title": "Atelier du jeudi", "slug": f"atelier-{uuid4().hex[:8]}", "locale": calendar.locale, "live": False}
event = EventPage(**facts, **texts)
calendar.add_child(instance=event)
event.save_revision(user=owner)
print(event.pk)
"""
PORTRAIT = """
from uuid import uuid4
from django.contrib.auth import get_user_model
from articles.models import PortraitPage
model = PortraitPage.objects.live().get(slug="engrenages-thiebert-pompey")
owner = get_user_model().objects.get(username="editor-lorraine")
texts = {"title": "Brouillon de portrait", "slug": f"portrait-{uuid4().hex[:8]}", "owner": owner, "figures": []}
print(model.copy(update_attrs=texts, keep_live=False, copy_revisions=False).pk)
"""
DRAFTED = """
from wagtail.models import Page
draft = Page.objects.get(pk={key}).specific.get_latest_revision_as_object()
for row in {rows}:
    print(*({values}), sep="|")
"""
ISSUE = """
from datetime import date
from uuid import uuid4
from django.contrib.auth import get_user_model
from portal.newsletter.models import IssuePage, NewsletterPage
newsletter = NewsletterPage.objects.get(url_path__startswith="/lorraine/", locale__language_code="fr")
owner = get_user_model().objects.get(username="editor-lorraine")
texts = {"title": "La lettre sans hâte", "slug": f"lettre-{uuid4().hex[:8]}", "locale": newsletter.locale}
issue = IssuePage(owner=owner, live=False, period_start=date(2028, 1, 1), period_end=date(2028, 1, 14), **texts)
newsletter.add_child(instance=issue)
issue.save_revision(user=owner)
print(issue.pk)
"""
SETTINGS = """
from portal.content.records.settings import SiteSettings
settings = SiteSettings.objects.get(site__hostname="lux.localhost")
"""


@contextmanager
def autosave_of(page: Page, *texts: str) -> Iterator[None]:
    """Wait for the response to an autosave that contains these texts."""

    def is_of_texts(response) -> bool:
        sent = response.request
        is_save = sent.method == "POST" and response.url == page.url
        return is_save and all(text.encode() in (sent.post_data_buffer or b"") for text in texts)

    with page.expect_response(is_of_texts, timeout=TIMEOUT):
        yield


def type_into(field: Locator, text: str) -> None:
    field.fill("")
    field.press_sequentially(text)
    field.press("Tab")


def save_state(page: Page, state: str) -> Locator:
    return page.locator(f"[data-save-state={state}]")


@pytest.fixture
def series(server, run_on_server) -> str:
    return run_on_server(SERIES).strip()


@pytest.fixture
def organiser(server, visit, series) -> Page:
    """The window of an organiser who has opened the series and its exceptions."""
    page = visit()
    resume_session(page, server, "organiser-lorraine")
    page.goto(f"{server}/admin/pages/{series}/edit/")
    page.get_by_role("heading", name="Exceptions to the series", exact=True).click()
    expect(page.locator("#id_breaks-ADD")).to_be_visible()
    return page


@pytest.fixture
def drafted(run_on_server) -> Callable[..., list[str]]:
    """Returns a function that reads rows of the newest version of a page."""

    def read(key: str, rows: str, values: str) -> list[str]:
        return run_on_server(DRAFTED.format(key=key, rows=rows, values=values)).strip().splitlines()

    return read


def test_changed_dates_filled_in_several_sittings_are_saved_once(organiser, series, drafted):
    organiser.locator("#id_changed_dates-ADD").click()
    first = organiser.locator("#inline_child_changed_dates-0")
    with autosave_of(organiser, "20/01/2028"):
        type_into(first.locator("[name$=-day]").first, "20.1.2028")
    first.get_by_label("Cancelled").check()
    with autosave_of(organiser, "Inventaire"):
        type_into(first.get_by_label("Reason"), "Inventaire")
    organiser.locator("#id_changed_dates-ADD").click()
    second = organiser.locator("#inline_child_changed_dates-1")
    day = second.locator("[name=changed_dates-1-day]")
    second.get_by_label("Changed", exact=True).click()
    type_into(day, "31.2.2028")
    expect(save_state(organiser, "partly")).to_contain_text("first fill in or correct: Date", timeout=TIMEOUT)
    expect(day).to_have_value("31.2.2028")

    with autosave_of(organiser, "03/02/2028", "04/02/2028"):
        type_into(day, "3.2.2028")
        type_into(second.get_by_label("New day"), "4.2")

    autosaved(organiser)
    rows = drafted(series, "draft.changed_dates.all()", "row.day, row.kind, row.reason, row.new_day")
    assert rows == ["2028-01-20|cancelled|Inventaire|None", "2028-02-03|changed||2028-02-04"]


def test_end_of_a_typed_span_follows_a_corrected_start(organiser, series):
    start, end = organiser.locator("#id_start"), organiser.locator("#id_end")
    end.fill("")
    start.fill("18 décembre 2028 14h-17h")
    start.blur()
    expect(end).to_have_value("18/12/2028 17:00")

    start.fill("20/12/2027 14:00")
    start.blur()

    expect(end).to_have_value("20/12/2027 17:00")


@pytest.fixture
def phone(server, visit, series) -> Page:
    """The phone of an organiser who has opened the series and its exceptions."""
    page = visit(width=390, has_touch=True, is_mobile=True)
    resume_session(page, server, "organiser-lorraine")
    page.goto(f"{server}/admin/pages/{series}/edit/")
    page.get_by_role("heading", name="Exceptions to the series", exact=True).tap()
    return page


def test_folded_day_and_its_button_stand_beside_each_other_on_a_phone(phone):
    phone.locator("#id_changed_dates-ADD").tap()
    phone.get_by_text("Other day, hours, place or title").tap()
    field = phone.locator(".date-field", has=phone.locator("#id_changed_dates-0-new_day"))
    expect(field).to_be_visible()

    day, button = (field.locator(part).bounding_box() for part in ("input:not(.date-field__picker)", "button"))
    assert day["x"] + day["width"] <= button["x"]


def test_reason_against_a_date_does_not_cover_the_next_label_on_a_phone(phone):
    type_into(phone.locator("#id_start"), "6.1.2028 18 Ugr")
    reason = phone.locator("#id_start-read")
    expect(reason).to_contain_text("We do not understand this.")

    box, label = reason.bounding_box(), phone.locator("label[for=id_end]").bounding_box()
    assert box["height"] > 20
    assert box["y"] + box["height"] <= label["y"]


def refuse_pause(page: Page) -> Locator:
    """Fill a pause that ends before it begins, and wait for its refusal; return the row."""
    page.locator("#id_breaks-ADD").click()
    row = page.locator("#inline_child_breaks-0")
    type_into(row.locator("[name=breaks-0-first_day]"), "10.2.2028")
    type_into(row.locator("[name=breaks-0-last_day]"), "3.2.2028")
    with autosave_of(page, "Vacances de février"):
        type_into(row.get_by_label("Reason"), "Vacances de février")
    expect(save_state(page, "partly")).to_contain_text("Not saved: Pause: To.", timeout=TIMEOUT)
    return row


def test_refused_end_of_a_pause_stays_as_typed_until_it_is_corrected(organiser, series, drafted):
    row = refuse_pause(organiser)
    end = row.locator("[name=breaks-0-last_day]")
    expect(row.locator(".error-message").filter(visible=True)).to_have_text(["The end is before the start."])
    expect(end).to_have_value("03/02/2028")

    with autosave_of(organiser, "17/02/2028"):
        type_into(end, "17.2.2028")

    autosaved(organiser)
    expect(row.locator(".error-message").filter(visible=True)).to_have_count(0)
    rows = drafted(series, "draft.breaks.all()", "row.first_day, row.last_day, row.reason")
    assert rows == ["2028-02-10|2028-02-17|Vacances de février"]


def test_series_with_a_refused_pause_is_not_sent_and_keeps_it(organiser):
    refuse_pause(organiser)
    organiser.get_by_role("button", name="Send for review").click()

    row = organiser.locator("#inline_child_breaks-0")
    expect(row.locator(".error-message").filter(visible=True)).to_have_text(
        ["The end is before the start."], timeout=TIMEOUT
    )
    expect(row.locator("[name=breaks-0-first_day]")).to_have_value("10/02/2028")
    expect(row.locator("[name=breaks-0-last_day]")).to_have_value("03/02/2028")
    expect(row.get_by_label("Reason")).to_have_value("Vacances de février")


def test_portrait_with_a_half_filled_figure_is_saved_once(server, visit, run_on_server, drafted):
    key = run_on_server(PORTRAIT).strip()
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/pages/{key}/edit/")
    row = open_row(editor, "Who it is about")
    type_into(row.get_by_label("Web address"), "engrenages")
    expect(save_state(editor, "partly")).to_contain_text("Not saved: Web address.", timeout=TIMEOUT)
    figures = row.locator("[data-contentpath=figures]")
    figures.get_by_title("Insert a block").last.click()
    figure = figures.locator("[data-streamfield-child]").last
    value, label = (figure.locator("input[type=text]").nth(number) for number in (0, 1))
    with autosave_of(editor, "412"):
        type_into(value, "412")
    expect(value).to_have_value("412")

    type_into(row.get_by_label("Web address"), "https://engrenages.example/")
    with autosave_of(editor, "dents par minute"):
        type_into(label, "dents par minute")

    autosaved(editor)
    assert drafted(key, "draft.figures.raw_data", "row['value']['value'], row['value']['label']") == [
        "412|dents par minute"
    ]
    assert drafted(key, "[draft]", "row.website,") == ["https://engrenages.example/"]


def test_issue_with_a_refused_period_keeps_what_was_written(server, visit, run_on_server, drafted):
    key = run_on_server(ISSUE).strip()
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/pages/{key}/edit/")
    last = editor.locator("#id_period_end")
    type_into(last, "1.1.2020")
    expect(save_state(editor, "partly")).to_contain_text("Not saved: To.", timeout=TIMEOUT)
    with autosave_of(editor, "Trois fours"):
        type_into(editor.locator("#id_preheader"), "Trois fours et un canal")
    expect(last).to_have_value("01/01/2020")
    expect(editor.locator("[data-contentpath=period_end] .error-message")).to_have_text("The end is before the start.")

    with autosave_of(editor, "21/01/2028"):
        type_into(last, "21.1.2028")

    autosaved(editor)
    assert drafted(key, "[draft]", "row.preheader, row.period_end") == ["Trois fours et un canal|2028-01-21"]


@pytest.fixture
def settings_of_lux(run_on_server) -> Iterator[Callable[[], str]]:
    """Returns a function that reads a site's contact and accounts. The former ones are restored afterwards."""
    before = run_on_server(SETTINGS + "print(repr((settings.contact_phone, list(settings.social_accounts.raw_data))))")
    yield lambda: run_on_server(
        SETTINGS + "print(settings.contact_phone, *(block.value['url'] for block in settings.social_accounts), sep='|')"
    ).strip()
    run_on_server(SETTINGS + f"settings.contact_phone, settings.social_accounts = {before.strip()}\nsettings.save()\n")


def test_site_settings_with_a_refused_value_keep_the_others(server, visit, settings_of_lux):
    admin = visit()
    resume_session(admin, server, "siteadmin-lux")
    admin.goto(f"{server}/admin/settings/core/sitesettings/")
    brand = admin.get_by_role("textbox", name="Brand colour")
    colour = brand.input_value()
    brand.fill("#12")
    admin.get_by_role("tab", name="Contact").click()
    admin.locator("#id_contact_phone").fill("+352 123 456")
    accounts = admin.locator("[data-contentpath=social_accounts]")
    before = accounts.locator("[data-streamfield-child]").count()
    accounts.get_by_title("Insert a block").last.click()
    account = accounts.locator("[data-streamfield-child]").last
    account.get_by_label("Network").select_option("mastodon")
    account.get_by_label("Address").fill("mastodon")
    admin.get_by_role("button", name="Save").click()

    expect(admin.locator(".messages .error")).to_be_visible(timeout=TIMEOUT)
    expect(admin.locator(".error-message").filter(visible=True)).to_contain_text(["Write the colour as #rrggbb."])
    expect(brand).to_have_value("#12")
    brand.fill(colour)
    admin.get_by_role("tab", name="Contact").click()
    expect(admin.locator("#id_contact_phone")).to_have_value("+352 123 456")
    expect(accounts.locator("[data-streamfield-child]")).to_have_count(before + 1)
    account.get_by_label("Address").fill("https://mastodon.example/@passerelle")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)
    phone, *addresses = settings_of_lux().split("|")
    assert phone == "+352 123 456"
    assert (len(addresses), addresses[-1]) == (before + 1, "https://mastodon.example/@passerelle")
