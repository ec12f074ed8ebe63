"""A PDF is indexed as its readers see it: no hidden layer, and no invisible text except OCR."""

from io import BytesIO

import pytest

from search.indexing.reading import lines_of

FORM = (
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 99 99] %s /Resources << /Font << /F 3 0 R >> >> /Length 38 >>\n"
    b"stream\nBT /F 9 Tf 0 30 Td (Inserted) Tj ET      \nendstream"
)
SCAN = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 1 >>\n"
    b"stream\nx\nendstream"
)
LAYERS = b"""
    BT /F 9 Tf 0 60 Td (Shown) Tj ET
    /OC /Off BDC BT /F 9 Tf 0 50 Td (Hidden) Tj [(Hid) (den)] TJ (Hidden) ' 1 1 (Hidden) " ET EMC
    /OC /On BDC BT /F 9 Tf 0 40 Td (Price) Tj ET EMC
    /Span << /MCID 0 >> BDC BT /F 9 Tf 0 20 Td (below) Tj ET EMC
"""
INVISIBLE = b"""
    BT /F 9 Tf 0 60 Td (Shown) Tj ET
    q BT 3 Tr /F 9 Tf 0 50 Td (Invisible) Tj ET Q
    BT /F 9 Tf 0 40 Td (again) Tj ET
"""


def pdf(content: bytes, resources: str = "", drawn: bytes = b"<< >>", config: str = "/OFF [6 0 R]") -> BytesIO:
    """A page with one hidden layer (object 6), a visible one (7), and something to draw on it (8)."""
    font = f"/Font << /F 3 0 R >> {resources}"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R 7 0 R] /D << {config} >> >> >>".encode(),
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 5 0 R /Resources << {font} >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /OCG /Name (off) >>",
        b"<< /Type /OCG /Name (on) >>",
        drawn,
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, each) for number, each in enumerate(objects, start=1))
    return BytesIO(b"%PDF-1.5\n" + body + b"trailer << /Root 1 0 R /Size 9 >>\nstartxref\n0\n%%EOF")


@pytest.mark.parametrize("config", ["/OFF [6 0 R]", "/BaseState /OFF /ON [7 0 R]"])
def test_layer_that_is_off_is_not_read(config):
    file = pdf(LAYERS, "/Properties << /Off 6 0 R /On 7 0 R >>", config=config)

    assert list(lines_of(file, "pdf")) == ["Shown Price below"]


@pytest.mark.parametrize(
    ("layer", "is_read"),
    [
        (b"/OC 6 0 R", False),
        (b"/OC 7 0 R", True),
        (b"", True),
        (b"/OC << /Type /OCMD /OCGs [6 0 R 7 0 R] >>", True),
        (b"/OC << /Type /OCMD /OCGs [6 0 R 7 0 R] /P /AllOn >>", False),
    ],
)
def test_what_is_inserted_on_a_layer_is_read_while_that_is_on(layer, is_read):
    file = pdf(b"BT /F 9 Tf 0 50 Td (Shown) Tj ET /X Do", "/XObject << /X 8 0 R >>", FORM % layer)

    assert list(lines_of(file, "pdf")) == ["Shown Inserted" if is_read else "Shown"]


def test_invisible_text_is_read_over_a_scan_only():
    assert list(lines_of(pdf(INVISIBLE), "pdf")) == ["Shown again"]
    assert list(lines_of(pdf(INVISIBLE, "/XObject << /X 8 0 R >>", SCAN), "pdf")) == ["Shown Invisible again"]
