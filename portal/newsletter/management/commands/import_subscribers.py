from datetime import date
from pathlib import Path

from django.core.management.base import CommandError

from portal.content.management.english import EnglishCommand
from portal.newsletter.importing.lists import ImportListError, check_columns, problem_with_consent
from portal.newsletter.importing.running import plan_of, run_import, store_list, table_of, try_out
from portal.newsletter.models import ListImport, NewsletterPage, Rhythm
from portal.newsletter.subscribers.subscription import ImportOutcome


class Command(EnglishCommand):
    help = (
        "Import an existing list of subscribers from a spreadsheet (CSV, XLSX, ODS, XLS), whose columns are known by "
        "their names, such as `email` and `consented_at`; exports of Brevo, Mailchimp, Sarbacane, Mailjet, MailPoet "
        "and CleverReach are supported. Anybody who has unsubscribed, here or there, stays unsubscribed."
    )

    def add_arguments(self, parser):
        parser.add_argument("newsletter", type=int, help="The key of the newsletter's page.")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--proof", required=True, help="How, when and with which words these people agreed; stored with each."
        )
        parser.add_argument(
            "--agreed", type=date.fromisoformat, help="The day on which everybody agreed whose line has no date of it."
        )
        parser.add_argument(
            "--invite", action="store_true", help="Send anybody without such a date a mail that asks for their consent."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be imported.")
        parser.add_argument("--rhythm", choices=Rhythm.values, default=Rhythm.ISSUES.value)

    def handle(self, *args, newsletter, file, proof, agreed, invite, dry_run, rhythm, **options):
        page = NewsletterPage.objects.select_related("locale").filter(pk=newsletter).first()
        if page is None:
            others = ", ".join(f"{page.pk} {page.title}" for page in NewsletterPage.objects.order_by("path"))
            raise CommandError(f"There is no newsletter {newsletter}. Known: {others or 'none'}")
        if len(proof.strip()) < 20:
            raise CommandError("The proof is too short: how, when and with which words did they agree?")
        agreed_on = agreed.isoformat() if agreed else ""
        if agreed and (problem := problem_with_consent(agreed_on)):
            raise CommandError(f"--agreed {agreed_on}: {problem}.")
        try:
            list_import = store_list(page, file.name, file.read_bytes())
        except (OSError, ImportListError) as error:
            raise CommandError(str(error)) from error
        try:
            check_columns(table_of(list_import).names, plan_of(list_import).columns)
        except ImportListError as error:
            list_import.delete()
            raise CommandError(str(error)) from error
        list_import.plan |= {"proof": proof, "agreed_on": agreed_on, "sends_invitations": invite, "rhythm": rhythm}
        if dry_run:
            try_out(list_import)
            list_import.delete()
        else:
            list_import.state = ListImport.State.IMPORTING
            list_import.save()
            run_import(list_import)
        self._report(list_import)

    def _report(self, list_import):
        for line, reason in list_import.refused:
            self.stderr.write(f"line {line}: {reason}")
        counts = list_import.counts
        parts = [
            f"{counts.get(ImportOutcome.ADDED, 0)} added",
            f"{counts.get(ImportOutcome.INVITED, 0)} invited",
            f"{counts.get(ImportOutcome.KNOWN, 0) + counts.get(ImportOutcome.WAITING, 0)} known already",
            f"{counts.get(ImportOutcome.LEFT, 0)} had left before",
            f"{len(list_import.refused)} left out",
        ]
        self.stdout.write(f"{sum(counts.values())} lines: {', '.join(parts)}.")
