"""Audio and video are recognised by their content, and say how long they are."""

from io import BytesIO

import pytest
from hypothesis import given, strategies as st

from portal.recordings.length import seconds_in
from portal.recordings.types import AUDIO, CAPTIONS, CHECKS, VIDEO, has_content_of, kind_of
from tests.recordings.makers import MP3, sound

OGG = b"OggS" + bytes(24)
BEGINNINGS = {
    "mp3": MP3,
    "m4a": b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00",
    "ogg": OGG + b"\x01vorbis",
    "opus": OGG + b"OpusHead",
    "wav": sound(1),
    "mp4": b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00",
    "webm": b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm",
}
HOSTILE = [
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    b"<!doctype html><script>alert(1)</script>",
    b"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00",
    b"\x89PNG\r\n\x1a\n" + bytes(60),
    b"MZ" + bytes(60),
    b"",
]


@pytest.mark.parametrize("extension", BEGINNINGS)
def test_content_of_each_type_is_recognised(extension):
    assert has_content_of(BytesIO(BEGINNINGS[extension]), extension)


@pytest.mark.parametrize("extension", BEGINNINGS)
@pytest.mark.parametrize("content", HOSTILE)
def test_other_content_is_refused(content, extension):
    assert not has_content_of(BytesIO(content), extension)


def test_mp3_with_tags_is_recognised():
    assert has_content_of(BytesIO(b"ID3\x04\x00" + bytes(60)), "mp3")


@given(st.binary(max_size=80), st.sampled_from(sorted(CHECKS)))
def test_no_content_causes_an_error(content, extension):
    assert has_content_of(BytesIO(content), extension) in (True, False)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.MP3", AUDIO), ("a.opus", AUDIO), ("a.webm", VIDEO), ("a.vtt", CAPTIONS), ("a.pdf", ""), ("mp3", ""), ("", "")],
)
def test_kind_follows_from_the_name(name, kind):
    assert kind_of(name) == kind


def test_length_is_read_from_the_file():
    assert seconds_in(BytesIO(sound(20)), "wav") == 20


@pytest.mark.parametrize("extension", ["mp3", "m4a", "ogg", "opus", "wav", "mp4", "webm"])
@pytest.mark.parametrize("content", [b"", b"<svg/>", b"ID3" + b"\xff" * 500, OGG * 40, b"RIFF\xff\xff\xff\xffWAVEfmt "])
def test_broken_file_has_no_length(content, extension):
    assert seconds_in(BytesIO(content), extension) is None
