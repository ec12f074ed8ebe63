"""Wagtail hooks for translations: the board, buttons that start a translation, and log actions."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse, reverse_lazy
from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Locale, Page
from wagtail.permissions import policy_registry
from wagtail_localize.views.edit_translation import edit_translatable_alias_page
from wagtail_localize.wagtail_hooks import (
    before_edit_page,
    before_edit_snippet,
    page_listing_more_buttons,
    register_admin_urls,
    register_restart_translation_page_action_menu_item,
    register_restart_translation_snippet_action_menu_item,
    register_snippet_listing_buttons,
    register_wagtail_localize2_report_menu_item,
)

from portal.content.records.topics import Topic
from portal.content.serving.editions import edition_of
from portal.editorial.approval.authorship import SAME_CONFIRMED
from portal.editorial.menu import ConditionalItem
from portal.editorial.translations import actions, localize_views
from portal.editorial.translations.passages.checks import basis_of
from portal.editorial.translations.side_by_side.views import SideBySideView
from portal.editorial.translations.together import TOGETHER, Act, listed
from portal.editorial.translations.together_views import name_languages
from portal.editorial.translations.views import TranslationBoard
from portal.formats.words import language_name


@hooks.register("register_admin_urls")
def translation_board_urls():
    return [
        path("translations/", TranslationBoard.as_view(), name="translation_board"),
        path("translations/<int:page_id>/", SideBySideView.as_view(), name="translate_page"),
        # wagtail-localize's URLs, except those of its own editor.
        path("localize/", include((localize_views.URLS, "wagtail_localize"))),
    ]


LISTING_BUTTONS = "register_page_listing_more_buttons"
HEADER_BUTTONS = "register_page_header_buttons"
SNIPPET_BUTTONS = "register_snippet_listing_buttons"
# Disconnected hooks of wagtail-localize: they lead to its own editor, which writes to the live page; they offer all
# topics to everybody who translates pages; and they need two queries per list row.
for hook_name, replaced in (
    (LISTING_BUTTONS, page_listing_more_buttons),
    (HEADER_BUTTONS, page_listing_more_buttons),
    (SNIPPET_BUTTONS, register_snippet_listing_buttons),
    ("register_page_action_menu_item", register_restart_translation_page_action_menu_item),
    ("register_snippet_action_menu_item", register_restart_translation_snippet_action_menu_item),
    ("register_reports_menu_item", register_wagtail_localize2_report_menu_item),
    ("register_admin_urls", register_admin_urls),
    ("before_edit_page", before_edit_page),
    ("before_edit_snippet", before_edit_snippet),
):
    hooks.register_temporarily(hook_name, replaced).__exit__(None, None, None)


@hooks.register("before_edit_page")
def show_alias(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Replaces wagtail-localize's hook `before_edit_page`, which would open its own editor."""
    if page.alias_of and page.alias_of.locale_id != page.locale_id:
        response: HttpResponse = edit_translatable_alias_page(request, page)
        return response
    if "localize-convert-to-alias" in request.POST:
        return redirect("wagtail_localize:convert_to_alias", page.pk)
    return None


@hooks.register(LISTING_BUTTONS)
def listing_translate_button(
    page: Page, user: Any, view_name: str = "", next_url: str | None = None
) -> Iterator[Button]:
    """Offer a translation. `PermittedExplorerView` has annotated the rows of its list."""
    if getattr(page, "lacks_a_language", False) and user.has_perm("wagtail_localize.submit_translation"):
        address = reverse("wagtail_localize:submit_page_translation", args=[page.alias_of_id or page.pk])
        yield Button(_("Translate this page"), address, priority=60, icon_name="wagtail-localize-language")


@hooks.register(HEADER_BUTTONS)
def header_translate_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if view_name == "edit" and basis_of(page):
        address = reverse("translate_page", args=[page.pk])
        yield Button(_("Beside the original"), address, priority=55, icon_name="wagtail-localize-language")
    may_translate = view_name != "index" and user.has_perm("wagtail_localize.submit_translation")
    if may_translate and not page.is_root() and _lacks_a_language(page):
        address = reverse("wagtail_localize:submit_page_translation", args=[page.alias_of_id or page.pk])
        yield Button(_("Translate this page"), address, priority=60, icon_name="wagtail-localize-language")


def _lacks_a_language(page: Page) -> bool:
    translated = page.get_translations(inclusive=True).filter(alias_of=None).values("locale")
    return Locale.objects.exclude(pk__in=translated).exists()


@hooks.register(SNIPPET_BUTTONS)
def topic_translate_button(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    if not isinstance(snippet, Topic) or not user.has_perm("wagtail_localize.submit_translation"):
        return
    model = type(snippet)
    may_add = policy_registry.get_by_type(model).user_has_permission_for_instance(user, "add", snippet)
    if may_add and localize_views.missing_languages(snippet).exists():
        key = model._meta.app_label, model._meta.model_name, quote(snippet.pk)
        address = reverse("wagtail_localize:submit_snippet_translation", args=key)
        yield Button(_("Translate"), address, icon_name="wagtail-localize-language", priority=100)


def _may_translate(request: HttpRequest) -> bool:
    user = request.user
    has_languages = user.is_superuser or len(edition_of(request).languages) > 1
    return has_languages and user.has_perm("wagtail_localize.submit_translation")


@hooks.register("register_admin_menu_item")
def translation_board_menu_item():
    return ConditionalItem(
        _("Translations"),
        reverse_lazy("translation_board"),
        condition=_may_translate,
        name="translations",
        icon_name="wagtail-localize-language",
        order=250,
    )


# This runs after the newsroom's own hook, which puts the next action first.
hooks.register("construct_page_action_menu", name_languages, order=10)


@hooks.register("register_log_actions")
def register_translation_actions(log_actions):
    log_actions.register_action(actions.STARTED, _("Begin a translation"), _("Translation begun"))
    log_actions.register_action(
        actions.UPDATED, _("Bring a translation up to date"), _("Brought up to date with the original")
    )
    log_actions.register_action(
        actions.SETTLED, _("Leave a translation as it is"), _("Left unchanged, although the original has changed")
    )
    log_actions.register_action(
        SAME_CONFIRMED, _("The same in both languages"), _("Confirmed that passages are the same in both languages")
    )

    @log_actions.register_action(TOGETHER)
    class Together(LogFormatter):
        label = _("Together in several languages")

        def format_message(self, log_entry):
            texts = {
                Act.SUBMIT: gettext("Sent for review together with %(languages)s"),
                Act.APPROVE: gettext("Approved together with %(languages)s"),
                Act.PUBLISH: gettext("Published together with %(languages)s"),
            }
            languages = [language_name(code) for code in log_entry.data["languages"]]
            return texts[Act(log_entry.data["act"])] % {"languages": listed(languages)}
