"""Thirty people publish at once, three times. Run with `make faults`: it takes a minute or two."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.urls import reverse

from portal.content.records.listing import StoryCard
from tests.builders import make_article, make_site, newsroom_client
from tests.editorial.actions import form_of, reload
from tests.faults import tell
from tests.own_database import connected_to, copied_database

PUBLISHERS, ROUNDS = 30, 3


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("own")) as name:
        yield name


@pytest.fixture
def busy(db, own_database):
    """A database in which all content is committed, so that all threads see it."""
    with connected_to(own_database):
        yield


def test_no_publication_fails(busy):
    ground = make_site("busy.localhost", ("fr",))
    people = [
        get_user_model().objects.create_superuser(f"publisher-{number}", f"{number}@example.org")
        for number in range(PUBLISHERS)
    ]
    author = get_user_model().objects.create_superuser("author", "author@example.org")
    pages = [make_article(ground.section, f"Article {number}", date=None) for number in range(PUBLISHERS)]
    together, statuses, waits = Barrier(PUBLISHERS), Counter(), []

    def publish(number: int) -> None:
        try:
            client = newsroom_client(ground, people[number])
            client.raise_request_exception = False
            for round_ in range(ROUNDS):
                page = reload(pages[number])
                page.title = f"Tour {round_}, article {number}"
                # Nobody publishes their own text.
                page.save_revision(user=author)
                form = form_of(page, **{"action-publish": "1"})
                together.wait(timeout=300)
                began = monotonic()
                response = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form)
                waits.append(monotonic() - began)
                is_published = response.status_code == 302 and response["Location"].startswith("/admin/pages/")
                statuses[
                    "published" if is_published and "edit" not in response["Location"] else response.status_code
                ] += 1
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PUBLISHERS) as crowd:
        list(crowd.map(publish, range(PUBLISHERS)))
    lost = [page for number, page in enumerate(pages) if reload(page).title != f"Tour {ROUNDS - 1}, article {number}"]
    unlisted = [page for page in pages if StoryCard.objects.get(page=page).title != reload(page).title]
    failed = len(waits) - statuses["published"]
    remark = f"answers {dict(statuses)}; median {sorted(waits)[len(waits) // 2]:.1f} s, longest {max(waits):.1f} s"
    tell("thirty publish at the same time", len(waits), failed, len({*lost, *unlisted}), remark)

    assert set(statuses) == {"published"}
    assert not lost
    assert not unlisted
