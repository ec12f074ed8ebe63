"""No URL and no parameter causes a server error: a reader gets a page, a redirect or a client error."""

from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.builders import make_topic, reader_of

FINE = {200, 301, 302, 400, 404}
LISTS = [
    "/fr/actualites/",
    "/fr/calendrier/",
    "/fr/rubrique/actualites/",
    "/fr/rubrique/calendrier/",
    "/fr/rubrique/agenda/",
    "/de/nachrichten/",
]
LONG, DIGITS = "x" * 8192, "9" * 24
QUERIES = [
    *(f"page={value}" for value in ("0", "-1", "abc", "999999", DIGITS, "", "1.5", "%00", "%ff", "1%00", "٣", LONG)),
    *(f"year={value}" for value in ("99999", "0", "-5", "abc", DIGITS, "%00", "%ff", "2025%00", LONG, "1e9", "٢٠٢٥")),
    *(f"kind={value}" for value in ("poem", "%00", "%ff", LONG, "article%00", "[]", "ARTICLE")),
    *(
        f"topic={value}"
        for value in ("nothing", "%00", "%ff", LONG, "energie%00", "../..", "'; DROP TABLE core_topic;--")
    ),
    *(f"when={value}" for value in ("tomorrow", "%00", LONG, "PAST")),
    "page[]=1",
    "page=1&page=2",
    "page=2&page=1",
    "page[0][x]=1&year[]=2025&kind[]=article&topic[]=energie",
    "kind=article&kind=portrait&kind=recap",
    "year=2025&year=99999",
    "page=1;year=2025",
    "&&&===&",
    "=",
    "%",
    "%zz=%zz",
    "a" * 8192,
    "&".join(["page=1"] * 900),
    urlencode({"page": "1", "utm_source": "lettre", "fbclid": LONG[:200]}),
]
relaxed = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(autouse=True)
def topic(db):
    return make_topic("Énergie", slug="energie")


def checked(response, ground):
    assert response.status_code in FINE
    if response.status_code in (400, 404):
        page = response.content.decode()
        assert "<h1" in page
        assert ground.site.site_name in page


@pytest.mark.parametrize("path", LISTS)
def test_bad_parameter_on_a_list_causes_no_server_error(lorraine, reader, path):
    for query in QUERIES:
        checked(reader.get(f"{path}?{query}"), lorraine)


def test_bad_parameter_on_any_other_page_has_no_effect(lorraine, reader):
    from articles.models import ArticlePage

    article = ArticlePage.objects.get(title="Article lorrain fr")
    for query in QUERIES[::5]:
        for path in ("/fr/", "/fr/rubrique/", lorraine.address(article)):
            assert reader.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/fr/%00/",
        "/fr/actualites%00/",
        "/fr/%ff%fe/",
        "/fr/%C3%A9/",
        f"/fr/{LONG}/",
        f"/fr/{DIGITS}/",
        "/fr/" + "a/" * 4000,
        "/fr/actualites/actualites/",
        "/fr/rubrique/agenda/actualites/",
        "/fr/..%2f..%2fetc/passwd/",
        "/fr/../../etc/passwd/",
        "/fr/%2e%2e/",
        "//evil.example/",
        "/fr//",
        "/fr//rubrique/",
        "/fr/%0d%0aSet-Cookie:%20a=b/",
        "/en/%0d%0aSet-Cookie:%20a=b/",
        "/en/%3Fa/",
        "/en/%25/",
        "/en//evil.example/",
        "/%00",
        "/favicon.ico",
        "/robots.txt",
        "/theme-.css",
        f"/theme-{LONG}.css",
        "/theme-%00.css",
        "/pictures/x/1/width-10/",
        f"/pictures/{LONG}/1/width-10/",
        f"/pictures/x/{DIGITS}/width-10/",
        "/media/images/%00",
        f"/media/images/{LONG}",
        "/documents/0/x/",
        f"/documents/{DIGITS}/x/",
        "/_util/login/",
        "/fr/_util/password/1/1/",
        f"/fr/_util/password/{DIGITS}/{DIGITS}/",
        "/admin/pages/99999999/edit/",
    ],
)
def test_bad_sheet_address_is_not_found(lorraine, reader, path):
    response = reader.get(path)

    assert response.status_code in FINE
    assert "evil.example" not in response.get("Location", "").split("/fr/")[0]
    assert not response.cookies.get("a")


def test_redirect_to_the_default_language_stays_on_the_host(reader):
    for path in ("/en//evil.example/", "/en/%2f%2fevil.example/", "/en/%5cevil.example/"):
        location = reader.get(path).get("Location", "/fr/")
        assert location.startswith("/fr/")


def test_expired_form_gets_an_error_page_of_the_site(lorraine):
    from django.test import Client

    reader = Client(headers={"host": lorraine.host}, enforce_csrf_checks=True)

    response = reader.post("/admin/login/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert "<h1" in response.content.decode()


@relaxed
@given(
    query=st.lists(
        st.tuples(st.sampled_from(["page", "year", "kind", "topic", "when", "x"]), st.text()), max_size=4
    ).map(urlencode)
    | st.binary(max_size=60).map(lambda query: quote(query, safe="&=[]%;+"))
)
def test_any_query_gets_a_proper_response(lorraine, query):
    for path in ("/fr/actualites/", "/fr/rubrique/calendrier/"):
        checked(lorraine.reader().get(f"{path}?{query}"), lorraine)


@relaxed
@given(
    path=st.lists(st.text(max_size=20) | st.sampled_from(["rubrique", "agenda", "actualites"]), max_size=5).map(
        lambda steps: "".join(quote(step, safe="") + "/" for step in steps)
    )
    | st.binary(max_size=40).map(quote)
)
def test_any_path_gets_a_proper_response(lorraine, path):
    for start in ("/", "/fr/", "/en/"):
        assert lorraine.reader().get(f"{start}{path}").status_code in FINE


@relaxed
@given(accepted=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_any_accept_language_header_gets_a_proper_response(lorraine, accepted):
    response = lorraine.reader(accept_language=accepted).get("/")

    assert (response.status_code, response["Location"] in ("/fr/", "/de/")) == (302, True)


@relaxed
@given(host=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_any_unknown_host_gets_an_error_page(lorraine, host):
    if host.lower().rstrip(".").split(":")[0] in ("localhost", "lorraine.localhost", "saar.localhost"):
        return
    assert reader_of(host).get("/fr/").status_code == 400
