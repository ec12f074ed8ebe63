from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Page

from tests.bench.bulk.generator import ContentGenerator
from tests.bench.bulk.progress import Progress
from tests.bench.bulk.targets import NoSectionsError


class Command(BaseCommand):
    help = "Generate realistic stories and events below the sections of every site, to measure with."

    def add_arguments(self, parser):
        parser.add_argument("--stories", type=int, default=0, help="How many stories to add.")
        parser.add_argument("--events", type=int, default=0, help="How many events to add.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed gives the same content.")
        parser.add_argument(
            "--below", type=int, metavar="PAGE", help="Primary key of a page: add all content at or below it."
        )

    def handle(self, *args, stories, events, seed, below, **options):
        if stories < 0 or events < 0 or not stories + events:
            raise CommandError("Say how much to add: --stories N, --events M or both.")
        page = Page.objects.filter(pk=below).first() if below else None
        if below and page is None:
            raise CommandError(f"There is no page with the key {below}.")
        progress = Progress(stories + events, "pages", self.stderr)
        try:
            generator = ContentGenerator(seed=seed, below=page, report=progress.advance)
            written = generator.generate(stories, events)
        except NoSectionsError as error:
            raise CommandError(str(error)) from error
        if events and not written["EventPage"]:
            self.stdout.write("No section there has a calendar, so no event was written.")
        self.stdout.write(", ".join(f"{count:,} {name}" for name, count in sorted(written.items())))
