from django.core.management.base import BaseCommand, CommandError

from portal.platform.caching.purge_watch import is_configured
from portal.platform.caching.purging import purge


class Command(BaseCommand):
    help = "Purge everything in the cache in front (SHARED_CACHE_PURGE), for example after a change of templates."

    def handle(self, *args, **options):
        if not is_configured():
            raise CommandError("SHARED_CACHE_PURGE is empty: there is no cache in front to purge.")
        purge()
