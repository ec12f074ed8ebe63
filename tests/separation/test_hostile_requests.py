"""No request to any address causes a server error or takes long.

Requests are random, with a new seed each day. A failure reports the seed. ATTACK_SEED repeats a run, and ATTACKS sets
the number of requests.
"""

import os
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from portal.editorial.roles import Role
from tests.builders import content_of
from tests.separation.hostile import Attacker, FormFields, Hostile
from tests.separation.planting import Planted
from tests.separation.visiting import undone, visiting

# An error in taggit, which our code cannot prevent.
pytestmark = pytest.mark.filterwarnings("ignore:SQLCompiler.quote_name_unless_alias")

SLOW = 2.0
# The share of a hundred requests that each person sends; None is an anonymous user.
SHARES = {
    None: 60,
    Role.EDITOR: 11,
    Role.SITE_ADMINISTRATOR: 10,
    Role.APPROVER: 8,
    Role.ORGANISER: 7,
    Role.REVIEWER: 4,
}
ATTACKS = int(os.environ.get("ATTACKS", "1400"))
# All workers of a run must collect the same tests.
SEED = int(os.environ.get("ATTACK_SEED") or datetime.now(UTC).date().toordinal())


def send(client: Any, attacker: Attacker, request: Hostile) -> Any:
    body, kind = request.body, request.headers.get("content-type", "application/x-www-form-urlencoded")
    if request.form:
        shown = client.get(request.address, headers={"accept": "text/html"})
        body = attacker.spoiled(FormFields(content_of(shown).decode("utf-8", "replace")).found)
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    response = client.generic(
        request.method, request.address, body.encode("utf-8", "surrogatepass"), kind, headers=headers
    )
    content_of(response)
    return response


@contextmanager
def browser_of(site: Planted, role: Role | None) -> Iterator[Any]:
    if role:
        with visiting(site.ground, site.people[role]) as visitor:
            yield visitor.client
    else:
        stranger = site.ground.reader()
        stranger.raise_request_exception = False
        yield stranger


def description_of(request: Hostile, response: Any) -> str:
    kind, error, trace = response.exc_info or (None, None, None)
    where = [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(trace)
    ]
    return f"{kind.__name__ if kind else response.status_code}: {str(error)[:120]} at {' < '.join(where[:-4:-1])}"


def test_unchanged_form_is_accepted(db, marked):
    """Otherwise invalid values in a form would test nothing."""
    own = marked.own
    addresses = [f"/admin/pages/{own[kind].pk}/edit/" for kind in ("draft", "event", "form", "brochure", "issue")]
    addresses += [f"/admin/snippets/core/person/edit/{own['person'].pk}/"]
    addresses += [f"/admin/settings/core/sitesettings/{own.ground.site.pk}/"]
    with browser_of(own, Role.SITE_ADMINISTRATOR) as client:
        for address in addresses:
            fields = FormFields(client.get(address).content.decode()).found
            with undone():
                response = client.post(address, urlencode(fields), "application/x-www-form-urlencoded")
            assert response.status_code in (200, 302), address


@pytest.mark.parametrize("role", list(SHARES), ids=[role.value if role else "stranger" for role in SHARES])
def test_no_request_fails_or_takes_long(db, marked, role):
    number = ATTACKS * SHARES[role] // 100
    attacker = Attacker(SEED + number, marked.own, marked.foreign)
    failed: dict[str, Hostile] = {}
    times: Counter[str] = Counter()
    slow: dict[str, float] = {}
    with browser_of(marked.own, role) as client:
        for request in attacker.requests(number):
            begun = time.process_time()
            with undone():
                response = send(client, attacker, request)
            client.cookies.pop("messages", None)
            took = time.process_time() - begun
            if response.status_code >= 500:
                cause = description_of(request, response)
                times[cause] += 1
                failed.setdefault(cause, request)
            if took > SLOW:
                slow[str(request)] = took
    assert not failed, f"ATTACK_SEED={SEED}\n" + "\n\n".join(
        f"{times[cause]} x {cause}\n   {request.route.name} {request}" for cause, request in failed.items()
    )
    assert not slow, f"ATTACK_SEED={SEED} {slow}"
