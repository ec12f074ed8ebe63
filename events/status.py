"""An event's status, and the ways to attend it."""

from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class EventStatus(models.TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("an event", "Takes place")
    MOVED = "moved", pgettext_lazy("an event", "Moved")
    CANCELLED = "cancelled", pgettext_lazy("an event", "Cancelled")
    FULL = "full", pgettext_lazy("an event", "Full")


class Attendance(models.TextChoices):
    ON_SITE = "onsite", _("On site")
    ONLINE = "online", _("Online")
    MIXED = "mixed", _("On site and online")
    UNKNOWN = "", pgettext_lazy("how to attend", "Not said")

    @classmethod
    def at(cls, *, is_somewhere: bool, is_online: bool) -> "Attendance":
        if is_online:
            return cls.MIXED if is_somewhere else cls.ONLINE
        return cls.ON_SITE if is_somewhere else cls.UNKNOWN
