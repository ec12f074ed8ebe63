"""Gathers the event models for Django and other packages. No module of events imports it."""

from events.pages import *  # noqa: F403
from events.records import *  # noqa: F403
from events.status import Attendance, EventStatus  # noqa: F401
