"""Admin views of a live coverage: the screen on which its entries are written and approved, made for a phone."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import HeaderButton

from articles.live import approving
from articles.live.pages import LivePage
from articles.live.records import LiveEntry, LiveText
from articles.live.summing_up import article_of, may_sum_up, open_article
from portal.content.lists.pagination import list_page
from portal.content.publication import PublicationRefusedError
from portal.content.separation.references import SameSiteReferences
from portal.editorial.approval.refusals import show_refusal
from portal.platform.newsroom_views import NewsroomView, crumb

ENTRIES = gettext_lazy("Entries of the live coverage")
PER_PAGE = 30


class LiveTextForm(SameSiteReferences, WagtailAdminModelForm):
    class Meta:
        model = LiveText
        fields = ["title", "text"]


class LiveView(NewsroomView, TemplateView):
    """`page` is the live coverage of the screen."""

    template_name = "articles/live/newsroom.html"
    header_icon = "history"
    page_title: Any = ENTRIES
    page: LivePage

    @property
    def page_subtitle(self) -> str:  # type: ignore[override]
        return self.page.get_admin_display_title()

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        is_editable = approving.may_write(self.page, self.request.user)
        return [HeaderButton(_("Edit the page"), url=url, icon_name="edit")] if is_editable else []

    def open(self, page: LivePage) -> None:
        self.page = page
        if not approving.may_open(page, self.request.user):
            raise PermissionDenied

    def back(self) -> HttpResponse:
        return redirect("live:entries", self.page.pk)


class LiveScreen(LiveView):
    """The box to write in, and the entries below it. POST submits a new entry."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.open(get_object_or_404(LivePage, pk=kwargs["page_id"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page, user = self.page, self.request.user
        found = LiveEntry.objects.filter(page=page).for_newsroom()
        listing = list_page(found, self.request.GET, per_page=PER_PAGE)
        may_approve = approving.may_approve(page, user)
        rows = []
        for entry in listing.items:
            entry.page = page
            refusal = approving.refusal_of_approval(entry, user) if entry.waiting else ""
            rows.append({"entry": entry, "refusal": refusal, "may_withdraw": approving.may_withdraw(entry, user)})
        form = kwargs.get("form") or (LiveTextForm(for_user=user) if approving.may_write(page, user) else None)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "form": form,
            "to_approve": [row for row in rows if row["entry"].waiting and not row["refusal"]],
            "rows": [row for row in rows if not row["entry"].waiting or row["refusal"]],
            "listing": listing,
            "may_approve": may_approve,
            "may_write": approving.may_write(page, user),
            "may_sum_up": may_sum_up(page, user),
            "article": article_of(page),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LiveTextForm(request.POST, for_user=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        _submit(request, self.page, form)
        return self.back()


class LiveEntryForm(LiveView):
    """The form with the last text of an entry. POST submits another text, which waits for approval."""

    template_name = "articles/live/entry_form.html"
    page_title = gettext_lazy("Edit the entry")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.entry = _entry(kwargs["key"])
        self.open(self.entry.page)
        if not approving.may_write(self.page, request.user):
            raise PermissionDenied

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(ENTRIES, reverse("live:entries", args=[self.page.pk])), crumb(self.page_title)]

    def form(self, data: Any = None) -> LiveTextForm:
        return LiveTextForm(data, instance=self.entry.last, for_user=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or self.form(),
            "list_url": reverse("live:entries", args=[self.page.pk]),
            "save_label": _("Send for approval"),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        _submit(request, self.page, form, self.entry)
        return self.back()


class LiveEntryAct(LiveView):
    """POST approves, withdraws or pins an entry."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: int, action: str) -> HttpResponse:
        entry, user = _entry(key), request.user
        self.open(entry.page)
        try:
            if action == "approve":
                text = get_object_or_404(entry.texts, pk=_number(request.POST.get("text", "")))
                approving.approve(text, user, timezone.now())
                messages.success(request, _("Approved: readers see the entry now."))
            elif action == "withdraw":
                approving.withdraw(entry, user)
                messages.success(request, _("The entry is withdrawn."))
            elif action in ("pin", "unpin"):
                approving.pin(entry, user, is_pinned=action == "pin")
            else:
                raise Http404
        except PublicationRefusedError as refusal:
            show_refusal(request, refusal)
        return self.back()


class LiveAct(LiveView):
    """POST ends or resumes a coverage, or opens its article."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, page_id: int, action: str) -> HttpResponse:
        self.open(get_object_or_404(LivePage, pk=page_id))
        try:
            if action == "end":
                approving.end(self.page, request.user, timezone.now())
                messages.success(request, _("The coverage has ended."))
            elif action == "resume":
                approving.end(self.page, request.user, None)
                messages.success(request, _("The coverage continues."))
            elif action == "article":
                return redirect("wagtailadmin_pages:edit", open_article(self.page, request.user).pk)
            else:
                raise Http404
        except PublicationRefusedError as refusal:
            show_refusal(request, refusal)
        return self.back()


def _entry(key: int) -> LiveEntry:
    return get_object_or_404(LiveEntry.objects.select_related("page").with_texts(), pk=key)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _submit(request: HttpRequest, page: LivePage, form: LiveTextForm, entry: LiveEntry | None = None) -> None:
    values = form.cleaned_data
    try:
        approving.submit(page, request.user, values["title"], values["text"], entry)
        messages.success(request, _("The entry waits for a second person."))
    except PublicationRefusedError as refusal:
        show_refusal(request, refusal)
