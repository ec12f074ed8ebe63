from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from portal.content.management.english import EnglishCommand
from tests.bench.bulk import network
from tests.bench.bulk.progress import Progress
from tests.bench.bulk.targets import NoSectionsError


class Command(EnglishCommand):
    help = "Create sites and fill them with stories and events, to measure a large network."

    def add_arguments(self, parser):
        parser.add_argument("--sites", type=int, required=True, help="The total number of sites.")
        parser.add_argument("--pages", type=int, required=True, help="The number of pages per site.")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="The language of the new sites.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed gives the same content.")

    def handle(self, *args, sites, pages, language, seed, **options):
        if sites < 1 or pages < 0:
            raise CommandError("--sites must be at least 1, --pages at least 0.")
        if language not in dict(settings.LANGUAGES):
            raise CommandError(f"“{language}” is not one of the portal's languages.")
        progress = Progress(sites, "sites", self.stderr)
        try:
            created = network.create_sites(sites, language, progress.advance)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        progress = Progress(sites * pages, "pages", self.stderr)
        try:
            written = network.fill(pages, seed=seed, report=progress.advance)
        except NoSectionsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{created:,} sites created; {written.total():,} pages written.")
