"""Captions in WebVTT are read as the format says, and refused with the line that is wrong."""

from contextlib import suppress

import pytest
from django.utils.translation import override
from hypothesis import given, strategies as st

from portal.recordings.captions import MOST_BYTES, CaptionsError, Cue, read_captions
from tests.recordings.makers import CAPTIONS

TIMES = st.integers(0, 359_999_999)


def clock(thousandths: int) -> str:
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def refused(text: str | bytes) -> str:
    with override("en"), pytest.raises(CaptionsError) as error:
        read_captions(text if isinstance(text, bytes) else text.encode())
    return str(error.value)


def test_passages_are_read_in_order():
    cues = read_captions(CAPTIONS.encode())
    assert cues == [Cue(0, 2.5, "Un souffle régulier."), Cue(2.5, 5, "Un claquement.")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_read(line_end):
    assert len(read_captions(CAPTIONS.replace("\n", line_end).encode())) == 2


def test_names_comments_styles_and_settings_are_allowed():
    text = (
        "\ufeffWEBVTT - essieux\nKind: captions\n\nSTYLE\n::cue { color: white }\n\nNOTE à relire\n\n"
        "1\n01:00:00.000 --> 01:00:02.000 align:start\n<v Yanis>Rien d’urgent.\n"
    )
    assert read_captions(text.encode()) == [Cue(3600, 3602, "<v Yanis>Rien d’urgent.")]


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"1\n00:00:01,000 --> 00:00:02,000\nSubRip\n",
        b"WEBVTTX\n\n00:01.000 --> 00:02.000\nx",
        b"",
    ],
)
def test_other_files_are_refused(content):
    assert "WEBVTT" in refused(content)


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("00:01,000 --> 00:02,000\nx", 3),
        ("00:61.000 --> 00:62.000\nx", 3),
        ("00:02.000 --> 00:01.000\nx", 3),
        ("premier\n00:01 --> 00:02\nx", 4),
        ("<p>html</p>", 4),
        ("00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb", 6),
    ],
)
def test_wrong_line_is_named(block, line):
    assert f"Line {line}:" in refused(f"WEBVTT\n\n{block}\n")


def test_captions_without_a_passage_are_refused():
    assert "empty" in refused("WEBVTT\n\nNOTE rien\n")


def test_captions_in_another_encoding_are_refused():
    assert "UTF-8" in refused(CAPTIONS.encode("utf-16"))


def test_very_long_captions_are_refused():
    assert "1 MB" in refused(CAPTIONS.encode() + b"\n" * MOST_BYTES)


@given(st.lists(st.tuples(TIMES, st.integers(1, 9_999)), min_size=1, max_size=8).map(sorted))
def test_all_valid_times_are_read(times):
    blocks = [f"{clock(start)} --> {clock(start + length)}\nMot" for start, length in times]
    cues = read_captions("\n\n".join(["WEBVTT", *blocks]).encode())
    assert [(round(cue.start * 1000), round(cue.end * 1000)) for cue in cues] == [(s, s + n) for s, n in times]


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"WEBVTT\n\n{text}".encode("utf-8", "replace"))
    )
)
def test_no_content_causes_another_error(content):
    with suppress(CaptionsError):
        assert read_captions(content)
