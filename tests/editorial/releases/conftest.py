"""Pages for releases."""

import pytest

from tests.builders import make_article
from tests.editorial.drafts import draft, rewrite


@pytest.fixture
def news(lorraine, editor):
    return draft(lorraine, editor, "Le budget est voté")


@pytest.fixture
def rewritten(lorraine, editor):
    """A story that readers see as “Avant”, with the draft “Après”."""
    return rewrite(make_article(lorraine.section, "Avant"), editor, title="Après")


@pytest.fixture
def old(lorraine):
    return make_article(lorraine.section, "Ancien budget")
