"""Finds the newsroom's screens by links and by the response of each route. Finds the faults of each screen."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import APIRequestContext, APIResponse, Page, expect

from tests.journeys.newsroom import TIMEOUT
from tests.journeys.pages import BEYOND, accessibility_violations
from tests.separation.routes import BULK, BULK_ROUTE, Route, routes

# Parameters with a model or an action. Two of these have different screens; two records do not.
WORDS = {
    "action",
    "app_label",
    "app_name",
    "content_type_app_name",
    "content_type_model_name",
    "kind",
    "model_name",
}
# Names of routes that are not requested, with the reason.
SKIPPED = {
    "component_catalogue": "shows what readers see, in a demo only",
    "newsletter_subscriber_data": "a file",
    "newsroom_file": "a file",
    "wagtailadmin_block_preview": "shows what readers see",
    "wagtailadmin_error_test": "fails on purpose",
    "wagtailadmin_logout": "ends the session",
    "wagtailadmin_pages:preview_on_add": "shows what readers see, after the form was sent",
    "wagtailadmin_pages:preview_on_edit": "shows what readers see, after the form was sent",
    "wagtailadmin_pages:view_draft": "shows what readers see",
    "wagtailadmin_pages:workflow_preview": "shows what readers see",
    "wagtailsettings:preview_on_edit": "shows what readers see, after the form was sent",
}
LOGIN = "/admin/login/"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")
UNFOLD = """() => {
  for (const details of document.querySelectorAll("main details:not([open])")) details.open = true;
  for (const toggle of document.querySelectorAll("[data-panel-toggle][aria-expanded=false]")) toggle.click();
}"""
# The buttons of choosers do the same.
OPEN_DIALOG = """(url) => {
  document.querySelectorAll("body > :is(.modal, .modal-backdrop)").forEach((dialog) => dialog.remove());
  window.ModalWorkflow({ url });
}"""
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.href)"
RECORDS = """
import json
from django.apps import apps
from wagtail.models import get_page_models
def size(page):
    return len(json.dumps(page.serializable_data(), default=str))
pages = {}
for model in get_page_models():
    found = model.objects.live().filter(alias_of=None)
    if model.is_creatable and (best := max(found, key=size, default=None)):
        pages[model._meta.label_lower] = [best.pk, best.get_parent().pk]
records = {label: apps.get_model(label).objects.values_list("pk", flat=True).last() for label in %r}
print(json.dumps([pages, records]))
"""


@dataclass(frozen=True)
class Screen:
    """`name` is that of the route, with the words in its parameters."""

    name: str
    address: str


class Screens:
    """A queue of screens that were found and not yet opened."""

    def __init__(self, server: str, records: dict[str, int] | None = None):
        self.server = server
        self.records = records or {}
        self.queue: deque[Screen] = deque()
        # Addresses of dialogs, which a script loads into a screen.
        self.dialogs: dict[str, str] = {}
        # The responses of other routes.
        self.others: dict[Route, str] = {}
        self.taken: set[Route] = set()
        self.seen: set[tuple[str, ...]] = set()
        self.values: dict[str, Any] = {}

    def add(self, address: str, kind: str = "") -> None:
        """Add an address unless its screen is known; `kind` distinguishes screens with the same route."""
        parts = urlsplit(address)
        if not parts.path.startswith("/admin/") or "export=" in parts.query:
            return
        if parts.netloc and parts.netloc != urlsplit(self.server).netloc:
            return
        try:
            match = resolve(parts.path)
        except Resolver404:
            return
        for place, value in match.kwargs.items():
            self.values.setdefault(_space(match.route) + place, value)
            if place not in ("pk", "key"):
                self.values.setdefault(place, value)
        words = [kind] if kind else [str(match.kwargs[place]) for place in match.kwargs if place in WORDS]
        identity = (match.route, *words)
        if identity in self.seen or match.view_name in SKIPPED:
            return
        self.seen.add(identity)
        query = f"?{parts.query}" if parts.query else ""
        self.queue.append(Screen(" ".join([match.view_name, *words]), self.server + parts.path + query))

    def add_links(self, page: Page) -> None:
        for address in page.evaluate(LINKS):
            self.add(address)

    def add_bulk_actions(self) -> None:
        for app, model, action, _kinds in BULK:
            self.add(f"/admin/bulk/{app}/{model}/{action}/?id={self.records[f'{app}.{model}']}")

    def add_routes(
        self, request: APIRequestContext, part: str = "", planted: Mapping[str, list[str]] | None = None
    ) -> None:
        """Request each route that was not seen, with this part in its name, until one of its addresses is a screen.

        `planted` has further addresses by the route's pattern.
        """
        # If an address redirects, the route is tried with another address.
        self.seen = {identity for identity in self.seen if identity[0] not in {each.pattern for each in self.others}}
        seen = {route for route, *_words in self.seen}
        for route in _newsroom_routes():
            is_known = route.pattern in seen or route in self.taken or is_data(self.others.get(route, ""))
            if is_known or route.name == BULK_ROUTE or part not in route.name:
                continue
            values = {place: self._value(route, place) for place in route.places}
            linked = [] if None in values.values() else [route.filled(values)]
            self.others.setdefault(route, "no record")
            for address in [*linked, *(planted or {}).get(route.pattern, ())]:
                response = request.get(self.server + address, max_redirects=0)
                if self._take(route, address, response):
                    del self.others[route]
                    self.taken.add(route)
                    break

    def leads_elsewhere(self, screen: Screen, url: str) -> None:
        route = next(route for route in _newsroom_routes() if route.pattern == _pattern_of(screen.address))
        self.taken.discard(route)
        self.others[route] = f"redirects to {urlsplit(url).path}"

    def answers(self) -> dict[str, str]:
        """The responses of the routes without a screen."""
        return {name_of(route): answer for route, answer in self.others.items()}

    def left_out(self) -> dict[str, str]:
        """The routes that responded with neither a screen nor data, with their responses."""
        return {name: answer for name, answer in self.answers().items() if not is_data(answer)}

    def rest(self) -> Iterator[Screen]:
        """Take the screens out of the queue; more may be added meanwhile."""
        while self.queue:
            yield self.queue.popleft()

    def _value(self, route: Route, place: str) -> Any:
        return self.values.get(_space(route.pattern) + place) or self.values.get(place)

    def _take(self, route: Route, address: str, response: APIResponse) -> bool:
        """Add the response of an address; return whether it is a screen or a dialog."""
        content, location = (response.headers.get(name, "") for name in ("content-type", "location"))
        # A secret moves from the address to the session.
        is_same = bool(location) and _pattern_of(location) == route.pattern
        if is_same or (response.status == 200 and "html" in content and "<html" in response.text()):
            self.add(address)
        elif response.status == 200 and "json" in content and '"html"' in response.text():
            self.dialogs[route.name] = address
        else:
            leads = urlsplit(location).path
            # An administrator's response has more information.
            if leads != LOGIN:
                self.others[route] = (
                    f"redirects to {leads}" if leads else f"{response.status} {content.partition(';')[0]}"
                )
            return False
        return True


def known_screens(server: str, run_on_server: Callable[[str], str]) -> tuple[Screens, dict[str, tuple[int, int]]]:
    """Return an empty queue of screens, and the keys of the longest page of each type and of its parent."""
    labels = sorted({f"{app}.{model}" for app, model, _action, _kinds in BULK})
    pages, records = json.loads(run_on_server(RECORDS % labels))
    return Screens(server, records), pages


def name_of(route: Route) -> str:
    """A route's name, or its pattern if others have the same name."""
    is_unique = [each.name for each in _newsroom_routes()].count(route.name) == 1
    return route.name if is_unique else route.pattern


