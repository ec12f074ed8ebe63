from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.test.utils import override_settings
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.search.backends import get_search_backend

from portal.core.serving.editions import Edition
from portal.core.serving.snapshot import snapshot_of
from search.engines import engine
from search.evaluation import DEPTH, judged_questions, means, scores
from search.find import find
from search.models import IndexEntry
from search.query.criteria import EVERYWHERE, Criteria


class Command(BaseCommand):
    help = "Put the judged questions to this search and to Wagtail's own, on the demo network; print how good they are."

    def add_arguments(self, parser):
        parser.add_argument("--worst", type=int, default=0, metavar="N", help="Show the N worst answers as well.")
        parser.add_argument("--language", default="", help="Only the questions in this language.")
        parser.add_argument("--least", type=float, default=0, help="Fail below this nDCG@10 in any language.")

    def handle(self, *args, worst, language, least, **options):
        questions = [each for each in judged_questions() if language in ("", each.language)]
        slugs = {slug for each in questions for slug in each.grades}
        missing = slugs - set(IndexEntry.objects.values_list("page__slug", flat=True))
        if missing:
            raise CommandError(
                f"This is not the demo network: {', '.join(sorted(missing)[:3])} … are not in the index."
            )
        self.editions = self.editions_by_language()
        answers = {type(engine()).__name__: self.ours, "Wagtail’s own backend": self.stock}
        lines, lowest = [], 1.0
        for name, answer in answers.items():
            found = scores(answer, questions)
            for code in sorted({each.language for each in questions}):
                own = [each for each in found if each.judged.language == code]
                ndcg, recall = means(own)
                lines.append(f"{name:24} {code}  {len(own):3} questions  nDCG@10 {ndcg:.3f}  recall@10 {recall:.3f}")
                if answer == self.ours:
                    lowest = min(lowest, ndcg)
            if answer == self.ours and worst:
                for each in sorted(found, key=lambda each: each.ndcg)[:worst]:
                    facts = f"{each.judged.language} {each.judged.question!r} {each.ndcg:.2f}"
                    lines.append(f"  {facts}: {', '.join(each.found) or 'nothing'}; wanted {each.judged.grades}")
        self.stdout.write("\n".join(lines))
        if lowest < least:
            raise CommandError(f"nDCG@10 is {lowest:.3f}, less than {least}.")

    def editions_by_language(self) -> dict[str, Edition]:
        """For each language an edition from which the network can be asked."""
        found: dict[str, Edition] = {}
        for site in Site.objects.order_by("pk"):
            frame = snapshot_of(site.hostname, str(site.port))
            for code, edition in frame.editions.items() if frame else ():
                found.setdefault(code, edition)
        return found

    def ours(self, question: str, language: str) -> list[str]:
        answer = find(self.editions[language], Criteria(question, sites=EVERYWHERE), timezone.now())
        keys = [result.pk for result in answer.results]
        slugs = dict(Page.objects.filter(pk__in=keys).values_list("pk", "slug"))
        return [slugs[key] for key in keys]

    def stock(self, question: str, language: str) -> list[str]:
        """What Wagtail's documentation has a site do: its database backend, asked for the live pages of a language."""
        pages = Page.objects.live().public().filter(locale=self.editions[language].home.locale_id, depth__gt=2)
        with override_settings(WAGTAILSEARCH_BACKENDS={"default": {"BACKEND": "wagtail.search.backends.database"}}):
            try:
                return [page.slug for page in get_search_backend().search(question, pages)[:DEPTH]]
            except DatabaseError:
                # A sign that it does not bear: no answer, and measured as such.
                return []
