"""The settings of one's own account, with a confirmation in the newly chosen language."""

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, override
from wagtail.admin import messages
from wagtail.admin.views.account import AccountView
from wagtail.users.models import UserProfile

# A string in Wagtail's catalogues.
SAVED = "Your account settings have been changed successfully!"


class OwnSettingsView(AccountView):
    def post(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = super().post(request)
        if response.status_code == 302:
            *earlier, _wagtails = get_messages(request)
            for each in earlier:
                messages.messages.add_message(request, each.level, each.message, extra_tags=each.extra_tags)
            with override(UserProfile.get_for_user(request.user).get_preferred_language()):
                messages.success(request, gettext(SAVED))
        return response
