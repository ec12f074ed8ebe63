"""Titles as slugs, as people write them in addresses."""

import pytest

from portal.platform.slugs import slug_of


@pytest.mark.parametrize(
    ("title", "language", "slug"),
    [
        ("Gründerhaus an der Straße", "de", "gruenderhaus-an-der-strasse"),
        ("Über Öl", "de-at", "ueber-oel"),
        ("Un maître d’œuvre", "fr", "un-maitre-d-oeuvre"),
        ("Der Müller in Zürich", "fr", "der-muller-in-zurich"),
        ("…", "fr", ""),
    ],
)
def test_slug_of_a_title(title, language, slug):
    assert slug_of(title, language) == slug


def test_long_slug_does_not_end_with_a_hyphen():
    assert slug_of("ab cd", "fr", longest=3) == "ab"
