"""The newsroom's views to plan an item, and to change or remove a plan."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from portal.editorial.dashboard.write import parents
from portal.editorial.planning.filters import FIRST_YEAR, LAST_YEAR, CalendarScope
from portal.editorial.planning.forms import NewItemForm, PlanForm
from portal.editorial.planning.items import change_plan, plan_new_page, remove_plan, visible_page
from portal.editorial.records.planning import PlannedItem
from portal.editorial.work_area import WorkArea
from portal.formats.words import weekday_and_day
from portal.platform.newsroom_views import NewsroomView, crumb


class DayForm(forms.Form):
    """The day for which the form of a new item is opened; an invalid one is ignored."""

    day = forms.DateField(input_formats=["%Y-%m-%d"])


class PlanningFormView(NewsroomView, TemplateView):
    template_name = "editorial/planning/item.html"
    header_icon = "calendar-alt"
    http_method_names = ["get", "head", "options", "post"]
    form: PlanForm

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(pgettext_lazy("newsroom", "Calendar"), reverse("planning")), *super().breadcrumbs()]

    @property
    def back(self) -> str:
        return str(get_valid_next_url_from_request(self.request) or reverse("planning"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = self.build_form(request.POST)
        if self.form.is_valid():
            return self.save()
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = getattr(self, "form", None) or self.build_form(None)
        return super().get_context_data(**kwargs) | {"form": form, "back": self.back, "submit": self.submit}

    submit: Any = gettext_lazy("Save")

    def build_form(self, data: Any) -> Any:
        raise NotImplementedError

    def save(self) -> HttpResponse:
        raise NotImplementedError


class NewItemView(PlanningFormView):
    page_title = gettext_lazy("Plan something")
    submit = pgettext_lazy("planning", "Plan it")

    def test_func(self) -> bool:
        return any(parents(self.request.user).values())

    def build_form(self, data: Any) -> NewItemForm:
        opened = DayForm(self.request.GET)
        day = opened.cleaned_data["day"] if opened.is_valid() else timezone.localdate()
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            day = timezone.localdate()
        user: Any = self.request.user
        scope = CalendarScope.of(WorkArea.of(user))
        return NewItemForm(data, user=user, scope=scope, initial={"day": day, "person": str(user.pk)})

    def save(self) -> HttpResponse:
        chosen, user = self.form.cleaned_data, self.request.user
        facts = {name: chosen[name] for name in ("day", "person", "note")}
        item = plan_new_page(chosen["model"], chosen["parent"], chosen["title"], user=user, **facts)
        values = {"title": chosen["title"], "when": weekday_and_day(chosen["day"])}
        edit = messages.button(reverse("wagtailadmin_pages:edit", args=[item.page_id]), _("Open the draft"))
        messages.success(self.request, _("“%(title)s” is planned for %(when)s.") % values, buttons=[edit])
        return redirect(self.back)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"places_of": context["form"].places_of}


class PlanView(PlanningFormView):
    """Changes the plan of a draft, or removes it. A draft without a plan gets one."""

    page_title = pgettext_lazy("planning", "Plan")

    def test_func(self) -> bool:
        self.page = visible_page(self.request, self.kwargs["page_id"])
        is_locked = self.page.locked and self.page.locked_by_id != self.request.user.pk
        if is_locked or not self.page.permissions_for_user(self.request.user).can_edit():
            raise PermissionDenied
        self.item = PlannedItem.objects.select_related("person").filter(page=self.page.pk).first()
        self.is_planned = self.item is not None and self.item.day is not None
        if self.page.live or self.page.first_published_at or self.page.scheduled_revision:
            raise Http404
        return True

    @property
    def page_subtitle(self) -> str:  # type: ignore[override]
        return str(self.page.get_admin_display_title())

    def build_form(self, data: Any) -> PlanForm:
        item, user = self.item, self.request.user
        initial: dict[str, Any] = {"day": timezone.localdate(), "person": ""}
        if item and self.is_planned:
            initial = {"day": item.day, "person": str(item.person_id or ""), "note": item.note}
        return PlanForm(data, user=user, scope=CalendarScope.of(WorkArea.of(user)), item=item, initial=initial)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" in request.POST:
            if self.item:
                remove_plan(self.page, self.item, request.user)
            text = _("“%(title)s” is no longer planned. The draft stays.")
            messages.success(request, text % {"title": self.page.get_admin_display_title()})
            return redirect(self.back)
        return super().post(request, *args, **kwargs)

    def save(self) -> HttpResponse:
        self.form.check_person(self.page.get_parent().specific)
        if self.form.errors:
            return self.render_to_response(self.get_context_data())
        chosen, user = self.form.cleaned_data, self.request.user
        item = self.item or PlannedItem(page_id=self.page.pk, created_by=user)  # type: ignore[misc]
        facts = {name: chosen[name] for name in ("day", "person", "note")}
        change_plan(self.page, item, user=user, **facts)
        values = {"title": self.page.get_admin_display_title(), "when": weekday_and_day(chosen["day"])}
        messages.success(self.request, _("“%(title)s” is planned for %(when)s.") % values)
        return redirect(self.back)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edit_url = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return super().get_context_data(**kwargs) | {"is_planned": self.is_planned, "edit_url": edit_url}
