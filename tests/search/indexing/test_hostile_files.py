"""Files that unpack to too much, nest deeply or never end cost the web server nothing, and the worker little."""

import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from portal import bounded
from search.indexing.reading import MAX_TEXT_LENGTH, SECONDS
from search.models import FileText
from tests.builders import make_document

PARTS = {
    "docx": "word/document.xml",
    "pptx": "ppt/slides/slide1.xml",
    "xlsx": "xl/worksheets/sheet1.xml",
    "odt": "content.xml",
    "ods": "content.xml",
    "odp": "content.xml",
}
# The part that lists the others, its element, and the folder of the parts.
CONTENTS = {
    "pptx": ("ppt/presentation.xml", "sldId", "slides/slide{}.xml"),
    "xlsx": ("xl/workbook.xml", "sheet", "worksheets/sheet{}.xml"),
}
# A small process measures its child's resources: the memory of a large parent would count as well.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""
BEGUN = b'<d xmlns="urn:d"><p><r><t>Bonjour</t></r></p>'
# The same in spreadsheets.
SHEET = b'<d xmlns="urn:d"><row><c t="inlineStr"><is><t>Bonjour</t></is></c></row>'
BEGINNINGS = {"xlsx": SHEET, "ods": b'<d xmlns="urn:d"><table-row><p>Bonjour</p></table-row>'}
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MANY = 3_000_000
# In MB, in addition to an idle process.
MAX_MEMORY = 100


