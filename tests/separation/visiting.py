"""A newsroom member who requests hundreds of addresses; every change is rolled back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any
from unittest import mock

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from wagtail.admin.menu import Menu
from wagtail.models import Page, Site
from wagtail.permissions import policy_registry
from wagtail.users.models import UserProfile

from portal.content.records.topics import Topic
from portal.media.models import Image
from tests.builders import SampleSite, newsroom_client
from tests.separation.marks import whole_text


class Writes:
    """Whether a request wrote to the database; the state is compared only in that case."""

    def __init__(self) -> None:
        self.happened = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.happened = True
        return execute(sql, params, many, context)


@contextmanager
def undone() -> Iterator[Writes]:
    """Within the block, requests may write; afterwards the database and the content version are restored."""
    writes = Writes()
    with transaction.atomic():
        with connection.execute_wrapper(writes):
            yield writes
        transaction.set_rollback(True)
    if writes.happened:
        Site.clear_site_root_paths_cache()


class Visitor:
    """A client, and the whole content of its responses."""

    def __init__(self, client: Client):
        self.client = client
        # The last response.
        self.response: Any = None

    def get(self, address: str) -> tuple[int, str]:
        return self._content_of(self.client.get(address))

    def post(self, address: str, sent: str) -> tuple[int, str]:
        return self._content_of(self.client.post(address, sent, "application/x-www-form-urlencoded"))

    def _content_of(self, response: Any) -> tuple[int, str]:
        # A message appears on the next page. It is rendered now, so that it does not appear at the next address.
        self.client.cookies.pop("messages", None)
        self.response = response
        return response.status_code, whole_text(response)


@contextmanager
def visiting(ground: SampleSite, person: Any, language: str = "") -> Iterator[Visitor]:
    """User, permissions and menu are loaded once, not by each request; `language` is the newsroom's."""
    UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": language})
    person = _known(person)
    menus: dict[int, Any] = {}
    component = Menu.render_component

    def signed_in(request: Any) -> Any:
        # Each request gets a copy, so that values cached on it are not shared.
        return copy(person)

    def store_nothing(*args: Any, **kwargs: Any) -> None:
        """Do not store template contexts, which are not used here."""

    def render_once(menu: Menu, request: Any) -> Any:
        if id(menu) not in menus:
            menus[id(menu)] = component(menu, request)
        return menus[id(menu)]

    client = newsroom_client(ground, person)
    # Wagtail raises an error for a form without fields that every browser sends; get the response anyway.
    client.raise_request_exception = False
    if language:
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    with (
        mock.patch("django.contrib.auth.get_user", new=signed_in),
        mock.patch.object(Menu, "render_component", render_once),
        mock.patch("django.test.client.store_rendered_templates", new=store_nothing),
    ):
        yield Visitor(client)


def _known(person: Any) -> Any:
    """The user with their permissions, as Django and Wagtail cache them during a request."""
    person = get_user_model().objects.select_related("wagtail_userprofile").get(pk=person.pk)
    person.get_all_permissions()
    for model in (Page, Image, Topic):
        len(policy_registry.get_by_type(model).get_cached_permissions_for_user(person))
    return person
