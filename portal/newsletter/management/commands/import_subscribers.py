from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.newsletter.importing import ImportListError, read, take_over
from portal.newsletter.models import NewsletterPage, Rhythm


class Command(BaseCommand):
    help = (
        "Bring an existing list of subscribers in: a CSV file (UTF-8) with a column `email` and, if known, "
        "`consented_at`. Whoever has unsubscribed here stays unsubscribed."
    )

    def add_arguments(self, parser):
        parser.add_argument("newsletter", type=int, help="The key of the newsletter's page.")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--proof", required=True, help="How, when and with which words these people agreed; kept with each of them."
        )
        parser.add_argument("--rhythm", choices=Rhythm.values, default=Rhythm.ISSUES.value)

    def handle(self, *args, newsletter, file, proof, rhythm, **options):
        page = NewsletterPage.objects.select_related("locale").filter(pk=newsletter).first()
        if page is None:
            known = ", ".join(f"{page.pk} {page.title}" for page in NewsletterPage.objects.order_by("path"))
            raise CommandError(f"There is no newsletter {newsletter}. Known: {known or 'none'}")
        if len(proof.strip()) < 20:
            raise CommandError("The proof says too little: how, when and with which words did they agree?")
        try:
            people, refused = read(file.read_bytes())
        except (OSError, ImportListError) as fault:
            raise CommandError(str(fault)) from fault
        for refusal in refused:
            self.stderr.write(f"line {refusal.line}: {refusal.reason}")
        counts = take_over(page, people, rhythm, proof)
        self.stdout.write(
            f"{counts['added']} added, {counts['known']} known already, {counts['left']} had left before."
        )