def archive(extension: str, *contents: bytes, times: int = 1) -> bytes:
    """An office file with these parts, each listed this many times."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        numbers = range(1, len(contents) + 1)
        for number, content in zip(numbers, contents, strict=True):
            file.writestr(PARTS[extension].replace("1", str(number)), content)
        if extension in CONTENTS:
            main, reference, target = CONTENTS[extension]
            named = "".join(f'<{reference} r:id="r{number}"/>' for number in numbers) * times
            file.writestr(main, f'<d xmlns:r="{RELATED}">{named}</d>')
            rows = (f'<Relationship Id="r{number}" Target="{target.format(number)}"/>' for number in numbers)
            folder, _, name = main.rpartition("/")
            file.writestr(f"{folder}/_rels/{name}.rels", f"<d>{''.join(rows)}</d>")
    return out.getvalue()


def with_false_size(extension: str, content: bytes) -> bytes:
    """An archive that declares a false, small size for its part."""
    packed = bytearray(archive(extension, content))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = packed.index(mark) + place
        packed[start : start + 4] = (100).to_bytes(4, "little")
    return bytes(packed)


def pdf(stream: bytes, kids: str = "4 0 R") -> bytes:
    packed = zlib.compress(stream, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count 1 >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /Font << /F 3 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream",
    ]
    body = b"".join(b"%d 0 obj\n" % number + each + b"\nendobj\n" for number, each in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R /Size 6 >>\nstartxref\n0\n%%EOF"


def deflated(pattern: bytes, megabytes: int) -> bytes:
    return pattern * (megabytes * 1024 * 1024 // len(pattern))


XML: dict[str, Callable[[], bytes]] = {
    "empty elements": lambda: BEGUN + b"<a/>" * MANY + b"</d>",
    "empty paragraphs": lambda: BEGUN + b"<p/>" * MANY + b"</d>",
    "short paragraphs": lambda: BEGUN + b"<p><r><t>x</t></r></p>" * MANY + b"</d>",
    "deep runs": lambda: BEGUN + b"<r>" * MANY,
    "fields that never end": lambda: BEGUN + b'<fldChar fldCharType="begin"/>' * MANY + b"</d>",
    "deep nesting": lambda: BEGUN + b"<a>" * MANY,
    "one long text": lambda: BEGUN + b"<p><r><t>" + b"x" * (60 * 1024 * 1024) + b"</t></r></p></d>",
    "one long name": lambda: BEGUN + b"<" + b"x" * (60 * 1024 * 1024),
    "attributes": lambda: BEGUN + b"<a " + b" ".join(b'a%d=""' % number for number in range(300_000)) + b"/></d>",
    "entities": lambda: (
        b'<!DOCTYPE d [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 100) for name in range(98, 104))
        + b"]><d>&g;</d>"
    ),
}
PDF: dict[str, Callable[[], bytes]] = {
    "packed stream": lambda: pdf(deflated(b"BT /F 1 Tf (x) Tj ET\n", 150)),
    "much text": lambda: pdf(deflated(b"BT /F 1 Tf (x) Tj ET\n", 20)),
    "much invisible text": lambda: pdf(deflated(b"BT 3 Tr /F 1 Tf (x) Tj ET\n", 20)),
    "deep arrays": lambda: pdf(b"[" * 1_000_000),
    "pages in a ring": lambda: pdf(b"BT ET", kids="2 0 R " * 1000),
}


def read(extension: str, content: bytes, folder: Path) -> tuple[str, float, float]:
    """The output of the reading process, its CPU seconds, and its peak memory in MB."""
    path = folder / f"hostile.{extension}"
    path.write_bytes(content)
    measured = [sys.executable, "-c", MEASURE, *bounded.command("search.indexing.reading", extension)]
    with path.open("rb") as file:
        done = subprocess.run(measured, stdin=file, capture_output=True, cwd=settings.BASE_DIR, check=True, text=True)
    seconds, kilobytes = done.stderr.split()[-2:]
    return done.stdout, float(seconds), int(kilobytes) / 1024


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory) -> float:
    """The memory of a process that reads an empty file."""
    return read("txt", b"", tmp_path_factory.mktemp("rest"))[2]


@pytest.mark.parametrize("name", XML)
def test_office_file_takes_little_time_and_memory(tmp_path, at_rest, name):
    text, seconds, memory = read("docx", archive("docx", XML[name]()), tmp_path)

    assert seconds < SECONDS + 2
    assert memory < at_rest + MAX_MEMORY
    assert len(text.replace("\n", "")) <= MAX_TEXT_LENGTH


@pytest.mark.parametrize("extension", PARTS)
def test_each_kind_of_office_file_is_bounded(tmp_path, at_rest, extension):
    begun = BEGINNINGS.get(extension, BEGUN)
    text, seconds, memory = read(extension, archive(extension, begun + b"<a/>" * MANY + b"</d>"), tmp_path)

    assert text == "Bonjour\n"
    assert seconds < 5
    assert memory < at_rest + 50


def test_strings_that_cells_share_are_bounded(tmp_path, at_rest):
    content = BytesIO(archive("xlsx", SHEET + b'<row><c t="s"><v>0</v></c></row></d>'))
    with ZipFile(content, "a", ZIP_DEFLATED) as file:
        file.writestr(
            "xl/sharedStrings.xml", b"<d>" + (b"<si><t>Bonsoir" + b"x" * 90_000 + b"</t></si>") * 400 + b"</d>"
        )
    text, seconds, memory = read("xlsx", content.getvalue(), tmp_path)

    assert text.startswith("Bonjour\nBonsoir")
    assert seconds < 5
    assert memory < at_rest + 50


def test_repeatedly_listed_sheet_counts_each_time(tmp_path, at_rest):
    content = archive("xlsx", SHEET + b"<a/>" * 50_000 + b"</d>", times=100_000)
    text, seconds, memory = read("xlsx", content, tmp_path)

    assert 5 <= text.count("Bonjour") <= 20
    assert seconds < 5
    assert memory < at_rest + 50


def test_sizes_of_parts_are_added_up(tmp_path, at_rest):
    slides = [BEGUN + b"<a/>" * 100_000 + b"</d>"] * 60
    text, _seconds, memory = read("pptx", archive("pptx", *slides), tmp_path)

    assert 5 <= text.count("Bonjour") <= 12
    assert memory < at_rest + 50


def test_archive_with_a_false_size_is_bounded(tmp_path, at_rest):
    _text, seconds, memory = read("docx", with_false_size("docx", XML["one long text"]()), tmp_path)

    assert seconds < 5
    assert memory < at_rest + 50


def test_harmless_pdf_of_the_same_make_is_read(tmp_path):
    assert read("pdf", pdf(b"BT /F 1 Tf (x) Tj ET"), tmp_path)[0] == "x\n"


@pytest.mark.parametrize("name", PDF)
def test_pdf_takes_little_time_and_memory(tmp_path, at_rest, name):
    _text, seconds, memory = read("pdf", PDF[name](), tmp_path)

    assert seconds < SECONDS + 2
    assert memory < at_rest + MAX_MEMORY


def test_text_read_before_the_limit_is_indexed(tmp_path):
    assert read("odt", archive("odt", XML["deep nesting"]()), tmp_path)[0] == "Bonjour\n"


@pytest.mark.django_db
def test_upload_does_not_wait_for_the_reading(monkeypatch):
    monkeypatch.setattr("search.indexing.files.document_text", lambda document: pytest.fail("read at once"))
    started = time.monotonic()

    document = make_document("Piège", "piege.docx", archive("docx", XML["empty elements"]()))

    assert time.monotonic() - started < 5
    assert not FileText.objects.filter(document=document).exists()
    assert DBTaskResult.objects.filter(task_path="search.indexing.file_tasks.read_file").exists()
