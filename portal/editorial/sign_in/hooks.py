"""Adds a sign-in panel to each user's account page, and the menu item Settings → Sign-in."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.account import BaseSettingsPanel, SettingsTab

from portal.editorial.sign_in.factors.demand import has_factor
from portal.editorial.sign_in.providers.settings_views import URLS as PROVIDER_URLS
from portal.editorial.sign_in.rules_view import SignInRulesView

sign_in_tab = SettingsTab("sign-in", _("Sign-in"), order=150)


class SignInPanel(BaseSettingsPanel):
    """Links to the pages for password, second factors and sessions. The panel itself saves nothing."""

    name = "sign_in"
    title = _("Sign-in")
    tab = sign_in_tab
    order = 100
    template_name = "editorial/sign_in/panel.html"

    def get_form(self) -> forms.Form:
        return forms.Form()

    def get_context_data(self) -> dict[str, Any]:
        return {
            "form": self.get_form(),
            "has_password": self.user.has_usable_password(),
            "has_factor": has_factor(self.user),
        }


hooks.register("register_account_settings_panel", SignInPanel)


class SignInMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_superuser


@hooks.register("register_settings_menu_item")
def sign_in_menu_item() -> MenuItem:
    return SignInMenuItem(_("Sign-in"), reverse_lazy("sign_in_rules"), name="sign-in", icon_name="lock", order=610)


@hooks.register("register_admin_urls")
def sign_in_urls() -> list[Any]:
    return [path("office/sign-in/", SignInRulesView.as_view(), name="sign_in_rules"), *PROVIDER_URLS]
