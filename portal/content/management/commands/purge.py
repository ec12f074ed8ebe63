from django.core.management.base import BaseCommand, CommandError

from portal.platform.caching.purge_watch import is_configured
from portal.platform.caching.purging import purge


class Command(BaseCommand):
    help = "Purge all that the cache in front has stored (SHARED_CACHE_PURGE), such as after new templates."

    def handle(self, *args, **options):
        if not is_configured():
            raise CommandError("SHARED_CACHE_PURGE is empty: there is no cache in front that could be purged.")
        purge()
