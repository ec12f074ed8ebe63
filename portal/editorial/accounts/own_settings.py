"""Users' settings of their own account, with cities as time zones and a confirmation in the new language."""

from typing import Any

from django import forms
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy as _, override
from wagtail.admin import messages
from wagtail.admin.forms.account import LocalePreferencesForm
from wagtail.admin.views.account import AccountView, LocaleSettingsPanel
from wagtail.users.models import UserProfile

from portal.platform.zones import time_zones

# Wagtail translates this string.
SAVED = "Your account settings have been changed successfully!"


class LanguageAndTimeForm(LocalePreferencesForm):
    # Wagtail's field shows the zones' identifiers, and its script would rename them.
    current_time_zone = forms.ChoiceField(
        required=False, choices=lambda: [("", _("That of the newsroom")), *time_zones()], label=_("Time zone")
    )


class LanguageAndTimePanel(LocaleSettingsPanel):
    form_class = LanguageAndTimeForm


class OwnSettingsView(AccountView):
    def get_panels(self) -> list[Any]:
        panels = super().get_panels()
        return [
            LanguageAndTimePanel(each.request, each.user, each.profile) if type(each) is LocaleSettingsPanel else each
            for each in panels
        ]

    def post(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = super().post(request)
        if response.status_code == 302:
            *earlier, _wagtails = get_messages(request)
            for each in earlier:
                messages.messages.add_message(request, each.level, each.message, extra_tags=each.extra_tags)
            with override(UserProfile.get_for_user(request.user).get_preferred_language()):
                messages.success(request, gettext(SAVED))
        return response
