from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.loading import load_demo


class Command(BaseCommand):
    help = "Load the demo network into an empty database."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="The port in the sites' URLs.")
        parser.add_argument("--production", action="store_true", help="Load it even if DEBUG is off.")

    def handle(self, *args, port, production, **options):
        if not (settings.DEBUG or production):
            raise CommandError("DEBUG is off: use --production to load the demo here.")
        load_demo(report=self.stdout.write, port=port)
