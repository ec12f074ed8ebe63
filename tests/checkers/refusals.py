"""How the newsroom tells its members that something is not theirs to see or to do."""

from typing import Any

from django.urls import reverse


def is_refused(response: Any) -> bool:
    """Whether Wagtail led somebody whose messages are in English back to the newsroom's first page, and said why."""
    said = " ".join(str(message) for message in response.wsgi_request._messages)
    is_led_back = (response.status_code, response.get("Location")) == (302, reverse("wagtailadmin_home"))
    return is_led_back and "you do not have permission" in said
