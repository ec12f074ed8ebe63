"""A release that is killed (kill -9) at any statement has changed nothing, and is carried out by the next run."""

import json

from django.utils import timezone
from wagtail.models import Page

from portal.editorial.releases.building import add_page
from portal.editorial.roles import Role
from tests.builders import make_article, make_newsroom, make_site
from tests.database_copies import finished
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import TAKE_DOWN, again, approve_as, in_the_past, release_of

# Runs the release in forked processes; each is killed before one of its statements, and the last one is not. Prints
# for each whether it was killed, and which pages are live afterwards.
RUN = """
import json
from django.utils import timezone
from wagtail.models import Page
from portal.editorial.records.releases import Release
from portal.editorial.releases.carrying_out import run_release
from tests.database_copies import killed

key, pages = {release}, {pages}

def run():
    run_release(key, timezone.now())

def seen():
    return sorted(Page.objects.filter(pk__in=pages, live=True).values_list("title", flat=True))

before = seen()
ends = [killed(run, last) for last in (5, 20, 60, 100, 140, 180)]
after_kills, state = seen(), Release.objects.get(pk=key).state
last_is_killed = killed(run)
print(json.dumps([ends, before, after_kills, state, last_is_killed, seen()]))
"""


def test_killed_release_shows_nothing_until_it_is_carried_out(installation, db):
    with installation.here():
        ground = make_site("lorraine.localhost")
        people = make_newsroom(ground)
        editor = people[Role.EDITOR]
        new = [draft(ground, editor, f"Nouveau {number}") for number in range(2)]
        changed = rewrite(make_article(ground.section, "Avant"), editor, title="Après")
        old = make_article(ground.section, "Ancien")
        release = release_of(editor, *new, changed)
        add_page(release, old, TAKE_DOWN, editor)
        approve_as(people[Role.APPROVER], release)
        in_the_past(release)
        keys = [page.pk for page in (*new, changed, old)]

    code = RUN.format(release=release.pk, pages=keys)
    output = finished(installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", code))
    killed, before, after_kills, state, last_is_killed, after = json.loads(output)

    assert killed == [True] * 6
    assert before == after_kills == ["Ancien", "Avant"]
    assert state == "approved"
    assert last_is_killed is False
    assert after == ["Après", "Nouveau 0", "Nouveau 1"]
    with installation.here():
        assert again(release).is_published
        assert Page.objects.filter(pk__in=keys, first_published_at__lte=timezone.now()).count() == 4
