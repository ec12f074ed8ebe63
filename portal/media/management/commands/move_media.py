from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.media.moving import move
from portal.media.stored import StorageUnavailableError

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Copy the uploaded files into the object storage that STORAGE_URL names, or back into the folder in DATA_DIR."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", choices=["local", "s3"], required=True, help="Where they are copied to.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be copied.")

    def handle(self, *args: Any, to: str, dry_run: bool, **options: Any) -> None:
        if not settings.OBJECT_STORAGE:
            raise CommandError("STORAGE_URL is not set: it names the object storage, in both directions.")
        # Needs the extra `s3`.
        from portal.media.object_storage import ObjectStorage

        storages: list[Storage] = [FileSystemStorage(), ObjectStorage(**settings.OBJECT_STORAGE)]
        source, target = storages if to == "s3" else reversed(storages)
        began = perf_counter()
        try:
            found = move(source, target, dry_run=dry_run)
        except (StorageUnavailableError, OSError) as error:
            raise CommandError(f"{error} What has been copied is whole; run the command again.") from error
        self.stdout.write(
            f"{len(found.copied):,} files {'would be' if dry_run else 'are'} copied, {len(found.same):,} were there, "
            f"in {perf_counter() - began:.1f} s. The files stay where they were."
        )
        for names, words in (
            (found.replaced_there, "were replaced in the target since, and are kept as they are there"),
            (found.missing, "are named by records, and in neither place"),
        ):
            if names:
                more = ", …" if len(names) > MOST_NAMED else ""
                self.stdout.write(f"{len(names):,} {words}: {', '.join(names[:MOST_NAMED])}{more}")
