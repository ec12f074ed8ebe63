from threading import Event
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.platform.records.maintenance import SchedulerPause
from portal.platform.tasks.durable import BACKEND


class Command(BaseCommand):
    help = "Let the whole installation only be read: readers go on, and nothing that people send is saved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("state", choices=["on", "off"])
        parser.add_argument("--why", default="", help="A sentence for readers and newsrooms, such as until when.")
        parser.add_argument(
            "--wait", type=float, default=60, help="Seconds to wait for tasks that are running (default: 60)."
        )

    def handle(self, *args: Any, state: str, why: str, wait: float, **options: Any) -> None:
        if state == "off":
            if not SchedulerPause.objects.filter(is_read_only=True).delete()[0]:
                raise CommandError("The installation is not read-only.")
            self.stdout.write("The installation can be written to again.")
            return
        if not why:
            raise CommandError("Give the reason with --why; readers and newsrooms see it.")
        # The notice in the newsroom goes on after it.
        sentence = why if why.endswith((".", "!", "?", "…")) else f"{why}."
        with transaction.atomic():
            since = getattr(SchedulerPause.read_only(), "since", timezone.now())
            SchedulerPause.objects.filter(is_read_only=True).delete()
            SchedulerPause.objects.create(since=since, is_read_only=True, why=sentence[:300])
        running = DBTaskResult.objects.running().filter(backend_name=BACKEND)
        until, pause = monotonic() + wait, Event()
        while (count := running.count()) and monotonic() < until:
            pause.wait(0.2)
        self.stdout.write("The installation is read-only.")
        if count:
            raise CommandError(f"{count} tasks that began before are still running.")
