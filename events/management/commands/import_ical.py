from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.importing.entries import UnreadableError
from events.importing.fetch import MAX_BYTES, FetchError, fetch
from events.importing.subscriptions import import_file
from events.models import CalendarPage, Subscription
from portal.core.models import SiteSettings


class Command(BaseCommand):
    help = "Take the events of a calendar file or address in, as drafts of a calendar page."

    def add_arguments(self, parser):
        parser.add_argument("source", help="A file, or an address that begins with https:// or webcal://.")
        parser.add_argument("--calendar", type=int, required=True, help="The key of the calendar page.")
        parser.add_argument("--name", default="", help="How the source is named below its events.")
        parser.add_argument("--time-zone", default="", help="For times that name none; the site's if not given.")

    def handle(self, *args, source, calendar, name, time_zone, **options):
        page = CalendarPage.objects.filter(pk=calendar).first()
        if page is None:
            raise CommandError(f"There is no calendar page with the key {calendar}.")
        site = page.get_site()
        zone = time_zone or (SiteSettings.for_site(site).time_zone if site else "UTC")
        is_url = "://" in source
        try:
            content = fetch(source).body if is_url else self.file(source)
            # A file is identified by its name, so that a second import of it updates its events.
            identity = {"url": source} if is_url else {"url": "", "name": name or Path(source).name[:120]}
            subscription, _created = Subscription.objects.get_or_create(
                calendar=page,
                **identity,
                defaults={"name": name or source[:120], "time_zone": zone, "is_active": False},
            )
            subscription.full_clean()
            report = import_file(subscription, content or b"", timezone.now())
        except (FetchError, UnreadableError, OSError) as error:
            raise CommandError(str(error)) from error
        subscription.report, subscription.read_at = str(report), timezone.now()
        subscription.save()
        self.stdout.write(str(report))

    def file(self, source: str) -> bytes:
        path = Path(source)
        if path.stat().st_size > MAX_BYTES:
            raise CommandError(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
        return path.read_bytes()
