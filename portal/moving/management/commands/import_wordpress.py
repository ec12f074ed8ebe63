from getpass import getpass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Locale, Page, Site

from portal.content.management.english import EnglishCommand
from portal.moving.fetching import RestSite
from portal.moving.planning.mapping import Mapping, MappingError, as_toml, mapping_from
from portal.moving.planning.survey import content_items
from portal.moving.reporting import comment_rows, rows_of, write_spreadsheet
from portal.moving.running import (
    ImportBusyError,
    Options,
    choices_before,
    look_at,
    run,
    source_of,
    story_kinds,
    try_out,
)
from portal.moving.sources.opening import records_of
from portal.moving.sources.spool import write_records
from portal.moving.wordpress.records import ExportError, Records
from portal.moving.writing.statutory import statutory_twice
from portal.platform.operation.process_locks import PoolerError


class Command(EnglishCommand):
    help = (
        "Import the content of a WordPress site into a site of this installation, as drafts. If run again, import "
        "changes, and leave pages that were edited here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source",
            help="An export of WordPress (WXR): a file, gzip or zip, or a folder with its parts; or the address of the "
            "running site, which is read by its REST API. Also an export of Ghost, a feed, a spreadsheet of articles.",
        )
        parser.add_argument(
            "--user",
            default="",
            help="A user of the running site, for drafts and private posts. Asks for the application password.",
        )
        parser.add_argument(
            "--address", default="", help="The URL of the old site, if the source lacks it (Ghost, spreadsheets)."
        )
        parser.add_argument("--site", required=True, metavar="HOST", help="The host of the site to import into.")
        parser.add_argument("--language", required=True, help="The language of the texts, such as fr.")
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE", help="The mapping of categories, tags and titles (TOML)."
        )
        parser.add_argument(
            "--write-mapping", type=Path, metavar="FILE", help="Write a proposed mapping to this file, and exit."
        )
        parser.add_argument("--dry-run", action="store_true", help="Read and convert everything; store nothing.")
        parser.add_argument(
            "--media",
            default="",
            metavar="URL|FOLDER",
            help="The old uploads: a folder with a copy of wp-content/uploads, or its address. Default: as in the "
            "export.",
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="Write a line for each page (CSV or XLSX).")
        parser.add_argument(
            "--comments",
            type=Path,
            metavar="FILE",
            help="Write the readers' comments to an archive (CSV or XLSX).",
        )
        parser.add_argument(
            "--revisions",
            action="store_true",
            help="Also import earlier versions of new pages, if the source has them (a running site with --user).",
        )
        parser.add_argument(
            "--private-host",
            action="append",
            default=[],
            metavar="HOST[:PORT]",
            help="Also read this host, although it is NOT on the public internet: for a trial with a WordPress on this "
            "machine or in its network, such as 127.0.0.1:8080. May be repeated.",
        )
        parser.add_argument(
            "--live",
            action="store_true",
            help="Publish what the old site had published, WITHOUT any review. This is logged.",
        )

    def handle(self, *args: Any, source: str, site: str, language: str, **options: Any) -> None:
        if options["private_host"]:
            self.stdout.write(
                self.style.WARNING(
                    f"--private-host: {', '.join(options['private_host'])} IS READ ALTHOUGH IT IS NOT PUBLIC, and what "
                    "it sends can go to readers."
                )
            )
        with TemporaryDirectory() as folder:
            self._bring(source, Path(folder), *_edition(site, language), options)

    def _bring(self, source: str, folder: Path, here: Site, locale: Locale, options: dict[str, Any]) -> None:
        try:
            records = records_of(self._fetched(source, folder, options), options["address"])
            survey, mapping = look_at(records, here, locale)
            if chosen := _mapping(options["mapping"]):
                mapping = chosen
            elif choices_before(here, locale, survey):
                self.stdout.write("Sections, topics and kinds are those of the last import; --mapping changes them.")
            self._describe(survey.channel.title, survey.channel.address, mapping)
            if options["write_mapping"]:
                options["write_mapping"].write_text(as_toml(mapping))
                return
            if options["dry_run"]:
                report = try_out(records, survey)
                self.stdout.write("Nothing is stored. In the export:")
            else:
                report = self._import(records, here, locale, survey, mapping, options)
        except (ExportError, ImportBusyError, LookupError, PoolerError) as error:
            raise CommandError(str(error)) from error
        if options["comments"]:
            write_spreadsheet(options["comments"], comment_rows(content_items(records(), survey.language)))
        for line in report.lines():
            self.stdout.write(line)
        for imported, draft in statutory_twice(source_of(here, locale, survey)) if not options["dry_run"] else ():
            self.stdout.write(
                f"“{imported.title}” came from the old site, and stands in the footer once it is public. The site also "
                f"has a draft of its own for this: “{draft.title}”. Publish one: {_edit(imported)} or {_edit(draft)}"
            )
        if options["report"] and not options["dry_run"]:
            write_spreadsheet(options["report"], rows_of(source_of(here, locale, survey)))

    def _fetched(self, source: str, folder: Path, options: dict[str, Any]) -> Path:
        """The file or folder; for a running site, a file in `folder` with its responses."""
        if not source.startswith(("http://", "https://")):
            return Path(source)
        user = options["user"]
        password = getpass("Application password: ") if user else ""
        path, site = folder / "site.gz", RestSite(source, user, password, self._show)
        site.with_revisions, site.private_hosts = options["revisions"], options["private_host"]
        write_records(site.records(), path)
        return path

    def _import(self, records: Records, site: Site, locale: Locale, survey: Any, mapping: Mapping, options: Any) -> Any:
        if options["live"]:
            self.stdout.write(
                self.style.WARNING(
                    "--live: WHAT WAS PUBLISHED THERE IS PUBLISHED HERE, and nobody reviews it. "
                    "The history of each page says so."
                )
            )
        began = perf_counter()
        chosen = Options(
            options["media"],
            is_live=options["live"],
            with_revisions=options["revisions"],
            private_hosts=tuple(options["private_host"]),
        )
        report = run(records, site, locale, survey, mapping, chosen, self._show)
        self.stdout.write(f"\nImported in {perf_counter() - began:.1f} s:")
        return report

    def _describe(self, title: str, address: str, mapping: Mapping) -> None:
        self.stdout.write(f"{title} ({address})")
        sections = dict.fromkeys([*mapping.sections.values(), mapping.default_section])
        self.stdout.write(f"sections: {', '.join(sections)}")
        topics = list(dict.fromkeys(mapping.topics.values()))
        more = f" and {len(topics) - 12:,} more" if len(topics) > 12 else ""
        self.stdout.write(f"topics: {', '.join(topics[:12]) or 'none'}{more}")

    def _show(self, step: str, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{step} {done:,} of {total:,}" if total else f"\n{step} …", ending="")


def _edit(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _edition(host: str, language: str) -> tuple[Site, Locale]:
    site = Site.objects.filter(hostname=host.partition(":")[0]).order_by("pk").first()
    if site is None:
        raise CommandError(f"There is no site with the host {host}.")
    locale = Locale.objects.filter(language_code=language).first()
    homes = site.root_page.get_translations(inclusive=True)
    if locale is None or not homes.filter(locale=locale).exists():
        with override("en"):
            known = ", ".join(home.locale.language_code for home in homes.select_related("locale"))
        raise CommandError(f"{site.hostname} has no pages in {language}; it has {known}.")
    return site, locale


def _mapping(path: Path | None) -> Mapping | None:
    if path is None:
        return None
    try:
        return mapping_from(path.read_text(), story_kinds())
    except (MappingError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error
