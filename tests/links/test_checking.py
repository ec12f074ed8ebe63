"""Links of public pages are read, checked politely, and called broken only after several days."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from events.importing.fetch import FetchError, PrivateHostError
from portal.links import checking
from portal.links.checking import check, start_checking
from portal.links.models import CheckedLink, LinkPlace
from portal.links.periodic import check_links
from tests.builders import make_article, make_draft, make_private, republish, work_off

URL = "https://partenaire.example/page"


def text(*urls):
    links = "".join(f'<a href="{url}">là</a> ' for url in urls)
    return [{"type": "paragraph", "value": f"<p>{links}</p>", "id": "p"}]


def read_pages():
    """Read the links of the pages that were just published, as the scheduler does."""
    check_links(timezone.now())
    DBTaskResult.objects.filter(task_path=checking.check_next_link.module_path).delete()
    work_off()


@pytest.fixture
def internet(monkeypatch):
    """The responses by address and method, and the requests that were made."""
    responses, asked = {}, []

    def ask(method, url, deadline):
        asked.append((method, url))
        found = responses.get((method, url), responses.get(url, 200))
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, tuple) else (found, "")

    monkeypatch.setattr(checking, "_ask", ask)
    return responses, asked


@pytest.fixture
def link(lorraine):
    make_article(lorraine.section, body=text(URL))
    read_pages()
    return CheckedLink.objects.get(url=URL)


def check_on_days(link, days):
    for day in range(days):
        link.refresh_from_db()
        check(link, timezone.now() + timedelta(days=day))


def test_links_of_a_published_page_are_read(lorraine):
    article = make_article(
        lorraine.section, body=text(f"{URL}#ancre", "mailto:a@b.example", "/fr/", "https://autre.example/")
    )
    read_pages()

    found = LinkPlace.objects.filter(page=article.pk).values_list("link__url", "path")
    assert set(found) == {(URL, "body.p"), ("https://autre.example/", "body.p")}


def test_link_of_a_new_version_replaces_the_old_one(lorraine):
    article = make_article(lorraine.section, body=text(URL))
    article.body = text("https://autre.example/")
    republish(article)
    read_pages()

    assert [place.link.url for place in LinkPlace.objects.filter(page=article.pk)] == ["https://autre.example/"]


def test_drafts_and_private_pages_are_not_read(lorraine):
    draft = make_draft(make_article(lorraine.section))
    draft.body = text(URL)
    draft.save_revision()
    private = make_article(lorraine.section, body=text(URL))
    make_private(private, "secret")
    read_pages()

    assert not CheckedLink.objects.exists()


def test_working_link_is_checked_again_in_two_weeks(link, internet):
    now = timezone.now()
    check(link, now)

    assert link.next_check == now + timedelta(days=14)
    assert not CheckedLink.objects.broken().exists()


def test_head_is_followed_by_get_only_if_it_fails(link, internet):
    responses, asked = internet
    responses["HEAD", URL] = 405
    check(link, timezone.now())

    assert asked == [("HEAD", URL), ("GET", URL)]
    assert not link.failures


@pytest.mark.parametrize(("response", "days"), [(404, 2), (410, 2), (500, 3), (FetchError("stumm"), 3)])
def test_link_is_broken_after_failures_on_several_days(link, internet, response, days):
    internet[0][URL] = response
    check_on_days(link, days - 1)
    assert not CheckedLink.objects.broken().exists()

    check_on_days(link, 1)

    assert list(CheckedLink.objects.broken()) == [link]


def test_broken_link_that_works_again_is_forgotten(link, internet):
    internet[0][URL] = 404
    check_on_days(link, 2)
    internet[0][URL] = 200
    check_on_days(link, 1)

    assert not CheckedLink.objects.broken().exists()


@pytest.mark.parametrize("response", [401, 403, 429, 999, PrivateHostError("intern")])
def test_link_that_refuses_programs_is_not_broken(link, internet, response):
    internet[0][URL] = response
    check_on_days(link, 5)

    assert not CheckedLink.objects.broken().exists()


def test_redirects_are_followed_to_their_end(link, internet):
    internet[0][URL] = (301, "/neu")
    internet[0]["https://partenaire.example/neu"] = 404
    check(link, timezone.now())

    assert link.status == 404


def test_endless_redirects_end(link, internet):
    internet[0][URL] = (302, URL)
    check(link, timezone.now())

    assert len(internet[1]) <= 7


def test_internal_host_is_never_requested(link, monkeypatch):
    link.url = "http://127.0.0.1/"
    check(link, timezone.now())

    assert (link.status, link.failures) == (0, 0)


def test_hosts_are_requested_one_link_at_a_time(lorraine, internet):
    make_article(lorraine.section, body=text(f"{URL}/1", f"{URL}/2", "https://autre.example/"))
    read_pages()
    now = timezone.now()

    start_checking(now)
    start_checking(now)
    assert DBTaskResult.objects.filter(task_path=checking.check_next_link.module_path).count() == 1
    work_off()
    work_off(pauses=True)
    work_off(pauses=True)

    assert sorted(url for _method, url in internet[1]) == ["https://autre.example/", f"{URL}/1"]
    with time_machine.travel(now + timedelta(minutes=2), tick=True):
        work_off(pauses=True)
    assert len(internet[1]) == 3


def test_redirect_without_an_address_is_a_failure_with_a_reason(link, internet):
    internet[0][URL] = (302, "http://[x")

    check(link, timezone.now())

    link.refresh_from_db()
    assert (link.failures, bool(link.reason)) == (1, True)


def test_links_are_read_after_mails(lorraine):
    make_article(lorraine.section, body=text(URL))
    check_links(timezone.now())

    (task,) = DBTaskResult.objects.filter(task_path=checking.read_links.module_path)
    assert task.priority < 0
