"""The rules of RFC 9110 (HTTP) and RFC 9111 (caching), on rendered and on cached responses."""

import gzip
from dataclasses import dataclass, field
from email.utils import format_datetime

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.editorial.roles import Role
from portal.platform.caching.encodings import accepted_encoding
from portal.platform.caching.http_caching import HttpCaching
from portal.platform.caching.wsgi_cache import ResponseCache
from tests.builders import (
    change,
    content_of,
    make_article,
    make_document,
    make_form_page,
    make_newsroom,
    make_private,
    newsroom_client,
)
from tests.newsletter.makers import make_newsletter
from tests.page_cache.wire import Request, Response, send

HOST = "lorraine.localhost"
PUBLIC = ["/fr/", "/fr/rubrique/", "/fr/actualites/", "/fr/feed.rss", "/calendar.ics", "/sitemap.xml", "/api/v2/pages/"]
LONG_AGO, NOW = "Mon, 01 Jan 2001 00:00:00 GMT", format_datetime(timezone.now(), usegmt=True)


@dataclass(frozen=True)
class Rule:
    """The status of a request with `headers`; `{tag}` stands for the ETag without its quotes."""

    section: str
    says: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"


RULES = [
    Rule("9110 13.1.2", "the tag that the client has", 304, {"if-none-match": 'W/"{tag}"'}),
    Rule("9110 13.1.2", "tags are compared weakly", 304, {"if-none-match": '"{tag}"'}),
    Rule("9110 13.1.2", "any tag of a list", 304, {"if-none-match": '"a", W/"b" ,W/"{tag}"'}),
    Rule("9110 13.1.2", "whatever there is", 304, {"if-none-match": "*"}),
    Rule("9110 13.1.2", "another tag", 200, {"if-none-match": '"other"'}),
    Rule("9110 13.1.2", "a tag without quotes is none", 200, {"if-none-match": "{tag}"}),
    Rule("9110 13.1.2", "of HEAD as of GET", 304, {"if-none-match": 'W/"{tag}"'}, "HEAD"),
    Rule("9110 13.1.3", "a date is nothing beside a tag", 200, {"if-none-match": '"other"', "if-modified-since": NOW}),
    Rule(
        "9110 13.1.3",
        "a date is nothing beside a tag",
        304,
        {"if-none-match": '"{tag}"', "if-modified-since": LONG_AGO},
    ),
    Rule("9110 13.1.3", "there is no Last-Modified", 200, {"if-modified-since": NOW}),
    Rule("9110 13.1.3", "a date that is none", 200, {"if-modified-since": "yesterday"}),
    Rule("9110 13.1.1", "weak tags never match strongly", 412, {"if-match": 'W/"{tag}"'}),
    Rule("9110 13.1.1", "whatever there is", 200, {"if-match": "*"}),
    Rule("9110 14.2", "a range of what is sent in several encodings is the whole", 200, {"range": "bytes=0-9"}),
    Rule(
        "9110 13.1.5",
        "a range that is bound to a weak tag is the whole",
        200,
        {"range": "bytes=0-9", "if-range": 'W/"{tag}"'},
    ),
    Rule("9110 9.3.2", "HEAD", 200, {}, "HEAD"),
    Rule("9110 12.5.3", "an encoding that the portal does not know", 200, {"accept-encoding": "zstd"}),
    Rule("9110 12.5.3", "an encoding that is forbidden", 200, {"accept-encoding": "br;q=0, gzip;q=0"}),
    Rule("9111 5.2.1.4", "a client that wants it anew", 200, {"cache-control": "no-cache"}),
]


@pytest.fixture
def site(lorraine):
    make_article(lorraine.section, "Le bois")
    return lorraine


@pytest.fixture
def worker(site):
    return ResponseCache(WSGIHandler(), 8)


def sent(worker, path: str, method: str = "GET", **headers: str) -> Response:
    return send(worker, Request(HOST, path, method, tuple((name.replace("_", "-"), headers[name]) for name in headers)))


