"""Gives a page without a title a provisional one when it is autosaved."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's autosave saves a page without a title.

import json
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.formats.words import in_words
from portal.platform.slugs import slug_of

# A new story has its writer in the byline.
SIGNED_WITH = "bylines"


def working_title(kind: type[Page], now: datetime) -> str:
    """Such as “Article without a title, 26 November 18:40”."""
    when = f"{in_words(localtime(now), 'MMMMd')} {date_format(localtime(now), 'TIME_FORMAT')}"
    return _("%(kind)s without a title, %(when)s") % {"kind": str(kind.get_verbose_name()), "when": when}


def has_content(form: Any) -> bool:
    """Whether somebody has filled in more than the title and the address."""
    changed = [name for name in form.changed_data if name not in ("title", "slug")]
    if not all(_is_untouched_choice(form, name) for name in changed):
        return True
    return any(formset.has_changed() for name, formset in form.formsets.items() if name != SIGNED_WITH)


def _is_untouched_choice(form: Any, name: str) -> bool:
    """Whether this is the first choice of a list, which browsers send if none was made."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        return False
    choices: Any = field.choices
    return form[name].data in (None, "", next(iter(choices), ("",))[0])


class SavesWithoutTitle:
    """Mix-in for page editor views: an autosave without a title saves the rest, with a note."""

    request: HttpRequest
    expects_json_response: bool
    page: Page

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        title = self._provisional_title() if self._lacks_title() else ""
        if title:
            post = request.POST.copy()
            slug = post.get("slug") or self.page.slug or slug_of(title, self.page.locale.language_code)
            post["title"], post["slug"] = title, slug
            request.POST = post  # type: ignore[assignment]
        response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        is_answer = title and isinstance(response, JsonResponse)
        return self._with_note(response, title) if is_answer else response

    def _lacks_title(self) -> bool:
        post = self.request.POST
        return self.expects_json_response and "title" in post and not post["title"].strip()

    def _provisional_title(self) -> str:
        raise NotImplementedError

    def _with_note(self, response: HttpResponse, title: str) -> HttpResponse:
        data: dict[str, Any] = json.loads(response.content)
        if data.get("success"):
            note = _("Its title is “%(title)s” until you write one.") % {"title": title}
            data["note"] = f"{data['note']} {note}" if "note" in data else note
        return JsonResponse(data, status=response.status_code)
