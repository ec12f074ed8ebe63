"""What tells two views apart is forgotten: with each day its salt, and nothing of it is ever stored."""

import os

import pytest

from portal.readership.counting.short_memory import DAY, ShortMemory
from tests.readership.watching import small_memory

MORNING = 20_000 * DAY + 9 * 3600.0


def test_same_reader_has_another_number_the_next_day():
    memory = small_memory()
    today = memory.reader("192.0.2.1", "Firefox", MORNING)
    assert memory.reader("192.0.2.1", "Firefox", MORNING + 60) == today
    assert memory.reader("192.0.2.1", "Firefox", MORNING + DAY) != today


def test_other_memories_give_the_same_reader_other_numbers():
    assert small_memory().reader("192.0.2.1", "Firefox", MORNING) != small_memory().reader(
        "192.0.2.1", "Firefox", MORNING
    )


def test_nothing_of_the_day_before_is_left():
    memory = small_memory()
    memory.is_repeated(memory.reader("192.0.2.1", "Firefox", MORNING), "/fr/", MORNING)
    salt = memory.salt
    memory.reader("192.0.2.2", "Firefox", MORNING + DAY)

    assert salt not in bytes(memory.map)
    assert not any(memory.map[64:])


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_workers_of_one_server_share_what_they_know_of_the_day():
    memory = small_memory()
    child = os.fork()
    if not child:
        memory.is_repeated(memory.reader("192.0.2.1", "Firefox", MORNING), "/fr/", MORNING)
        os._exit(0)
    os.waitpid(child, 0)
    reader = memory.reader("192.0.2.1", "Firefox", MORNING)

    assert memory.is_repeated(reader, "/fr/", MORNING + 60)
    assert not memory.is_repeated(reader, "/fr/actualites/", MORNING + 60)


def test_its_size_does_not_grow_with_its_readers():
    memory = ShortMemory(views=64, paces=16)
    size = len(memory.map)
    for number in range(1000):
        reader = memory.reader(f"192.0.2.{number}", "Firefox", MORNING)
        memory.is_repeated(reader, "/fr/", MORNING)
        memory.is_robot(reader, MORNING, counts=True)
    assert len(memory.map) == size


def test_address_that_names_ever_new_browsers_is_stopped():
    memory = small_memory()
    crowded = [memory.is_crowded("192.0.2.1", MORNING) for _time in range(700)]
    assert crowded.count(False) == 600
    assert not memory.is_crowded("192.0.2.2", MORNING)
