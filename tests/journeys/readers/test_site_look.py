"""A site's appearance settings: colours are picked or typed, and text on them must be readable."""

from playwright.sync_api import expect

from tests.journeys.newsroom import resume_session


def test_colour_is_picked_or_typed_and_must_be_readable(server, visit):
    page = visit()
    resume_session(page, server, "siteadmin-lorraine")
    page.goto(f"{server}/admin/settings/core/sitesettings/")
    brand = page.get_by_role("textbox", name="Brand colour")
    picker = page.get_by_label("Choose the colour").first
    brand.fill("#00557F")
    expect(picker).to_have_value("#00557f")

    picker.fill("#ffd400")

    expect(brand).to_have_value("#ffd400")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-message").first).to_contain_text("The nearest readable colour is #856e00.")
    expect(picker).to_have_value("#ffd400")
