"""What translations add to Wagtail's administration."""

from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.core.editions import edition_of

from . import making
from .views import TranslationBoard


@hooks.register("register_admin_urls")
def address_of_the_board():
    return [path("translations/", TranslationBoard.as_view(), name="translation_board")]


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
