"""Gathers the models of events for Django and for other packages; no module of events imports it."""

from events.pages import *  # noqa: F403
from events.records import *  # noqa: F403
from events.status import Attendance, EventStatus  # noqa: F401
