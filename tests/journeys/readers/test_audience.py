"""A reader opts out of audience measurement, and no page calls the service any more."""

from playwright.sync_api import expect

from tests.database_copies import ROOT

SCRIPTS = ROOT / "portal/static/js"
SERVICE = "https://matomo.portal.example"
# The output of the templates for a site with audience measurement (tests/home/test_statutory_pages,
# test_operation_of_a_site).
PAGE = f"""<!doctype html><title>Données personnelles</title>
<script defer src="/static/js/audience.js" data-service="matomo" data-origin="{SERVICE}" data-site="7"></script>
<div data-objection data-refuse="Do not count me" data-allow="Count me" data-refused="Not counted" data-counted="Counted"
 hidden><p role="status"></p><button type="button">Do not count me</button></div>
<script type="module" src="/static/js/objection.js"></script>"""


def test_objection_is_remembered_and_respected(server, visit):
    page, called = visit(), []
    page.route(f"{server}/measured/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    # The server has them under hashed names only.
    page.route(
        f"{server}/static/js/*.js", lambda route: route.fulfill(path=SCRIPTS / route.request.url.rsplit("/", 1)[1])
    )
    page.route(f"{SERVICE}/**", lambda route: called.append(route.request.url) or route.fulfill(body=""))

    page.goto(f"{server}/measured/")
    expect(page.get_by_role("status")).to_have_text("Counted")
    assert called == [f"{SERVICE}/matomo.js"]
    page.get_by_role("button", name="Do not count me").click()
    expect(page.get_by_role("status")).to_have_text("Not counted")
    page.goto(f"{server}/measured/")
    expect(page.get_by_role("button", name="Count me", exact=True)).to_be_visible()

    assert called == [f"{SERVICE}/matomo.js"]
    assert page.context.cookies() == []


def test_objection_to_own_counting_is_a_cookie_until_withdrawn(server, visit):
    page = visit()
    shown = PAGE.replace("<div data-objection", '<div data-objection data-address="/fr/_readership/objection/"')
    page.route(f"{server}/measured/", lambda route: route.fulfill(body=shown, content_type="text/html"))
    page.route(
        f"{server}/static/js/*.js", lambda route: route.fulfill(path=SCRIPTS / route.request.url.rsplit("/", 1)[1])
    )
    page.goto(f"{server}/measured/")
    page.get_by_role("button", name="Do not count me").click()
    expect(page.get_by_role("status")).to_have_text("Not counted")
    assert [(cookie["name"], cookie["value"]) for cookie in page.context.cookies()] == [("uncounted", "1")]

    page.get_by_role("button", name="Count me", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Counted")
    assert page.context.cookies() == []
