"""A release or its undo that is killed (kill -9) at any statement has changed nothing; the next run does it."""

import json
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from portal.editorial.records.releases import Release
from portal.editorial.releases.building import add_page
from portal.editorial.releases.carrying_out import run_release
from portal.editorial.releases.menus import prepare_menu
from portal.editorial.releases.undoing import request_undo
from portal.editorial.roles import Role
from tests.builders import make_article, make_newsroom, make_site
from tests.database_copies import finished
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import TAKE_DOWN, again, approve_as, in_the_past, release_of

# Runs the release in forked processes; each is killed before one of its statements, and the last one is not. Prints
# for each whether it was killed, and which pages are live and what the menu has afterwards.
RUN = """
import json
from django.utils import timezone
from wagtail.models import Page
from portal.content.models import SiteSettings
from portal.editorial.records.releases import Release
from portal.editorial.releases.carrying_out import run_release
from tests.database_copies import killed

key, pages = {release}, {pages}

def run():
    run_release(key, timezone.now())

def seen():
    menus = [block.value["label"] for each in SiteSettings.objects.all() for block in each.navigation]
    return [*sorted(Page.objects.filter(pk__in=pages, live=True).values_list("title", flat=True)), *menus]

before = seen()
ends = [killed(run, last) for last in (5, 20, 60, 100, 140, 180)]
after_kills, state = seen(), Release.objects.get(pk=key).state
last_is_killed = killed(run)
print(json.dumps([ends, before, after_kills, state, last_is_killed, seen()]))
"""

# The same for the undo of that release.
RUN_UNDO = """
import json
from wagtail.models import Page
from portal.content.models import SiteSettings
from portal.editorial.records.releases import Release
from portal.editorial.releases.undoing import undo_release
from tests.database_copies import killed

key, pages = {release}, {pages}

def run():
    undo_release.func(key)

def seen():
    menus = [block.value["label"] for each in SiteSettings.objects.all() for block in each.navigation]
    return [*sorted(Page.objects.filter(pk__in=pages, live=True).values_list("title", flat=True)), *menus]

ends = [killed(run, last) for last in (5, 20, 60, 100, 140, 180)]
after_kills, release = seen(), Release.objects.get(pk=key)
is_being_undone, last_is_killed = release.is_being_undone, killed(run)
print(json.dumps([ends, after_kills, is_being_undone, last_is_killed, seen(), Release.objects.get(pk=key).state]))
"""


def approved_release() -> tuple[Release, Any, list[int]]:
    """A release that is due, its approver, and the keys of its pages: two new ones, a changed and an old one."""
    ground = make_site("lorraine.localhost")
    people = make_newsroom(ground)
    editor = people[Role.EDITOR]
    new = [draft(ground, editor, f"Nouveau {number}") for number in range(2)]
    changed = rewrite(make_article(ground.section, "Avant"), editor, title="Après")
    old = make_article(ground.section, "Ancien")
    release = release_of(editor, *new, changed)
    add_page(release, old, TAKE_DOWN, editor)
    menu = [{"type": "link", "value": {"url": "https://partner.example/", "label": "Menu"}}]
    prepare_menu(release, ground.site, menu, people[Role.SITE_ADMINISTRATOR])
    approve_as(people[Role.APPROVER], release)
    in_the_past(release)
    return release, people[Role.APPROVER], [page.pk for page in (*new, changed, old)]


def output_of(installation, code: str) -> Any:
    return json.loads(finished(installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", code)))


def test_killed_release_shows_nothing_until_it_is_carried_out(installation, db):
    with installation.here():
        release, _approver, keys = approved_release()

    code = RUN.format(release=release.pk, pages=keys)
    killed, before, after_kills, state, last_is_killed, after = output_of(installation, code)

    assert killed == [True] * 6
    assert before == after_kills == ["Ancien", "Avant"]
    assert state == "approved"
    assert last_is_killed is False
    assert after == ["Après", "Nouveau 0", "Nouveau 1", "Menu"]
    with installation.here():
        assert again(release).is_published
        assert Page.objects.filter(pk__in=keys, first_published_at__lte=timezone.now()).count() == 4


def test_killed_undo_takes_nothing_back_until_it_is_done(installation, db):
    with installation.here():
        release, approver, keys = approved_release()
        assert run_release(release.pk, timezone.now())
        request_undo(again(release), approver)

    code = RUN_UNDO.format(release=release.pk, pages=keys)
    killed, after_kills, is_being_undone, last_is_killed, after, state = output_of(installation, code)

    assert killed == [True] * 6
    assert after_kills == ["Après", "Nouveau 0", "Nouveau 1", "Menu"]
    assert is_being_undone is True
    assert last_is_killed is False
    assert after == ["Ancien", "Avant"]
    assert state == "undone"