@pytest.mark.parametrize("is_cached", [False, True], ids=["rendered", "cached"])
@pytest.mark.parametrize("rule", RULES, ids=[f"{rule.section} {rule.says} {rule.status}" for rule in RULES])
def test_response_follows_the_rule(worker, rule, is_cached):
    first = sent(worker, "/fr/rubrique/")
    tag = first["etag"].removeprefix("W/").strip('"')
    if not is_cached:
        worker.store = type(worker.store)(8_000_000)
    headers = {name: value.format(tag=tag) for name, value in rule.headers.items()}
    response = sent(worker, "/fr/rubrique/", rule.method, **headers)

    assert response.code == rule.status
    if rule.status == 304:
        # RFC 9110 15.4.5: a 304 has the caching headers of a 200, but no headers that describe the body.
        assert response.body == b""
        for name in ("etag", "cache-control", "vary"):
            assert response[name] == first[name]
        assert not {"content-length", "content-encoding", "content-type"} & {name for name, _value in response.headers}
    elif rule.status == 200:
        assert response.body == (b"" if rule.method == "HEAD" else first.body)
        assert response["content-length"] == first["content-length"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_response_can_be_cached_and_validated(worker, path):
    first, *others = (sent(worker, path, accept_encoding=encoding) for encoding in ("", "gzip", "br", "gzip"))
    head, again = sent(worker, path, "HEAD"), sent(worker, path, if_none_match=first["etag"])

    # 9110 8.8.1 and 12.5.5: one weak tag for all encodings
    assert {each["etag"] for each in others} == {first["etag"]}
    assert first["etag"].startswith('W/"')
    assert all("Accept-Encoding" in each["vary"] for each in (first, *others))
    # 9110 9.3.2
    assert (head.headers, head.body) == (first.headers, b"")
    # 9110 13.1.2
    assert (again.code, again.body) == (304, b"")
    # RFC 9111 4.2.2: without a lifetime a cache may guess one; 9111 7.3
    assert first["cache-control"].startswith(("no-cache", "public, max-age=", "max-age="))
    assert not {"set-cookie", "last-modified"} & dict(first.headers).keys()


def test_changed_page_has_another_tag(site, worker):
    article = make_article(site.section, "La pierre")
    address = site.address(article)
    tag = sent(worker, address)["etag"]
    change(article, title="Le grès")
    response = sent(worker, address, if_none_match=tag)

    assert response.code == 200
    assert "Le grès" in response.body.decode()


@pytest.mark.parametrize(
    ("header", "encoding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", "", bytes),
    ],
)
def test_response_is_compressed_as_the_client_accepts(worker, header, encoding, unpack):
    # 9110 12.5.3
    plain, packed = sent(worker, "/fr/"), sent(worker, "/fr/", accept_encoding=header)

    assert packed["content-encoding"] == encoding
    assert unpack(packed.body) == plain.body
    assert packed["content-length"] == str(len(packed.body))


@pytest.mark.parametrize("header", ["", "deflate", "br;q=0", "br;q=x, gzip;q=0", "*", "gzip" * 100])
def test_unreadable_header_compresses_nothing(header):
    assert accepted_encoding(header) == ""


@pytest.fixture
def personal(site):
    """A personal address, and a client for it, by kind."""

    def find(kind):
        if kind == "form":
            return site.reader(), site.address(make_form_page(site.home))
        if kind == "password":
            return site.reader(), site.address(make_private(make_article(site.section), "geheim").page)
        if kind == "sign-up":
            make_newsletter(site)
            return site.reader(), "/fr/_newsletter/sign-up/"
        editor = newsroom_client(site, make_newsroom(site)[Role.EDITOR])
        if kind == "preview":
            return editor, reverse("wagtailadmin_pages:view_draft", args=[make_article(site.section).pk])
        return editor, "/admin/" if kind == "newsroom" else "/admin/login/"

    return find


@pytest.mark.parametrize("kind", ["form", "password", "sign-up", "preview", "newsroom", "login"])
def test_personal_response_is_stored_by_no_cache(personal, kind):
    # 9111 5.2.2.5 and 5.2.2.7
    reader, address = personal(kind)
    response = reader.get(address, headers={"accept-encoding": "gzip"})

    assert {"private", "no-store"} <= {part.strip() for part in response["Cache-Control"].split(",")}
    # The length of a compressed page that reflects an attacker's input would reveal its secrets.
    assert not response.has_header("Content-Encoding")
    assert not response.has_header("ETag")


def test_file_sent_by_a_proxy_has_no_etag_of_the_empty_body(rf):
    response = HttpCaching(lambda request: HttpResponse(headers={"X-Accel-Redirect": "/files/guide.pdf"}))(
        rf.get("/documents/1/guide.pdf")
    )

    assert not response.has_header("ETag")
    assert not response.has_header("Content-Length")


@pytest.mark.parametrize(
    ("path", "status", "rule"),
    [
        ("/fr/rien/", 404, "no-cache"),
        ("/fr/rubrique", 301, "no-cache"),
        ("/", 302, "no-cache"),
        ("/documents/1/rien.pdf", 404, "no-cache"),
    ],
)
def test_missing_page_has_an_explicit_lifetime(worker, path, status, rule):
    # 9111 4.2.2: a cache may guess a lifetime for these
    response = sent(worker, path)

    assert response.code == status
    assert rule in response["cache-control"] or "no-store" in response["cache-control"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_unsafe_method_bypasses_caches(worker, method):
    # 9111 4
    sent(worker, "/fr/rubrique/")

    assert sent(worker, "/fr/rubrique/", method).body != sent(worker, "/fr/rubrique/").body


@pytest.mark.parametrize(
    ("headers", "status", "told"),
    [
        ({}, 200, ""),
        ({"range": "bytes=0-3"}, 206, "bytes 0-3/14"),
        ({"range": "bytes=-4"}, 206, "bytes 10-13/14"),
        ({"range": "bytes=90-"}, 416, "bytes */14"),
        ({"range": "bytes=0-3", "if-range": '"other"'}, 200, ""),
        ({"range": "bytes=0-1,4-5"}, 200, ""),
        ({"range": "lines=0-1"}, 200, ""),
    ],
)
def test_part_of_a_document_is_sent(site, settings, tmp_path, headers, status, told):
    # 9110 14: a file is one body, with a strong tag
    settings.MEDIA_ROOT = tmp_path
    document = make_document(content=b"%PDF-1.4 guide")
    make_article(site.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}])
    response = site.reader().get(document.url, headers=headers)
    content_of(response)

    assert (response.status_code, response.get("Content-Range", "")) == (status, told)
    assert response.get("ETag", '"').startswith('"')
