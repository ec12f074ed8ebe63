"""Players can jump within a recording, because files are sent in ranges (RFC 9110, section 14)."""

import pytest

from tests.builders import content_of
from tests.recordings.makers import make_episode, make_recording, sound

CONTENT = sound(6)
SIZE = len(CONTENT)


@pytest.fixture
def file(lorraine):
    file = make_recording()
    make_episode(lorraine, file=file)
    return file


def part(reader, file, byte_range, **headers):
    return reader.get(file.url, headers={"Range": byte_range, **headers})


@pytest.mark.parametrize(
    ("byte_range", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=1000-", 1000, SIZE),
        (f"bytes=1000-{SIZE * 2}", 1000, SIZE),
        ("bytes=-500", SIZE - 500, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        ("BYTES=0-99", 0, 100),
    ],
)
def test_requested_bytes_are_sent(reader, file, byte_range, start, stop):
    response = part(reader, file, byte_range)

    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response["Content-Length"] == str(stop - start)
    assert content_of(response) == CONTENT[start:stop]


@pytest.mark.parametrize("byte_range", [f"bytes={SIZE}-", "bytes=-0"])
def test_bytes_behind_the_end_are_refused_with_the_size(reader, file, byte_range):
    response = part(reader, file, byte_range)

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("byte_range", ["bytes=0-99,200-299", "lines=1-2", "bytes=", "bytes=a-b", "0-99"])
def test_other_ranges_get_the_whole_file(reader, file, byte_range):
    response = part(reader, file, byte_range)

    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert content_of(response) == CONTENT


def test_range_of_the_same_version_is_sent(reader, file):
    tag = reader.head(file.url)["ETag"]
    assert content_of(part(reader, file, "bytes=0-99", **{"If-Range": tag})) == CONTENT[:100]


@pytest.mark.parametrize("version", ['"other"', 'W/"other"', "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_range_of_another_version_gets_the_whole_file(reader, file, version):
    response = part(reader, file, "bytes=0-99", **{"If-Range": version})

    assert response.status_code == 200
    assert content_of(response) == CONTENT


def test_head_request_has_the_size_and_no_content(reader, file):
    response = reader.head(file.url)

    assert (response["Content-Length"], response["Accept-Ranges"]) == (str(SIZE), "bytes")
    assert response.content == b""


def test_recording_has_the_type_that_browsers_play(reader, file):
    assert reader.head(file.url)["Content-Type"] == "audio/wav"


@pytest.mark.parametrize("header", ["X-Accel-Redirect", "X-Sendfile"])
def test_portal_itself_sends_the_range_of_a_version_that_the_proxy_does_not_know(reader, file, settings, header):
    settings.SENDFILE_HEADER = header
    whole = reader.get(file.url, headers={"Range": "bytes=0-99"})
    jump = part(reader, file, "bytes=1000-1999", **{"If-Range": whole["ETag"]})

    assert header in whole.headers
    assert (jump.status_code, content_of(jump)) == (206, CONTENT[1000:2000])
