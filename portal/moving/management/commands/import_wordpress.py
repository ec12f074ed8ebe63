from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import override
from wagtail.models import Locale, Site

from portal.content.management.english import EnglishCommand
from portal.moving.models import ImportSource
from portal.moving.planning.mapping import Mapping, MappingError, as_toml, mapping_from
from portal.moving.planning.survey import content_items
from portal.moving.reporting import as_csv, comments_as_csv
from portal.moving.running import Options, look_at, run, story_kinds, try_out
from portal.moving.wordpress.parts import read_export
from portal.moving.wordpress.records import ExportError


class Command(EnglishCommand):
    help = (
        "Bring the content of a WordPress site into a site of this installation, as drafts. Run again, it brings what "
        "changed there, and leaves what was edited here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source", type=Path, help="An export of WordPress (WXR): a file, gzip or zip, or a folder with its parts."
        )
        parser.add_argument("--site", required=True, metavar="HOST", help="The host of the site that gets it.")
        parser.add_argument("--language", required=True, help="The language of the texts, such as fr.")
        parser.add_argument("--mapping", type=Path, metavar="FILE", help="What becomes of what, in TOML.")
        parser.add_argument("--write-mapping", type=Path, metavar="FILE", help="Write the proposal there, and end.")
        parser.add_argument("--dry-run", action="store_true", help="Read and convert everything; store nothing.")
        parser.add_argument(
            "--media",
            default="",
            metavar="URL|FOLDER",
            help="Where the old uploads are: a copy of wp-content/uploads, or its address. Default: as in the export.",
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="Write a line for each page there (CSV).")
        parser.add_argument(
            "--comments", type=Path, metavar="FILE", help="Write the comments of readers there (CSV), as an archive."
        )
        parser.add_argument(
            "--live",
            action="store_true",
            help="What was published there is published here, WITHOUT a review by anybody. It is logged.",
        )

    def handle(self, *args: Any, source: Path, site: str, language: str, **options: Any) -> None:
        here, locale = _edition(site, language)
        try:
            survey, mapping = look_at(source, here, locale)
            mapping = _mapping(options["mapping"]) or mapping
            self._describe(survey.channel.title, survey.channel.address, mapping)
            if options["write_mapping"]:
                options["write_mapping"].write_text(as_toml(mapping))
                return
            if options["dry_run"]:
                report = try_out(source, survey)
                self.stdout.write("Nothing is stored. In the export:")
            else:
                report = self._import(source, here, locale, survey, mapping, options)
        except (ExportError, LookupError) as error:
            raise CommandError(str(error)) from error
        if options["comments"]:
            options["comments"].write_text(comments_as_csv(content_items(read_export(source))))
        for line in report.lines():
            self.stdout.write(line)
        if options["report"] and not options["dry_run"]:
            row = ImportSource.objects.get(site=here, locale=locale, address=survey.channel.address)
            options["report"].write_text(as_csv(row))

    def _import(self, path: Path, site: Site, locale: Locale, survey: Any, mapping: Mapping, options: Any) -> Any:
        if options["live"]:
            self.stdout.write(
                self.style.WARNING(
                    "--live: WHAT WAS PUBLISHED THERE IS PUBLISHED HERE, and nobody reviews it. "
                    "The history of each page says so."
                )
            )
        began = perf_counter()
        chosen = Options(media=options["media"], is_live=options["live"])
        report = run(path, site, locale, survey, mapping, chosen, self._show)
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
