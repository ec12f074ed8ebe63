from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.importing.bounded import AbortedError, fetch_in_time
from events.importing.entries import UnreadableError
from events.importing.fetch import MAX_BYTES, FetchError
from events.importing.subscriptions import AlreadyRunningError, claim, import_file
from events.pages import CalendarPage
from events.records import Subscription
from portal.content.records.settings import SiteSettings


class Command(BaseCommand):
    help = "Import the events of a calendar file or URL as drafts of a calendar page."

    def add_arguments(self, parser):
        parser.add_argument("source", help="A file, or an address that begins with https:// or webcal://.")
        parser.add_argument("--calendar", type=int, required=True, help="The key of the calendar page.")
        parser.add_argument("--name", default="", help="The name of the source, shown below its events.")
        parser.add_argument("--time-zone", default="", help="For times without a zone; default: that of the site.")
        parser.add_argument("--by", default="", help="The username of the author of the imported events.")
        parser.add_argument("--past", action="store_true", help="Import past events as well.")

    def handle(self, *args, source, calendar, name, time_zone, by, past, **options):
        page = CalendarPage.objects.filter(pk=calendar).first()
        if page is None:
            raise CommandError(f"There is no calendar page with the key {calendar}.")
        author = get_user_model().objects.filter(username=by).first() if by else None
        if by and author is None:
            raise CommandError(f"There is no user {by}.")
        site = page.get_site()
        zone = time_zone or (SiteSettings.for_site(site).time_zone if site else "UTC")
        is_url = "://" in source
        try:
            content = fetch_in_time(source).body if is_url else self.file(source)
            # A file is identified by its name, so that importing it again updates its events.
            name = name or (urlsplit(source).hostname or "" if is_url else Path(source).name)[:120]
            identity = {"url": source} if is_url else {"url": "", "name": name}
            subscription, _created = Subscription.objects.get_or_create(
                calendar=page,
                **identity,
                defaults={"name": name, "time_zone": zone, "is_active": False},
            )
            subscription.full_clean()
            with claim(subscription):
                if author:
                    subscription.owner = subscription.owner or author
                    subscription.changed_by = author
                subscription.takes_past = subscription.takes_past or past
                report = import_file(subscription, content or b"", timezone.now())
                subscription.read_at = timezone.now()
                subscription.save()
        except AlreadyRunningError as error:
            raise CommandError("Another process is reading this source; try again in a minute.") from error
        except (FetchError, UnreadableError, AbortedError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(report))

    def file(self, source: str) -> bytes:
        path = Path(source)
        if path.stat().st_size > MAX_BYTES:
            raise CommandError(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
        return path.read_bytes()
