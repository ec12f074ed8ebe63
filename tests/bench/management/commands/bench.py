import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import override_settings

from events.models import EventPage
from portal.content.records.listing import StoryCard
from tests.bench import direct, newsroom
from tests.bench.bulk.generator import ContentGenerator
from tests.bench.bulk.progress import Progress
from tests.bench.bulk.targets import NoSectionsError
from tests.bench.figures import GROWTH, LEGEND, Figures, as_json, as_table, p95_by_page
from tests.bench.samples import NothingToMeasureError, Sample, samples, search_samples
from tests.bench.serving import server
from tests.bench.serving.production import collect_static, run_in_production, silence_request_log

STORIES_PER_EVENT = 20


class Command(BaseCommand):
    help = "Measure what each type of public page costs, in this process and through a production server."

    def add_arguments(self, parser):
        parser.add_argument("--stories", type=int, default=0, help="Generate content up to this number of stories.")
        parser.add_argument("--events", type=int, default=0, help="Generate events up to this number.")
        parser.add_argument("--workers", type=int, default=2, help="Number of server processes.")
        parser.add_argument("--seconds", type=float, default=2, help="Duration of each measurement.")
        parser.add_argument("--compare-small", action="store_true", help="Also measure a section of about 100 stories.")
        parser.add_argument("--search", action="store_true", help="Measure search only, with --newsroom that of pages.")
        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE",
            help="Compare p95 with the JSON output of an earlier run.",
        )
        parser.add_argument("--no-server", action="store_true", help="Measure in this process only.")
        parser.add_argument("--cached", action="store_true", help="Also measure workers that cache responses.")
        parser.add_argument("--newsroom", action="store_true", help="Measure pages of the admin, in this process.")
        parser.add_argument("--json", action="store_true", help="Print JSON instead of a table.")

    def handle(self, *args, stories, events, workers, seconds, compare_small, search, against, no_server, **options):
        if workers < 1 or seconds <= 0 or stories < 0 or events < 0:
            raise CommandError("Workers, seconds, stories and events are positive numbers.")
        if settings.DEBUG or settings.HTTPS:
            if code := run_in_production(sys.argv[1:]):
                raise CommandError("The bench has failed.", returncode=code)
            return
        try:
            earlier = p95_by_page(against.read_text(encoding="utf-8")) if against else None
        except (OSError, ValueError) as problem:
            raise CommandError(f"{against} cannot be compared: {problem}") from problem
        try:
            self.fill(stories, events)
            collect_static()
            silence_request_log()
            if options["newsroom"]:
                figures = newsroom.measure(seconds, only_search=search)
            else:
                found = search_samples() if search else samples(compare_small=compare_small)
                figures = self.measure(found, workers, seconds, serve=not no_server, with_cache=options["cached"])
        except (NothingToMeasureError, NoSectionsError, direct.UnexpectedStatusError, server.NoServerError) as problem:
            raise CommandError(str(problem)) from problem
        facts = {
            "database": connection.vendor,
            "stories": StoryCard.objects.count(),
            "events": EventPage.objects.count(),
            "workers": workers,
        }
        if options["json"]:
            self.stdout.write(as_json(figures, facts))
        else:
            head = ", ".join(f"{name}: {value}" for name, value in facts.items())
            legend = f"{LEGEND}\n{GROWTH}" if earlier else LEGEND
            self.stdout.write(f"{head}\n\n{as_table(figures, earlier)}\n\n{legend}")

    def fill(self, stories: int, events: int) -> None:
        missing = max(0, stories - StoryCard.objects.count())
        more = max(missing // STORIES_PER_EVENT, events - EventPage.objects.count())
        if missing or more > 0:
            progress = Progress(missing + max(0, more), "pages", self.stderr)
            ContentGenerator(report=progress.advance).generate(missing, max(0, more))

    def measure(
        self, found: list[Sample], workers: int, seconds: float, *, serve: bool, with_cache: bool
    ) -> list[Figures]:
        progress = Progress(len(found) * (1 + serve + (serve and with_cache)), "measurements", self.stderr)
        figures = []
        with override_settings(ROOT_URLCONF="tests.bench.serving.urls"):
            for sample in found:
                figures.append(direct.measure(sample, seconds))
                progress.advance(1)
        if serve:
            with server.running(workers) as running:
                for sample, page in zip(found, figures, strict=True):
                    server.measure(running, sample, workers, seconds, page)
                    progress.advance(1)
        if serve and with_cache:
            with server.running(workers, caches=True) as running:
                for sample, page in zip(found, figures, strict=True):
                    server.measure_cached(running, sample, workers, seconds, page)
                    progress.advance(1)
        return figures
