"""The source of a view follows from the referring host and the link's parameters."""

import pytest
from hypothesis import given, strategies

from portal.readership.counting.headers import referral_of

HOST = "actus.example"


@pytest.mark.parametrize(
    ("referrer", "query", "source"),
    [
        ("", "", ("direct", "")),
        ("https://www.google.fr/", "", ("search", "")),
        ("https://www.google.co.uk/", "", ("search", "")),
        ("https://fr.search.yahoo.com/search?p=secret", "", ("search", "")),
        ("https://duckduckgo.com/", "", ("search", "")),
        ("https://lnkd.in/abc", "", ("social", "")),
        ("https://m.facebook.com/story?id=1", "", ("social", "")),
        ("https://notfacebook.com/", "", ("other", "notfacebook.com")),
        ("https://google.mairie.example/", "", ("other", "google.mairie.example")),
        ("https://www.mairie.example/liens", "", ("other", "www.mairie.example")),
        ("https://actus.example/fr/", "", ("inside", "")),
        ("android-app://com.google.android.gm/", "", ("direct", "")),
        ("", "utm_source=newsletter&utm_campaign=mai", ("newsletter", "")),
        ("https://mail.example/", "utm_medium=Email", ("newsletter", "")),
        ("", "page=2&utm_medium=social", ("social", "")),
        ("", "utm_medium=affiche", ("direct", "")),
        ("http://[broken", "", ("direct", "")),
        ("", "&utm_source=newsletter" * 5000, ("direct", "")),
        (f"https://{'a' * 254}/", "", ("other", "")),
    ],
)
def test_source_of_a_view(referrer, query, source):
    assert referral_of(referrer, query, HOST) == source


@given(strategies.text(), strategies.text())
def test_any_header_can_be_counted(referrer, query):
    source, host = referral_of(referrer, f"utm_{query}", HOST)
    assert source
    assert "/" not in host
