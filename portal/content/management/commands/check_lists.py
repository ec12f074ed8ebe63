from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.content.lists.checking import check_lists


class Command(BaseCommand):
    help = "Compare the rows of lists (cards, placements, dates) with the pages; fail if any differ, unless repaired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Rewrite the rows that differ.")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        differences = check_lists(repair=repair)
        for name, count in differences.items():
            self.stdout.write(f"{count:,} {name} {'were rewritten' if repair else 'differ'}")
        if not repair and any(differences.values()):
            raise CommandError("Lists differ from the pages: run check_lists --repair.")
