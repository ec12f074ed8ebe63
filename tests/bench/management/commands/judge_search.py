from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Site

from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from search.engines import engine
from search.find import find
from search.models import EntryText, IndexEntry
from search.query.criteria import EVERYWHERE, Criteria
from tests.bench.evaluation import PageSearch, Score, means, newsroom, scores
from tests.bench.evaluation.baseline import BM25
from tests.bench.evaluation.meaning import is_installed, read_all, with_meaning
from tests.bench.evaluation.sets import ACROSS, HALVES, WORDS, JudgedSet, demo_sets, place_for, sets_in


class Command(BaseCommand):
    help = (
        "Print nDCG@10 and recall@10 of judged queries, beside plain BM25: on the demo network, or on a set of texts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, text in {
            "--words": "As --set with texts of our own, on compounds, hyphens and irregular forms.",
            "--across": "As --set with German stories of our own, and French questions that they answer.",
            "--newsroom": "Editors' queries in the newsroom, on the demo network with drafts of our own.",
            "--meaning": "Also search with meaning (--extra meaning): reads all texts first, five a second.",
            "--keep": "With --set: do not delete the articles afterwards (in a scratch database).",
        }.items():
            parser.add_argument(name, action="store_true", help=text)
        parser.add_argument("--set", type=Path, metavar="DIR", help="Load texts as articles, and remove them again.")
        parser.add_argument("--half", choices=HALVES, default="", help="Use every other query only.")
        parser.add_argument("--language", default="", help="Use the queries in this language only.")
        parser.add_argument("--worst", type=int, default=0, metavar="N", help="Also list the N worst queries of a row.")
        parser.add_argument("--minimum", type=float, default=0, help="Fail if nDCG@10 of a row is lower.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["meaning"] and not is_installed():
            raise CommandError("Meaning is not installed here (--extra meaning).")
        if options["newsroom"]:
            self.judge_newsroom(options)
            return
        folder = WORDS if options["words"] else ACROSS if options["across"] else options["set"]
        sets = [
            each for each in (sets_in(folder) if folder else demo_sets()) if options["language"] in ("", each.language)
        ]
        if not folder:
            wanted = {
                slug for each in sets for queries in each.rows.values() for query in queries for slug in query.grades
            }
            if missing := wanted - set(IndexEntry.objects.values_list("page__slug", flat=True)):
                raise CommandError(f"This is not the demo network: {min(missing)} is not in the index.")
        editions = self.editions_by_language()
        if missing := {code for each in sets for code in (each.readers_language, each.language)} - editions.keys():
            raise CommandError(f"No site has an edition in {', '.join(sorted(missing))}.")
        columns = [type(engine()).__name__, *(["with meaning"] if options["meaning"] else []), "BM25 + Snowball"]
        self.stdout.write(" ".join([f"{'recall@10 / nDCG@10':24}", *(f"{column:>20}" for column in columns)]))
        lowest = min(self.judge(each, editions, options) for each in sets)
        if lowest < options["minimum"]:
            raise CommandError(f"nDCG@10 is {lowest:.3f}, less than {options['minimum']}.")

    def judge(self, judged: JudgedSet, editions: dict[str, Edition], options: dict[str, Any]) -> float:
        """Print a line for each row of a set, and return the lowest nDCG@10."""
        lowest = 1.0
        with transaction.atomic():
            if judged.documents:
                home = Page.objects.get(pk=editions[judged.language].home.pk)
                judged.load(place_for(home), timezone.now())
            # PostgreSQL does this itself within minutes. It counts the words that it considers common.
            engine().optimize()
            ours = portal_search(
                editions[judged.readers_language], "" if judged.readers_language == judged.language else EVERYWHERE
            )
            searches = [ours, *([with_meaning(ours)] if options["meaning"] else []), baseline(judged.language)]
            if options["meaning"]:
                read_all()
            for row, queries in judged.half(options["half"]).items():
                found = [scores(search, queries) for search in searches]
                figures = [f"{'{1:.3f} / {0:.3f}'.format(*means(scored)):>20}" for scored in found]
                self.stdout.write(" ".join([f"{f'{judged.language} {row} ({len(queries)})':24}", *figures]))
                lowest = min(lowest, means(found[0])[0])
                for line in worst_of(found[-2], options["worst"]):
                    self.stdout.write(line)
            if not options["keep"]:
                transaction.set_rollback(True)
        return lowest

    def judge_newsroom(self, options: dict[str, Any]) -> None:
        with transaction.atomic():
            places = {
                code: place_for(Page.objects.get(pk=each.home.pk)) for code, each in self.editions_by_language().items()
            }
            newsroom.add_drafts(places)
            person = get_user_model().objects.create(username="judge", is_superuser=True)
            scored = scores(newsroom.newsroom_search(person), newsroom.queries())
            transaction.set_rollback(True)
        ndcg, recall = means(scored)
        self.stdout.write(f"newsroom ({len(scored)} queries): recall@10 {recall:.3f}, nDCG@10 {ndcg:.3f}")
        for line in worst_of(scored, options["worst"]):
            self.stdout.write(line)
        if recall < options["minimum"]:
            raise CommandError(f"recall@10 is {recall:.3f}, less than {options['minimum']}.")

    def editions_by_language(self) -> dict[str, Edition]:
        """The first edition of each language; a search of the whole network can start from any."""
        editions: dict[str, Edition] = {}
        for site in Site.objects.order_by("pk"):
            snapshot = snapshot_of(site.hostname, str(site.port))
            for code, edition in snapshot.editions.items() if snapshot else ():
                editions.setdefault(code, edition)
        return editions


def portal_search(edition: Edition, languages: str) -> PageSearch:
    """The search of the whole network from an edition, in its language or in all."""

    def search(query: str, limit: int) -> list[str]:
        found = find(edition, Criteria(query, sites=EVERYWHERE, languages=languages), timezone.now())
        return slugs_of([result.pk for result in found.page_results[:limit]])

    return search


def baseline(language: str) -> PageSearch:
    """Plain BM25 over everything in the index in this language."""
    columns = ("entry_id", "title", "summary", "names", "text")
    rows = EntryText.objects.filter(language=language).values_list(*columns)
    index = BM25({key: " ".join(parts) for key, *parts in rows.iterator()}, language)
    return lambda query, limit: slugs_of(index.search(query, limit))


def slugs_of(keys: list[int]) -> list[str]:
    slugs = dict(Page.objects.filter(pk__in=keys).values_list("pk", "slug"))
    return [slugs[key] for key in keys]


def worst_of(scored: list[Score], number: int) -> list[str]:
    return [
        f"  {each.judged.text!r} {each.ndcg:.2f}: {', '.join(each.found) or 'nothing'}; wanted {each.judged.grades}"
        for each in sorted(scored, key=lambda each: each.ndcg)[:number]
    ]
