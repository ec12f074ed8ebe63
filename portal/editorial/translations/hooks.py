"""What translations add to Wagtail's administration."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail_localize.wagtail_hooks import page_listing_more_buttons, register_snippet_listing_buttons

from portal.core.models import Topic
from portal.core.serving.editions import edition_of
from portal.editorial.translations import actions as making
from portal.editorial.translations.names import languages_left
from portal.editorial.translations.views import TranslationBoard


@hooks.register("register_admin_urls")
def address_of_the_board():
    return [path("translations/", TranslationBoard.as_view(), name="translation_board")]


LISTING_BUTTONS = "register_page_listing_more_buttons"
HEADER_BUTTONS = "register_page_header_buttons"
NAME_BUTTONS = "register_snippet_listing_buttons"
# wagtail-localize asks two questions for every row of a list, and two for its head; and it offers to translate any name
# to whoever translates pages.
for place, theirs in (
    (LISTING_BUTTONS, page_listing_more_buttons),
    (HEADER_BUTTONS, page_listing_more_buttons),
    (NAME_BUTTONS, register_snippet_listing_buttons),
):
    hooks.register_temporarily(place, theirs).__exit__(None, None, None)


@hooks.register(LISTING_BUTTONS)
def translate_from_a_list(page: Page, user: Any, view_name: str = "", next_url: str | None = None) -> Iterator[Button]:
    """The lists have asked already, for all their rows at once, whether a page lacks a language."""
    if getattr(page, "_has_untranslated_locale", False) and user.has_perm("wagtail_localize.submit_translation"):
        address = reverse("wagtail_localize:submit_page_translation", args=[page.alias_of_id or page.pk])
        yield Button(_("Translate this page"), address, priority=60, icon_name="wagtail-localize-language")


@hooks.register(HEADER_BUTTONS)
def translate_from_the_page(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if view_name != "index":
        yield from page_listing_more_buttons(page, user, view_name, next_url)


@hooks.register(NAME_BUTTONS)
def translate_a_name(name: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    if not isinstance(name, Topic) or not user.has_perm("wagtail_localize.submit_translation"):
        return
    model = type(name)
    keeps = policy_registry.get_by_type(model).user_has_permission_for_instance(user, "add", name)
    if keeps and languages_left(name).exists():
        key = model._meta.app_label, model._meta.model_name, quote(name.pk)
        address = reverse("wagtail_localize:submit_snippet_translation", args=key)
        yield Button(_("Translate"), address, icon_name="wagtail-localize-language", priority=100)


class BoardItem(MenuItem):
    """For those who translate, where there is something to translate into."""

    def is_shown(self, request: HttpRequest) -> bool:
        user = request.user
        return user.has_perm("wagtail_localize.submit_translation") and (
            user.is_superuser or len(edition_of(request).languages) > 1
        )


@hooks.register("register_admin_menu_item")
def board_item():
    return BoardItem(
        _("Translations"), reverse_lazy("translation_board"), icon_name="wagtail-localize-language", order=250
    )


@hooks.register("register_log_actions")
def say_what_translators_did(actions):
    actions.register_action(making.STARTED, _("Begin a translation"), _("Translation begun"))
    actions.register_action(
        making.UPDATED, _("Bring a translation up to date"), _("Brought up to date with the original")
    )
    actions.register_action(
        making.SETTLED, _("Leave a translation as it is"), _("Good as it is, though the original changed")
    )
