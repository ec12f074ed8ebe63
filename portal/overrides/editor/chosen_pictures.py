"""Adds a picture's credit to what Wagtail's picture chooser returns, for the grid of photos."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's chooser returns a picture's credit.

from collections.abc import Callable
from functools import wraps
from typing import Any

from wagtail.images.views.chooser import ImageChosenResponseMixin


def name_credits() -> None:
    chosen = ImageChosenResponseMixin
    chosen.get_chosen_response_data = _with_credit(chosen.get_chosen_response_data)


def _with_credit(data_of: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    @wraps(data_of)
    def credited(view: Any, image: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return data_of(view, image, *args, **kwargs) | {"credit": image.credit}

    return credited