def is_data(answer: str) -> bool:
    """Whether a route responds without a screen: with data, a file or a part of a screen, or only to forms."""
    return answer.startswith(("200 ", "405 "))


def violations(page: Page, within: str = "html") -> list[str]:
    """axe's violations on a desktop in light mode and on a phone in dark mode, where only colours differ."""
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    found = accessibility_violations(page, *TAGS, within=within)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    return found + [f"dark: {each}" for each in accessibility_violations(page, *OF_COLOURS, within=within)]


def faults_of(page: Page, screen: Screen) -> list[str]:
    """Open a screen with all of its parts; return its violations, and the elements that are wider than a phone."""
    page.set_viewport_size(DESKTOP)
    response = page.goto(screen.address)
    if response is None or response.status != 200:
        return [f"answers {response and response.status}"]
    page.evaluate(UNFOLD)
    return violations(page) + [f"wide: {each}" for each in page.evaluate(BEYOND)]


def is_elsewhere(page: Page, screen: Screen) -> bool:
    """Whether the screen has redirected to one of another route."""
    return _pattern_of(page.url) != _pattern_of(screen.address)


def faults(page: Page, screens: Iterable[Screen], *, may_redirect: bool = False) -> str:
    found = []
    for each in screens:
        problems = faults_of(page, each)
        if is_elsewhere(page, each) and not may_redirect:
            problems.append(f"redirects to {page.url}")
        found += [f"{each.name} {each.address}: {fault}" for fault in problems]
    return "\n".join(found)


def faults_of_dialogs(page: Page, dialogs: dict[str, str]) -> str:
    """Open each dialog over the page."""
    found = []
    for name, address in dialogs.items():
        page.set_viewport_size(DESKTOP)
        page.evaluate(OPEN_DIALOG, address)
        expect(page.locator("body > .modal .modal-body")).to_be_visible(timeout=TIMEOUT)
        expect(page.locator("body > .modal")).to_have_css("opacity", "1")
        faults = violations(page, within="body > .modal") + [f"wide: {each}" for each in page.evaluate(BEYOND)]
        found += [f"{name}: {fault}" for fault in faults]
    return "\n".join(found)


def _newsroom_routes() -> list[Route]:
    found = {route.pattern: route for route in routes() if route.is_in_the_newsroom}
    return [route for route in found.values() if route.name not in SKIPPED]


def _pattern_of(address: str) -> str:
    return str(resolve(urlsplit(address).path).route)


def _space(pattern: str) -> str:
    """The viewset of an address: the part before its first parameter, without the action."""
    return "/".join(pattern.partition("<")[0].split("/")[:3]) + " "
