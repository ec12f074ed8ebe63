"""Checklist views: in the page editor, in refusals, and the page where approvers waive items."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.models import Page

from portal.content.pages.pages import PortalPage
from portal.editorial.approval.checklist import Finding, in_lines
from portal.editorial.approval.completeness import IncompleteError, checklist_of, may_waive, waive
from portal.editorial.approval.next_step import next_step_of

# Maps Wagtail's templates to our extensions of them.
CHECKLIST_TEMPLATES = {
    "wagtailadmin/pages/edit.html": "editorial/checklist/edit.html",
    "wagtailadmin/pages/create.html": "editorial/checklist/create.html",
}


class WaiverForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why may the page be published without it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Saved with your name in the history of the page."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checklist_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the items that the latest draft lacks. Users who may publish it can waive items and give a reason."""
    page = get_object_or_404(Page, pk=page_id).get_latest_revision_as_object()
    if not isinstance(page, PortalPage) or not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    form = WaiverForm(request.POST if request.method == "POST" else None)
    edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    if request.method == "POST":
        if not may_waive(page, request.user):
            raise PermissionDenied
        if form.is_valid():
            waiver = waive(page, request.user, set(request.POST.getlist("finding")), form.cleaned_data["reason"])
            if waiver:
                messages.success(
                    request, _("The page may be published without it. The reason is saved in its history.")
                )
            else:
                messages.warning(request, _("None of these items is missing any more."))
            return redirect(edit_url)
    lock = page.get_lock()
    may_be_sent = not (next_step_of(page).is_in_review or (lock and lock.for_user(request.user)))
    context = {
        "page": page,
        "form": form,
        "checklist": checklist_of(page, request.user),
        "may_be_sent": may_be_sent,
        "edit_url": edit_url,
    }
    return TemplateResponse(request, "editorial/checklist/page.html", context)


class ChecklistContext:
    """Mixin for page editor views: shows the checklist above the form and updates it after each save."""

    page: Any
    request: HttpRequest
    partials_template_name = "editorial/checklist/partials.html"

    def get_template_names(self) -> list[str]:
        return [CHECKLIST_TEMPLATES.get(name, name) for name in super().get_template_names()]  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        context["checklist"] = checklist_of(self.page, self.request.user)
        context["next_step"] = step = next_step_of(self.page, context.get("parent_page"))
        form = context["form"]
        has_errors = form.is_bound and not form.is_valid()
        is_published = self.page.pk and self.page.live and not self.page.has_unpublished_changes
        is_held = step.is_in_review or context.get("page_locked") or is_published
        context["may_be_sent"] = not (is_held or has_errors)
        return context


def incomplete_message(refusal: IncompleteError) -> str:
    """The refusal as HTML: a list of findings that link to their field or block."""
    lines = format_html_join(
        "", "<li>{}</li>", [(_link(refusal, line.first, words=line.message),) for line in in_lines(refusal.missing)]
    )
    return format_html('{}<ul class="checklist__findings">{}</ul>', refusal.reasons[0], lines)


def message_above_list(refusal: IncompleteError) -> str:
    """The refusal as HTML, with a link to the first finding, which gets the focus."""
    link = _link(refusal, refusal.missing[0], words=_("Go to the first missing item"), focus="autofocus")
    return format_html("{} {}", refusal.reasons[0], link)


def _link(refusal: IncompleteError, finding: Finding, words: str = "", focus: str = "") -> str:
    url = reverse("wagtailadmin_pages:edit", args=[refusal.page.pk])
    target = finding.url or f"{url}#:w:contentpath={finding.field}"
    field = "" if finding.url else finding.field
    link = '<a href="{}" data-checklist-field="{}" {}>{}</a>'
    return format_html(link, target, field, focus, words or finding.message)
