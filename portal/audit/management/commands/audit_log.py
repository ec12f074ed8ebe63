from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from portal.audit.chain import chain_pending, head, problems, removals
from portal.audit.commands import record_command
from portal.audit.models import AuditEntry
from portal.audit.sending import as_line, records
from portal.audit.tables import COLUMNS, Rows
from portal.content.management.english import EnglishCommand
from portal.platform.spreadsheets.files import as_csv


class Command(EnglishCommand):
    help = "Verify or export the audit log, or show its head, which should be stored elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", help="Say where it was cut, changed or reordered.")
        parser.add_argument("--head", default="", help="A head noted elsewhere, which the log must contain: 120:6f1e….")
        parser.add_argument("--since", type=_day, help="Only entries of this day, such as 2027-06-30, and later ones.")
        parser.add_argument("--export", choices=["jsonl", "csv"], help="Write the entries to the standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        chain_pending()
        if options["export"]:
            record_command("audit_log", [f"--export={options['export']}"])
            self._export(options["export"], options["since"])
        elif options["verify"] or options["head"]:
            found = list(problems(since=options["since"], noted=options["head"]))
            for removal in removals(options["since"]):
                self.stdout.write(removal)
            for problem in found:
                self.stderr.write(problem)
            if found:
                raise CommandError("The audit log is not as it was written.")
            self.stdout.write(f"{AuditEntry.objects.count():,} entries, as they were written. Head: {head()}")
        else:
            self.stdout.write(head() or "The audit log has no entry yet.")

    def _export(self, kind: str, since: datetime | None) -> None:
        entries = AuditEntry.objects.order_by("sequence")
        entries = entries.filter(at__gte=since) if since else entries
        found = records(entries.iterator(chunk_size=500))
        for line in map(as_line, found) if kind == "jsonl" else _csv(found):
            self.stdout.write(line.removesuffix("\n"))


def _csv(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    rows = ([str(heading) for heading in COLUMNS.values()], *map(Rows(), found))
    yield from (line.decode().replace("\r\n", "\n") for line in as_csv(rows) if line != "\ufeff".encode())


def _day(written: str) -> datetime:
    day = parse_date(written)
    if day is None:
        raise ValueError(written)
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here
