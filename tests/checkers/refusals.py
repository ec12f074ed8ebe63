"""How the newsroom refuses a page or an action to its members."""

from typing import Any

from django.urls import reverse


def is_refused(response: Any) -> bool:
    """Whether Wagtail redirected to the first page of the newsroom with an English message of refusal."""
    said = " ".join(str(message) for message in response.wsgi_request._messages)
    is_led_back = (response.status_code, response.get("Location")) == (302, reverse("wagtailadmin_home"))
    return is_led_back and "you do not have permission" in said
