"""How the newsroom refuses pages and actions to its members."""

from typing import Any

from django.urls import reverse


def is_refused(response: Any) -> bool:
    """Whether Wagtail redirected to the dashboard with its English error message."""
    messages = " ".join(str(message) for message in response.wsgi_request._messages)
    is_led_back = (response.status_code, response.get("Location")) == (302, reverse("wagtailadmin_home"))
    return is_led_back and "you do not have permission" in messages
