from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.bench.bulk import network
from portal.bench.bulk.index import UnknownBackendError
from portal.bench.bulk.progress import ProgressLine


class Command(BaseCommand):
    help = "Found sites until there are so many, and fill them with stories and events, to measure a large network."

    def add_arguments(self, parser):
        parser.add_argument("--sites", type=int, required=True, help="How many sites there are to be.")
        parser.add_argument("--pages", type=int, required=True, help="How many pages each of them is to have.")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="The language of the new sites.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed gives the same content.")

    def handle(self, *args, sites, pages, language, seed, **options):
        if sites < 1 or pages < 0:
            raise CommandError("A network has at least one site, and no site fewer than no pages.")
        if language not in dict(settings.LANGUAGES):
            raise CommandError(f"The portal does not speak “{language}”.")
        progress = ProgressLine(sites, "sites", self.stderr)
        founded = network.found_sites(sites, language, progress.advance)
        progress.finish()
        progress = ProgressLine(sites * pages, "pages", self.stderr)
        try:
            written = network.fill(pages, seed=seed, report=progress.advance)
        except UnknownBackendError as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            progress.finish()
        self.stdout.write(f"{founded:,} sites founded; {written.total():,} pages written.")
