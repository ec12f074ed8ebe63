from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from django.test.utils import override_settings
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.search.backends import get_search_backend

from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from search.engines import engine
from search.evaluation import DEPTH, Score, judged_queries, means, scores
from search.evaluation.meaning import is_there, read_all, with_meaning
from search.evaluation.outside import (
    ACROSS,
    HALVES,
    WORDS,
    OutsideSet,
    PageSearch,
    baseline,
    judged,
    outside_sets,
    place_for,
)
from search.find import find
from search.models import IndexEntry
from search.query.criteria import EVERYWHERE, Criteria


def worst_of(scored: list[Score], number: int) -> list[str]:
    """A line for each of so many queries with the lowest nDCG@10."""
    lowest = sorted(scored, key=lambda each: each.ndcg)[:number]
    return [
        f"  {each.judged.language} {each.judged.text!r} {each.ndcg:.2f}: {', '.join(each.found) or 'nothing'};"
        f" wanted {each.judged.grades}"
        for each in lowest
    ]


def require(minimum: float, lowest: float) -> None:
    if lowest < minimum:
        raise CommandError(f"nDCG@10 is {lowest:.3f}, less than {minimum}.")


class Command(BaseCommand):
    help = "Compare this search with Wagtail's backend by the judged queries, on the demo network; or with plain BM25."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--worst", type=int, default=0, metavar="N", help="Also list the N queries with the lowest nDCG@10."
        )
        parser.add_argument("--language", default="", help="Evaluate the queries in this language only.")
        parser.add_argument("--minimum", type=float, default=0, help="Fail if nDCG@10 is lower in any language.")
        parser.add_argument(
            "--set",
            type=Path,
            metavar="DIR",
            help="Load the texts of DIR as articles, ask its questions, and take the articles away again.",
        )
        parser.add_argument(
            "--words",
            action="store_true",
            help="As --set with texts of our own, on compounds, hyphens and irregular forms.",
        )
        parser.add_argument(
            "--across",
            action="store_true",
            help="As --set with French questions and the German stories of our own that answer them.",
        )
        parser.add_argument(
            "--meaning",
            action="store_true",
            help="Also search with meaning (--extra meaning): reads all texts first, five a second on one core.",
        )
        parser.add_argument("--half", choices=HALVES, default="", help="Of a set, ask every other question only.")
        parser.add_argument("--keep", action="store_true", help="Of a set, let the articles stay (a scratch database).")

    def handle(self, *args: Any, worst: int, language: str, minimum: float, **options: Any) -> None:
        self.with_meaning = options["meaning"]
        if self.with_meaning and not is_there():
            raise CommandError("Meaning is not installed here (--extra meaning).")
        if folder := WORDS if options["words"] else ACROSS if options["across"] else options["set"]:
            sets = [each for each in outside_sets(folder) if language in ("", each.language)]
            require(minimum, self.judge_outside_sets(sets, options["half"], worst, keep=options["keep"]))
            return
        queries = [each for each in judged_queries() if language in ("", each.language)]
        slugs = {slug for each in queries for slug in each.grades}
        missing = slugs - set(IndexEntry.objects.values_list("page__slug", flat=True))
        if missing:
            raise CommandError(
                f"This is not the demo network: {', '.join(sorted(missing)[:3])} … are not in the index."
            )
        self.editions = self.editions_by_language()
        functions = {type(engine()).__name__: self.portal_search, "Wagtail’s own backend": self.wagtail_search}
        if self.with_meaning:
            read_all()
            functions["with meaning"] = with_meaning(self.portal_search)
        lines, lowest = [], 1.0
        for name, search in functions.items():
            scored = scores(search, queries)
            for code in sorted({each.language for each in queries}):
                of_language = [each for each in scored if each.judged.language == code]
                ndcg, recall = means(of_language)
                lines.append(
                    f"{name:24} {code}  {len(of_language):3} queries  nDCG@10 {ndcg:.3f}  recall@10 {recall:.3f}"
                )
                if search == self.portal_search:
                    lowest = min(lowest, ndcg)
            if search == self.portal_search:
                lines += worst_of(scored, worst)
        self.stdout.write("\n".join(lines))
        require(minimum, lowest)

    def judge_outside_sets(self, sets: list[OutsideSet], half: str, worst: int, *, keep: bool) -> float:
        """Print recall@10 and nDCG@10 of this search beside those of plain BM25, for each way of asking.

        Return the lowest nDCG@10.
        """
        lowest = 1.0
        self.editions = self.editions_by_language()
        if missing := [each.asked_in for each in sets if not {each.asked_in, each.language} <= self.editions.keys()]:
            raise CommandError(f"No site has an edition in {', '.join(missing)}.")
        name = type(engine()).__name__
        columns = [name, *(["with meaning"] if self.with_meaning else []), "BM25 + Snowball"]
        self.stdout.write(" ".join([f"{'recall@10 / nDCG@10':24}", *(f"{column:>20}" for column in columns)]))
        for outside in sets:
            with transaction.atomic():
                home = self.editions[outside.language].home
                outside.load(place_for(Page.objects.get(pk=home.pk)), timezone.now())
                # As PostgreSQL does by itself within minutes: it counts the words that it takes for common.
                engine().optimize()
                plain = baseline(outside.language)
                ours = self.pages_found(outside.asked_in, "" if outside.asked_in == outside.language else EVERYWHERE)
                searches = [ours, *([with_meaning(ours)] if self.with_meaning else []), plain]
                if self.with_meaning:
                    read_all()
                for form, queries in outside.rows(half):
                    facts = f"{outside.language} {form} ({len(queries)})"
                    found = [judged(search, queries) for search in searches]
                    figures = [f"{'{1:.3f} / {0:.3f}'.format(*means(scored)):>20}" for scored in found]
                    self.stdout.write(" ".join([f"{facts:24}", *figures]))
                    lowest = min(lowest, means(found[0])[0])
                    # Of the best that this installation can do.
                    for each in worst_of(found[-2], worst):
                        self.stdout.write(each)
                if not keep:
                    transaction.set_rollback(True)
        return lowest

    def pages_found(self, language: str, languages: str = "") -> PageSearch:
        """The search of the whole network from an edition of the language, in that language or in all."""

        def search(query: str, limit: int) -> list[int]:
            results = find(
                self.editions[language], Criteria(query, sites=EVERYWHERE, languages=languages), timezone.now()
            )
            return [result.pk for result in results.page_results[:limit]]

        return search

    def editions_by_language(self) -> dict[str, Edition]:
        """The first edition of each language; a search of the whole network can start from any."""
        editions: dict[str, Edition] = {}
        for site in Site.objects.order_by("pk"):
            snapshot = snapshot_of(site.hostname, str(site.port))
            for code, edition in snapshot.editions.items() if snapshot else ():
                editions.setdefault(code, edition)
        return editions

    def portal_search(self, query: str, language: str) -> list[str]:
        results = find(self.editions[language], Criteria(query, sites=EVERYWHERE), timezone.now())
        keys = [result.pk for result in results.page_results]
        slugs = dict(Page.objects.filter(pk__in=keys).values_list("pk", "slug"))
        return [slugs[key] for key in keys]

    def wagtail_search(self, query: str, language: str) -> list[str]:
        """Search the live pages of a language with the database backend, as Wagtail's documentation recommends."""
        pages = Page.objects.live().public().filter(locale=self.editions[language].home.locale_id, depth__gt=2)
        with override_settings(WAGTAILSEARCH_BACKENDS={"default": {"BACKEND": "wagtail.search.backends.database"}}):
            try:
                return [page.slug for page in get_search_backend().search(query, pages)[:DEPTH]]
            except DatabaseError:
                # The backend fails on some characters, which counts as no result.
                return []
