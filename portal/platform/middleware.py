"""The base class of our middleware."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest


class Middleware:
    def __init__(self, get_response: Callable[[HttpRequest], Any]):
        self.get_response = get_response
