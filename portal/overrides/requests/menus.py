"""Builds each newsroom menu once per request. Wagtail builds submenus twice: to decide on them and to show them."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's submenus cache their items.

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest
from wagtail.admin.menu import Menu, MenuItem

Items = Callable[[Menu, HttpRequest], list[MenuItem]]


def build_menus_once() -> None:
    Menu.menu_items_for_request = _once_per_request(Menu.menu_items_for_request)


def _once_per_request(items_of: Items) -> Items:
    @wraps(items_of)
    def known_items(menu: Menu, request: HttpRequest) -> list[MenuItem]:
        known: dict[Menu, list[MenuItem]] = vars(request).setdefault("menu_items", {})
        if menu not in known:
            known[menu] = items_of(menu, request)
        return known[menu]

    return known_items
