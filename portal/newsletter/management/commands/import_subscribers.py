from pathlib import Path

from django.core.management.base import CommandError

from portal.content.management.english import EnglishCommand
from portal.newsletter.importing.lists import ImportListError, read_list
from portal.newsletter.importing.tasks import import_subscribers
from portal.newsletter.models import NewsletterPage, Rhythm


class Command(EnglishCommand):
    help = (
        "Import an existing list of subscribers from a CSV file (UTF-8) with a column `email` and, if known, "
        "`consented_at`; exports of Brevo and Mailchimp are supported. Anybody who has unsubscribed, here or there, "
        "stays unsubscribed."
    )

    def add_arguments(self, parser):
        parser.add_argument("newsletter", type=int, help="The key of the newsletter's page.")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--proof", required=True, help="How, when and with which words these people agreed; stored with each."
        )
        parser.add_argument("--rhythm", choices=Rhythm.values, default=Rhythm.ISSUES.value)

    def handle(self, *args, newsletter, file, proof, rhythm, **options):
        page = NewsletterPage.objects.select_related("locale").filter(pk=newsletter).first()
        if page is None:
            others = ", ".join(f"{page.pk} {page.title}" for page in NewsletterPage.objects.order_by("path"))
            raise CommandError(f"There is no newsletter {newsletter}. Known: {others or 'none'}")
        if len(proof.strip()) < 20:
            raise CommandError("The proof is too short: how, when and with which words did they agree?")
        try:
            subscribers, rejected = read_list(file.read_bytes())
        except (OSError, ImportListError) as error:
            raise CommandError(str(error)) from error
        for line in rejected:
            self.stderr.write(f"line {line.line}: {line.reason}")
        counts = import_subscribers(page, subscribers, rhythm, proof)
        self.stdout.write(
            f"{len(subscribers) + len(rejected)} lines: {counts['added']} added, {counts['known']} known already, "
            f"{counts['left']} had left before, {len(rejected)} left out."
        )
