"""Newsroom actions in processes that are killed at random times: `python -m tests.operation.acts publishing 34 SEED`.

Each action runs in a process forked from this one, with everything loaded. The process is killed (kill -9) at a random
time within the action's usual duration. After each kill, lists and search are compared with the pages, and reported
results must exist. After every tenth kill, a backup is made and must pass its rehearsal in a scratch installation.
Prints counts as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import StringIO

import django

Report = Callable[[str], None]
PAGES, RECIPIENTS, EVENTS, NEW_EVENTS = 4, 150, 25, 5
KILLS_BEFORE_A_RESTORE = 10
HOST = "acts.localhost"


class Publishing:
    """Four articles are published again, one after the other."""

    def __init__(self) -> None:
        from tests.builders import make_article, make_site

        section = make_site(HOST).section
        self.pages = [make_article(section, f"Article {number}, tour 0") for number in range(PAGES)]

    def act(self, number: int, report: Report) -> None:
        from tests.builders import change

        for place, page in enumerate(self.pages):
            change(page, title=f"Article {place}, tour {number}")
            report(str(place))

    def prepare(self) -> None:
        """Nothing to prepare."""

    def lost(self, number: int, done: list[str]) -> int:
        """The number of pages that lack a reported publication, or show an incomplete version."""
        found = 0
        for place, page in enumerate(self.pages):
            page.refresh_from_db()
            published = page.live_revision.content["title"]
            is_there = str(place) not in done or page.title == f"Article {place}, tour {number}"
            found += not is_there or page.title != published
        return found

    def end(self) -> dict[str, int]:
        return {}


class Sending:
    """A newsletter is sent to its subscribers, starting where the killed process stopped."""

    def __init__(self) -> None:
        from tests.builders import make_article, make_site
        from tests.newsletter.makers import group, make_newsletter, make_subscriber

        ground = make_site(HOST)
        for number in range(RECIPIENTS):
            make_subscriber(ground, f"reader-{number}@reader.example")
        self.newsletter = make_newsletter(ground)
        self.content = [group("Tout", [make_article(ground.section)])]

    def prepare(self) -> None:
        from portal.newsletter.models import Sending as Sent
        from tests.newsletter.makers import make_issue

        if not Sent.objects.exclude(state=Sent.State.DONE).exists():
            make_issue(self.newsletter, self.content)

    def act(self, number: int, report: Report) -> None:
        from tests.newsletter.worker import run_once

        run_once()

    def lost(self, number: int, done: list[str]) -> int:
        """Missing deliveries: once a sending has begun, each subscriber has one."""
        from portal.newsletter.models import Sending as Sent

        counts = [
            sum(each.deliveries.counts_by_state().values()) for each in Sent.objects.exclude(state=Sent.State.PREPARING)
        ]
        return sum(count not in (0, RECIPIENTS) for count in counts)

    def end(self) -> dict[str, int]:
        from portal.newsletter.models import Sending as Sent
        from tests.newsletter.worker import run_once

        while Sent.objects.exclude(state=Sent.State.DONE).exists():
            run_once()
        states = [each.deliveries.counts_by_state() for each in Sent.objects.all()]
        sent, uncertain = (sum(each.get(name, 0) for each in states) for name in ("sent", "uncertain"))
        return {"letters": len(states) * RECIPIENTS, "sent": sent, "uncertain": uncertain}


class Importing:
    """A partner's calendar is imported, with changed and new events."""

    def __init__(self) -> None:
        from django.contrib.auth import get_user_model

        from events.models import Subscription
        from tests.builders import make_site

        owner = get_user_model().objects.create_superuser("owner", "owner@example.org")
        calendar = make_site(HOST).calendar
        self.partner = Subscription.objects.create(
            calendar=calendar, name="Office du bois", owner=owner, changed_by=owner, is_active=False
        )

    def prepare(self) -> None:
        """Nothing to prepare."""

    def act(self, number: int, report: Report) -> None:
        from django.utils import timezone

        from events.importing.subscriptions import import_file
        from tests.events.partners import basic, file

        times = {"DTSTART;TZID=Europe/Paris": "20400310T090000", "DTEND;TZID=Europe/Paris": "20400310T110000"}
        uids = [f"{place}@partner" for place in range(EVENTS)]
        uids += [f"new-{number}-{place}@partner" for place in range(NEW_EVENTS)]
        entries = [basic(uid, SUMMARY=f"Visite {number}", **times) for uid in uids]
        self.partner.refresh_from_db()
        import_file(self.partner, file(*entries), timezone.now())
        report("read")

    def lost(self, number: int, done: list[str]) -> int:
        """Events without their page, pages without their event, and reported events that are missing."""
        from events.models import EventPage, ImportedEvent

        known = ImportedEvent.objects.filter(subscription=self.partner)
        pages = set(EventPage.objects.values_list("pk", flat=True))
        found = len(pages ^ set(known.values_list("event", flat=True)))
        if done:
            titles = [each.event.get_latest_revision().content["title"] for each in known.select_related("event")]
            found += titles.count(f"Visite {number}") != EVENTS + NEW_EVENTS
        return found

    def end(self) -> dict[str, int]:
        from events.models import EventPage

        self.act(10_000, lambda word: None)
        found = self.lost(10_000, ["read"])
        return {"events": EventPage.objects.count(), "lost_at_the_end": found}


