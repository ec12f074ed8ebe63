from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.media.moving import move
from portal.media.stored import StorageUnavailableError

MAX_NAMED = 20


class Command(BaseCommand):
    help = (
        "Copy the uploaded files into the object storage that STORAGE_URL names, or back into the folder in DATA_DIR."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", choices=["local", "s3"], required=True, help="Where to copy the files to.")
        parser.add_argument("--dry-run", action="store_true", help="Only report what would be copied.")

    def handle(self, *args: Any, to: str, dry_run: bool, **options: Any) -> None:
        if not settings.OBJECT_STORAGE:
            raise CommandError("Set STORAGE_URL, which names the object storage for both directions.")
        # Needs the extra `s3`.
        from portal.media.object_storage import ObjectStorage

        storages: list[Storage] = [FileSystemStorage(), ObjectStorage(**settings.OBJECT_STORAGE)]
        source, target = storages if to == "s3" else reversed(storages)
        began = perf_counter()
        try:
            found = move(source, target, dry_run=dry_run)
        except (StorageUnavailableError, OSError) as error:
            raise CommandError(f"{error} All copied files are complete; run the command again.") from error
        self.stdout.write(
            f"{len(found.copied):,} files {'would be' if dry_run else 'were'} copied, {len(found.same):,} existed, "
            f"in {perf_counter() - began:.1f} s. The source is unchanged."
        )
        for names, outcome in (
            (found.replaced_there, "have been replaced in the target since, and were not overwritten"),
            (found.missing, "are missing in both places, although records name them"),
        ):
            if names:
                more = ", …" if len(names) > MAX_NAMED else ""
                self.stdout.write(f"{len(names):,} {outcome}: {', '.join(names[:MAX_NAMED])}{more}")
