"""Any query string gets a fast response, and no input is reflected unescaped."""

from itertools import pairwise
from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from search.query.parse import normalize, parse, terms_in_language
from search.results.extracts import extract, highlight
from tests.builders import make_article
from tests.search.searching import get_results, paragraph, search, stories

pytestmark = pytest.mark.django_db

# Processor time. The longest take 0.2 s; a busy machine may take several times as long.
LIMIT_SECONDS = 1.5
LONG_WORDS = [f"{first}{second}ngslinigkeitswor{third}" for first in "abcdefg" for second in "aeiou" for third in "xyz"]
NASTY = [
    "\0",
    "a\0b",
    "x" * 100_000,
    "mot " * 2000,
    " ".join(LONG_WORDS),
    " ".join(f'"{one} {other}"' for one, other in pairwise(LONG_WORDS)),
    " ".join(f"-{word}" for word in LONG_WORDS),
    "-".join(LONG_WORDS),
    "/".join(LONG_WORDS),
    " ".join(f"{number}/{number}" for number in range(300)),
    "mars samedi morgen " * 50,
    " ".join(chr(letter) * 2 for letter in range(97, 600)),
    '"' * 2000,
    "'" * 2000,
    'NEAR( * " :',
    "{title} : (x",
    "a AND OR NOT b",
    "-" * 50,
    '-"',
    "\ud800",
    "a\udfffb",
    "\u202eabc\u202d",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "%00%27",
    "\\'\\",
    "§h1 ¶a ^b",
    "' OR 1=1 --",
    "👩‍👩‍👧‍👦 🇫🇷",
    "ʼʼ’’",
    "١٢٣ ﷽ ㎏ ⅷ",
]


@pytest.mark.parametrize("query", NASTY, ids=range(len(NASTY)))
def test_hostile_query_takes_bounded_time(lorraine, reader, query):
    get_results(reader, "mot")
    began = process_time()
    # A lone surrogate arrives as bytes that are not UTF-8.
    url = "/fr/recherche/?q=" + quote(query, errors="surrogatepass")
    response = reader.get(url)
    assert response.status_code == 200
    assert process_time() - began < LIMIT_SECONDS
    text = response.content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert reader.get(url.replace("/?", "/suggestions.json?")).status_code == 200
    search(lorraine, query)


@pytest.mark.parametrize(
    "params",
    [
        *({"page": page} for page in ("0", "-1", "abc", "9" * 50)),
        *({"year": year} for year in ("99999999999999999999", "²")),
        *({"section": section} for section in ("../..", "a" * 5000)),
        {"kind": "nonsense", "topic": "\0", "site": "1 OR 1=1"},
        {"language": "xx", "sites": "everything", "unknown": "1"},
    ],
)
def test_invalid_parameter_beside_the_query_causes_no_error(lorraine, reader, params):
    stories(lorraine, "Une fonderie neuve")
    assert get_results(reader, "fonderie", **params).status_code == 200
    for page in ("2", "9999"):
        assert get_results(reader, "fonderie", page=page).status_code == 404


def test_markup_in_a_page_is_text_in_its_result(lorraine, reader):
    evil = "<script>alert(1)</script> & <b>gras</b> fonderie"
    make_article(
        lorraine.section,
        f"Titre {evil}",
        standfirst=evil,
        body=paragraph("&lt;script&gt;alert(2)&lt;/script&gt; fonderie"),
    )
    text = get_results(reader, "fonderie").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(2)&lt;/script&gt; <mark>fonderie</mark>" in text


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60))
def test_any_string_is_harmless(lorraine, query):
    found = search(lorraine, query)
    assert found.total >= 0


_operators = st.sampled_from(["AND", "OR", "NOT", "NEAR", "<->", "--", "mot", *"\"'*:-()^+&|!\\{}é \0’%_;"])


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.lists(_operators, max_size=14).map("".join))
def test_any_mixture_of_operators_is_harmless(lorraine, query):
    search(lorraine, query, sites="all", languages="all")


@given(query=st.text())
def test_normalizing_is_idempotent_and_any_string_is_parsed(query):
    assert normalize(normalize(query)) == normalize(query)
    for language in ("fr", "de", "en", "xx"):
        found = terms_in_language(parse(query), language)
        assert all(term.isalnum() for clause in found.required for each in clause.alternatives for term in each)


@given(text=st.text(), word=st.text(min_size=1, max_size=8))
def test_any_text_is_escaped_in_its_extract(text, word):
    highlighted = terms_in_language(parse(f"{word} {text[:20]}"), "fr").highlighted
    found = extract(text, highlighted, "fr")
    for html in (found.html if found else "", highlight(text, highlighted, "fr")):
        bare = html.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare
        assert ">" not in bare
