"""The memory that recognises repeated views is deleted each day with its salt, and never stored."""

import os

import pytest

from portal.readership.counting.short_memory import DAY
from tests.readership.watching import small_memory

MORNING = 20_000 * DAY + 9 * 3600.0


def test_number_of_a_reader_depends_on_salt_and_day():
    memory = small_memory()
    today = memory.reader("192.0.2.1", "Firefox", MORNING)
    assert memory.reader("192.0.2.1", "Firefox", MORNING + 60) == today
    assert memory.reader("192.0.2.1", "Firefox", MORNING + DAY) != today
    assert small_memory().reader("192.0.2.1", "Firefox", MORNING) != today


def test_memory_of_the_previous_day_is_deleted():
    memory = small_memory()
    memory.is_repeated(memory.reader("192.0.2.1", "Firefox", MORNING), "/fr/", MORNING)
    salt = memory.salt
    memory.reader("192.0.2.2", "Firefox", MORNING + DAY)

    assert salt not in bytes(memory.map)
    assert not any(memory.map[64:])


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_workers_of_one_server_share_the_memory():
    memory = small_memory()
    child = os.fork()
    if not child:
        memory.is_repeated(memory.reader("192.0.2.1", "Firefox", MORNING), "/fr/", MORNING)
        os._exit(0)
    os.waitpid(child, 0)
    reader = memory.reader("192.0.2.1", "Firefox", MORNING)

    assert memory.is_repeated(reader, "/fr/", MORNING + 60)
    assert not memory.is_repeated(reader, "/fr/actualites/", MORNING + 60)


def test_address_with_ever_new_browsers_is_limited():
    memory = small_memory()
    crowded = [memory.is_crowded("192.0.2.1", MORNING) for _time in range(700)]
    assert crowded.count(False) == 600
    assert not memory.is_crowded("192.0.2.2", MORNING)