ACTS = {"publishing": Publishing, "sending": Sending, "importing": Importing}


def run_forked(act: Callable[[Report], None], wait: Callable[[], None]) -> tuple[bool, list[str]]:
    """Run an act in its own process until `wait` returns or it ends; return whether it was killed, and its reports."""
    from django.db import connections

    connections.close_all()
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        code = 1
        try:
            os.setsid()
            os.write(writer, b"begun\n")
            act(lambda word: os.write(writer, f"{word}\n".encode()))
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb", closefd=True) as message:
        message.readline()
        wait()
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        _process, status = os.waitpid(process, 0)
        done = message.read().decode().split()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the act has failed by itself"
    return os.WIFSIGNALED(status), done


def differences() -> int:
    """The number of the two comparisons in which lists or search differ from the pages."""
    from django.core.management import CommandError, call_command

    found = 0
    for command, options in (("check_lists", {}), ("check_search", {"dry_run": True})):
        try:
            call_command(command, stdout=StringIO(), **options)
        except CommandError:
            found += 1
    return found


def problems_when_restored() -> int:
    """The number of problems in the rehearsal of a backup of the current state; on a terminal they are listed."""
    from django.conf import settings
    from django.utils import timezone

    from portal.backups.making import make_backup
    from portal.backups.rehearsal import rehearse
    from portal.backups.repositories import Repository

    repository, now = Repository(settings.BACKUP_DIR), timezone.now()
    found = rehearse(repository, make_backup(repository, now).name, now)
    sys.stderr.write("".join(f"{problem}\n" for problem in found.problems))
    return len(found.problems) if found.responses else 1


def run(name: str, kills: int, seed: int) -> dict[str, int]:
    moments = random.Random(seed)
    acts = ACTS[name]()
    began = time.monotonic()
    counts = {"killed": 0, "ended": 0, "differed": 0, "lost": 0, "restored": 0, "differed_when_restored": 0}
    acts.prepare()
    length = duration_of(acts)
    for number in range(3, 3 + 5 * kills):
        acts.prepare()
        moment = moments.uniform(0, length)
        killed, done = run_forked(lambda report, n=number: acts.act(n, report), lambda m=moment: time.sleep(m))
        counts["killed" if killed else "ended"] += 1
        counts["differed"] += differences()
        counts["lost"] += acts.lost(number, done)
        if killed and (counts["killed"] % KILLS_BEFORE_A_RESTORE == 0 or counts["killed"] == kills):
            counts["restored"] += 1
            counts["differed_when_restored"] += problems_when_restored()
        if counts["killed"] == kills:
            break
    counts |= acts.end()
    counts["differed"] += differences()
    return counts | {"act_ms": round(length * 1000), "seconds": round(time.monotonic() - began)}


def duration_of(acts: Publishing | Sending | Importing) -> float:
    """The duration of an act without a kill."""
    began = time.monotonic()
    acts.act(2, lambda word: None)
    return time.monotonic() - began


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
