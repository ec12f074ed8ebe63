"""The rules of RFC 9110 (HTTP) and RFC 9111 (caching), each asked of an answer that is rendered, and of a kept one."""

from dataclasses import dataclass, field
from email.utils import format_datetime

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone

from portal.platform.caching.wsgi_cache import ResponseCache
from tests.builders import content_of, make_article, make_document, make_form_page
from tests.keeping.asking import Answer, Question, ask

HOST = "lorraine.localhost"
PUBLIC = ["/fr/", "/fr/rubrique/", "/fr/actualites/", "/fr/feed.rss", "/calendar.ics", "/sitemap.xml", "/api/v2/pages/"]
LONG_AGO, NOW = "Mon, 01 Jan 2001 00:00:00 GMT", format_datetime(timezone.now(), usegmt=True)


@dataclass(frozen=True)
class Rule:
    """What a request with `headers` is answered; `{tag}` stands for the tag of the answer without its quotes."""

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
    Rule("9110 13.1.3", "there is no date of modification", 200, {"if-modified-since": NOW}),
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


def asked(worker, path: str, method: str = "GET", **headers: str) -> Answer:
    return ask(worker, Question(HOST, path, method, tuple((name.replace("_", "-"), headers[name]) for name in headers)))


@pytest.mark.parametrize("is_kept", [False, True], ids=["rendered", "kept"])
@pytest.mark.parametrize("rule", RULES, ids=[f"{rule.section} {rule.says} {rule.status}" for rule in RULES])
def test_answer_follows_the_rule(worker, rule, is_kept):
    first = asked(worker, "/fr/rubrique/")
    tag = first["etag"].removeprefix("W/").strip('"')
    if not is_kept:
        worker.store = type(worker.store)(8_000_000)
    headers = {name: value.format(tag=tag) for name, value in rule.headers.items()}
    answer = asked(worker, "/fr/rubrique/", rule.method, **headers)

    assert answer.code == rule.status
    if rule.status == 304:
        # 9110 15.4.5: what a 200 would have said of caching, and nothing of a body.
        assert answer.body == b""
        for name in ("etag", "cache-control", "vary"):
            assert answer[name] == first[name]
        assert not {"content-length", "content-encoding", "content-type"} & {name for name, _value in answer.headers}
    elif rule.status == 200:
        assert answer.body == (b"" if rule.method == "HEAD" else first.body)
        assert answer["content-length"] == first["content-length"]


@pytest.mark.parametrize("path", PUBLIC)
def test_every_encoding_of_an_answer_has_its_weak_tag_and_is_told_by_vary(worker, path):
    # 9110 8.8.1 and 12.5.5
    answers = [asked(worker, path, accept_encoding=encoding) for encoding in ("", "gzip", "br", "gzip")]

    assert len({answer["etag"] for answer in answers}) == 1
    assert answers[0]["etag"].startswith('W/"')
    assert all("Accept-Encoding" in answer["vary"] for answer in answers)


@pytest.mark.parametrize("path", PUBLIC)
def test_head_says_what_get_says(worker, path):
    # 9110 9.3.2
    first, head = asked(worker, path), asked(worker, path, "HEAD")

    assert head.headers == first.headers
    assert head.body == b""


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_that_is_kept_sets_a_cookie_or_has_a_date_of_modification(worker, path):
    # 9111 7.3; a date is exact nowhere
    answers = [asked(worker, path) for _turn in range(2)]

    assert not {"set-cookie", "last-modified"} & {name for answer in answers for name, _value in answer.headers}


@pytest.mark.parametrize("path", PUBLIC)
def test_answer_says_how_long_it_may_be_kept(worker, path):
    # 9111 4.2.2: otherwise a cache may guess
    assert asked(worker, path)["cache-control"].startswith(("no-cache", "public, max-age=", "max-age="))


@pytest.mark.parametrize(
    ("path", "status", "rule"),
    [
        ("/fr/rien/", 404, "no-cache"),
        ("/fr/rubrique", 301, "no-cache"),
        ("/", 302, "no-cache"),
        ("/documents/1/rien.pdf", 404, "no-cache"),
    ],
)
def test_no_cache_guesses_for_how_long_something_is_not_there(worker, path, status, rule):
    # 9111 4.2.2: these may be kept by a guess
    answer = asked(worker, path)

    assert answer.code == status
    assert rule in answer["cache-control"] or "no-store" in answer["cache-control"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_unsafe_method_is_answered_from_no_memory(worker, method):
    # 9111 4
    asked(worker, "/fr/rubrique/")

    assert asked(worker, "/fr/rubrique/", method).body != asked(worker, "/fr/rubrique/").body


def test_answer_with_a_ticket_is_stored_nowhere(site, worker):
    # 9111 5.2.2.5 and 5.2.2.7
    answer = asked(worker, site.address(make_form_page(site.home)))

    assert {"private", "no-store"} <= {part.strip() for part in answer["cache-control"].split(",")}
    assert len(worker.store) == 0


def test_request_with_credentials_gets_nothing_from_memory(worker):
    # 9111 3.5
    asked(worker, "/fr/rubrique/")
    worker.application = lambda environ, start_response: pytest.fail("asked") or []
    with pytest.raises(pytest.fail.Exception):
        asked(worker, "/fr/rubrique/", authorization="Basic YTpi")


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
    if response.streaming:
        content_of(response)

    assert (response.status_code, response.get("Content-Range", "")) == (status, told)
    assert response.get("ETag", '"').startswith('"')
