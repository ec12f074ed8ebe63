"""A menu item with a condition."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem


class ConditionalItem(MenuItem):
    def __init__(self, label: Any, url: Any, *, condition: Callable[[HttpRequest], bool], **options: Any):
        super().__init__(label, url, **options)
        self.condition = condition

    def is_shown(self, request: HttpRequest) -> bool:
        return self.condition(request)
