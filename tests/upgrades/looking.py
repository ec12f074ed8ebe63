"""Looks at an upgraded installation, in its own process: another one has cached the keys of its own database."""

import json
from io import StringIO

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils.html import strip_tags
from wagtail.models import Page, Revision

from events.models import Registration
from portal.newsletter.models import Subscriber
from tests.builders import reader_of
from tests.editorial.drafts import answer, step_of
from tests.upgrades.contents import FOREIGN, IN_REVIEW, PRIVATE, SCHEDULED

SAAR, LORRAINE = "saar.localhost", "lorraine.localhost"


def page(title: str) -> Page:
    return Page.objects.get(title=title).specific


def path_of(page: Page) -> str:
    return str(page.get_url_parts()[2])


def seen(host: str, path: str) -> str:
    """The text of a page, without its tags."""
    return strip_tags(reader_of(host).get(path).content.decode())


def status_of(page: Page) -> int:
    return int(reader_of(page.get_site().hostname).get(path_of(page)).status_code)


def look() -> str:
    """What readers and the newsroom find, as JSON; a list or index that is incomplete raises CommandError."""
    for command in ("check_lists", "check_search"):
        call_command(command, stdout=StringIO())
    public = [each for each in Page.objects.live().public().filter(depth__gt=2) if each.get_url_parts()]
    draft = page(IN_REVIEW)
    found = {
        "statuses": {each.get_site().hostname + each.url_path: status_of(each) for each in public},
        "section": seen(SAAR, path_of(page(FOREIGN).get_parent())),
        "found": seen(SAAR, "/de/suche/?q=Stahlwerk"),
        "found elsewhere": seen(LORRAINE, "/fr/recherche/?q=Stahlwerk"),
        "private": seen(SAAR, path_of(page(PRIVATE))),
        "in review": status_of(draft),
        "scheduled": [each.object_id for each in Revision.objects.filter(approved_go_live_at__isnull=False)],
        "to be scheduled": str(page(SCHEDULED).pk),
        "registered": [each.name for each in Registration.objects.all()],
        "subscribed": [each.address for each in Subscriber.objects.all()],
    }
    answer(step_of(draft), get_user_model().objects.get(username=f"approver-{SAAR}"))
    found["approved"] = status_of(page(IN_REVIEW))
    return json.dumps(found)
