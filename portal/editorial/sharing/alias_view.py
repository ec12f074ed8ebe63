"""Turns an alias into a page of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.admin.views.pages.convert_alias import ConvertAliasView

from portal.editorial.approval.authorship import take_over_alias


class PortalConvertAliasView(ConvertAliasView):
    """Keeps who wrote or published alone what the alias showed: the page begins with it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        original = self.page
        while original.alias_of_id:
            original = original.alias_of
        response = super().post(request, *args, **kwargs)
        take_over_alias(original, self.page, request.user)
        return response
