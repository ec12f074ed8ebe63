import resource
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override
from PIL import Image
from wagtail.models import Locale, Site

from portal.media import faces
from portal.moving.running import Options, look_at, run
from portal.moving.sources.opening import records_of
from tests.moving.exports import OLD, attachment, category, export, item

WORDS = [
    "atelier",
    "bois",
    "rivière",
    "canal",
    "écluse",
    "fonderie",
    "village",
    "marché",
    "place",
    "nouvelle",
    "équipe",
    "projet",
    "saison",
    "énergie",
]
CATEGORIES = ("economie", "culture", "vie", "sport", "energie")


class Command(BaseCommand):
    """Measures the process's own memory beside the total.

    SQLite maps its file into memory, up to 256 MB, which the system reclaims when needed.
    """

    help = (
        "Import an export of generated posts of 4 kB with pictures into a site of an installation that may be thrown "
        "away, and print seconds and memory. After an interruption, another run goes on."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--site", required=True, metavar="HOST")
        parser.add_argument("--language", default="fr")
        parser.add_argument("--posts", type=int, default=10_000)
        parser.add_argument("--pictures", type=int, help="As many as posts, unless this says otherwise.")
        parser.add_argument("--faces", action="store_true", help="Search them for faces, as with the extra `faces`.")

    def handle(self, *args: Any, site: str, language: str, posts: int, pictures: int | None, **options: Any) -> None:
        faces.HAS_OPENCV = faces.HAS_OPENCV and options["faces"]
        self.own, self.shown, self.began = 0, ("", 0), perf_counter()
        here, locale = Site.objects.get(hostname=site), Locale.objects.get(language_code=language)
        with TemporaryDirectory() as folder:
            path, count = Path(folder) / "export.xml", posts if pictures is None else pictures
            write_export(path, posts, count)
            write_pictures(Path(folder), count)
            self._say(f"an export of {path.stat().st_size / 1e6:.0f} MB is written")
            self.began = perf_counter()
            with override("en"):
                records = records_of(path)
                survey, mapping = look_at(records, here, locale)
                self._say("the export is read")
                report = run(records, here, locale, survey, mapping, Options(media=folder), self._show)
            self._say(f"{posts:,} posts with {count:,} pictures are imported")
            self._say(", ".join(report.count_lines()))

    def _show(self, step: str, done: int, total: int) -> None:
        self.own = max(self.own, own_memory())
        if (step, done) != self.shown and done % 500 == 0:
            self.shown = step, done
            self._say(f"{step} {done:,}")

    def _say(self, text: str) -> None:
        self.own = max(self.own, own_memory())
        whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        memory = f"at most {self.own} MB, {whole} MB with the mapped database"
        self.stdout.write(f"{perf_counter() - self.began:6.0f} s  {text} ({memory})")


def own_memory() -> int:
    """The memory of this process in MB, without memory-mapped files."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) // 1024


def write_export(path: Path, posts: int, pictures: int) -> None:
    """Posts of 4 kB, each with a link to another post and, while there are any left, a picture."""
    chance = Random(32)
    head, tail = export("\0").split("\0")
    with path.open("w") as file:
        file.write(head)
        file.writelines(category(slug, slug.capitalize()) for slug in CATEGORIES)
        for number in range(pictures):
            address = f"{OLD}/wp-content/uploads/{number}.jpg"
            file.write(attachment(f"Image {number}", address, wp_id=1_000_000 + number))
        for number in range(1, posts + 1):
            sentences = [" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _sentence in range(44)]
            paragraphs = [" ".join(sentences[place : place + 4]) for place in range(0, 44, 4)]
            text = "\n\n".join(f"<!-- wp:paragraph -->\n<p>{each}</p>\n<!-- /wp:paragraph -->" for each in paragraphs)
            text += f'\n<p><a href="{OLD}/2024/05/post-{chance.randint(1, posts)}/">Lire aussi</a></p>'
            meta = {"_thumbnail_id": str(1_000_000 + number % pictures)} if pictures else {}
            slug, topics = f"post-{number}", (chance.choice(CATEGORIES),)
            file.write(item(f"Post {number}", text, wp_id=number, slug=slug, categories=topics, meta=meta))
        file.write(tail)


def write_pictures(folder: Path, count: int) -> None:
    """Pictures of 100 kB. They differ in the bytes after the end of the picture."""
    file = BytesIO()
    Image.effect_noise((800, 600), 30).convert("RGB").save(file, "JPEG", quality=40)
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(file.getvalue() + number.to_bytes(4))
