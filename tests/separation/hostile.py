"""Random requests to every address that no browser would send. Their seed makes them reproducible."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from tests.separation.planting import Planted
from tests.separation.routes import Route, addresses, routes

NUMBERS = ["0", "-1", "1", "1.5", "1e9", "NaN", "Infinity", "-inf", "2147483648", "9223372036854775808", "9" * 40, "٣"]
TEXTS = [
    "", " ", "x", "\0", "a\0b", "'", '"', "%", "%00", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "é" * 300,
    "x" * 9000, "\ud83d", "\u202e", "null", "None", "true", "[]", "{}", '[{"type":"x","value":1}]', '{"a":{"b":[1]}}',
    "zzz", '{"blocks":[{"key":"a","text":"x","type":"unstyled","entityRanges":[{"offset":0,"length":1,"key":9}]}],"entityMap":{}}', "2027-02-31", "99999-01-01", "0000-00-00", "25:61", "http://[::1", "javascript:alert(1)", "//evil.example/", "fr'--",
    "😀" * 50, "\r\nX-Injected: 1",
]  # fmt: skip
# Field and parameter names of the installation, in addition to those of the form at an address.
NAMES = [
    "p", "page", "q", "ordering", "order_by", "id", "next", "site", "locale", "collection_id", "tag", "user", "owner",
    "content_type", "search", "fields", "type", "child_of", "descendant_of", "limit", "offset", "format", "prefill", "mode",
    "title", "slug", "body-count", "body-0-type", "body-0-value", "body-0-order", "body-0-deleted", "comments-TOTAL_FORMS",
    "go_live_at", "start", "end", "recurrence", "time_zone", "action-publish", "action-submit", "action-workflow-action",
    "workflow-action-name", "workflow-action-extra-data", "editing_window", "loaded_revision_id", "overwrite_revision_id",
    "loaded_revision_created_at", "value", "url", "link_text", "lead_image", "form-0-id", "form-TOTAL_FORMS", "is_editing",
    "revision_id", "multiple", "created_at_from", "_w_hydrate_create_view", "in_preview_panel", "year", "topic", "kind",
]  # fmt: skip
METHODS = ["GET"] * 9 + ["POST"] * 9 + ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]
HEADERS: list[dict[str, str]] = [
    {},
    {},
    {"accept": "application/json"},
    {"x-requested-with": "XMLHttpRequest"},
    {"accept-language": "xx-" + "y" * 300},
    {"range": "bytes=5-1"},
    {"if-none-match": '"' + "x" * 500},
    {"if-modified-since": "Thu, 99 Foo 0000 00:00:00 GMT"},
    {"cookie": "sessionid=\x01;;=;messages=x;csrftoken=" + "y" * 64},
    {"x-forwarded-for": "::ffff:1.2.3.4, not-an-address"},
    {"content-type": "application/json"},
    {"content-type": "multipart/form-data"},
    {"content-type": "multipart/form-data; boundary=" + "b" * 80},
    {"content-type": "text/plain; charset=no-such-charset"},
    {"content-length": "-1"},
]
# Addresses that end the session, or fail on purpose.
LEFT_OUT = {"wagtailadmin_logout", "wagtailadmin_error_test"}


@dataclass(frozen=True)
class Hostile:
    """One request; `form`: whether the form at the address is also submitted, with an invalid value."""

    route: Route
    method: str
    address: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    form: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.address[:200]} {self.headers} {self.body[:200]!r}"


class Attacker:
    """Draws requests from a seed; the same seed and sites give the same requests."""

    def __init__(self, seed: int, own: Planted, foreign: Planted):
        self.random = Random(seed)
        self.own, self.foreign = own, foreign
        self.routes = [route for route in routes() if route.name not in LEFT_OUT]
        self.proper: dict[Route, list[str]] = {}

    def requests(self, number: int) -> Iterator[Hostile]:
        for _ in range(number):
            route = self.random.choice(self.routes)
            method = self.random.choice(METHODS)
            address = self._address(route) + self._query()
            is_form = method == "POST" and self.random.random() < 0.6
            body = "" if is_form or method in ("GET", "HEAD") else self._body()
            yield Hostile(route, method, address, body, self.random.choice(HEADERS), is_form)

    def _address(self, route: Route) -> str:
        if self.random.random() < 0.7:
            if route not in self.proper:
                self.proper[route] = self._proper(route)
            if self.proper[route]:
                return self.random.choice(self.proper[route])
        return route.filled({place: self._in_path(route, place) for place in route.places})

    def _proper(self, route: Route) -> list[str]:
        """The route with real records in its parameters; empty for a route that is not requested."""
        try:
            return [*addresses(route, self.own), *addresses(route, self.foreign)]
        except (KeyError, AttributeError, TypeError, ZeroDivisionError):
            return []

    def _in_path(self, route: Route, place: str) -> str:
        numeric = re.search(rf"<int:{place}>", route.pattern)
        value = self.random.choice(NUMBERS if numeric else [*NUMBERS, *TEXTS])
        return quote(value.encode("utf-8", "surrogatepass"), safe="/" if "path" in place else "") or "x"

    def _value(self) -> str:
        if self.random.random() < 0.25:
            site = self.random.choice([self.own, self.foreign])
            thing = site.things[self.random.choice(sorted(site.things))]
            return str(getattr(thing, "pk", thing))
        return self.random.choice([*NUMBERS, *TEXTS])

    def _query(self) -> str:
        number = self.random.choice([0, 0, 1, 1, 2, 4])
        return f"?{self._encoded(number)}" if number else ""

    def _encoded(self, number: int) -> str:
        pairs = [(self.random.choice(NAMES), self._value()) for _ in range(number)]
        return urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in pairs])

    def _body(self) -> str:
        return self.random.choice(
            [
                self._encoded(self.random.randint(0, 12)),
                json.dumps({self.random.choice(NAMES): self._value() for _ in range(3)}),
                "[" * 2000,
                "&" * 500,
                '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx',
                "\ufffd\0\1\2",
            ]
        )

    def spoiled(self, fields: list[tuple[str, str]]) -> str:
        """The fields of a form with one to four of them removed, doubled, or set to an invalid value."""
        fields = list(fields)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(fields)) if fields else 0
            act = self.random.choice(["drop", "double", "set", "set", "set", "add", "rename"])
            if act == "add" or not fields:
                fields.append((self.random.choice(NAMES), self._value()))
            elif act == "drop":
                del fields[at]
            elif act == "double":
                fields.append(fields[at])
            elif act == "set":
                fields[at] = (fields[at][0], self._value())
            else:
                fields[at] = (re.sub(r"\d+", self.random.choice(NUMBERS), fields[at][0]), fields[at][1])
        return urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in fields])


class FormFields(HTMLParser):
    """The names and values of all fields on a page, including those that a script adds for an empty stream.

    Without them Wagtail does not parse a page's form.
    """

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.select = self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if "data-block" in facts and facts.get("id"):
            self.found.append((f"{facts['id']}-count", "0"))
        if (
            tag in ("input", "button")
            and name
            and (facts.get("type") not in ("checkbox", "radio") or "checked" in facts)
        ):
            self.found.append((name, facts.get("value") or ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in facts:
            self.found.append((self.select, facts.get("value") or ""))
        elif tag == "textarea" and name:
            self.found.append((name, ""))
            self.area = name

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[-1] = (self.area, data)
