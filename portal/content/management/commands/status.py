import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from portal.content.management.english import EnglishCommand
from portal.platform.status.health import findings

ATTENTION, FAILURE = 1, 2


class Command(EnglishCommand):
    help = "Report the state of the installation. Exit status: 0 well, 1 needs attention, 2 readers get no pages."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Write JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(findings(timezone.now(), in_detail=True))
        if options["json"]:
            rows = {
                each.name: {
                    "well": each.is_well,
                    "untried": each.is_untried,
                    "needed": each.needed,
                    "text": each.text,
                    "figures": dict(each.figures),
                }
                for each in found
            }
            self.stdout.write(json.dumps(rows, indent=2))
        else:
            for each in found:
                well = "never   " if each.is_untried else "ok      "
                prefix = well if each.is_well else "FAILURE " if each.needed else "LOOK    "
                self.stdout.write(f"{prefix}{each.name:<14}{each.text}")
        wrong = [each for each in found if not each.is_well]
        if wrong:
            code = FAILURE if any(each.needed for each in wrong) else ATTENTION
            raise CommandError(f"Look at: {', '.join(each.name for each in wrong)}.", returncode=code)
