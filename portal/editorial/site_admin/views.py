"""Lists and forms of the office; whatever lies outside the administrator's sites is not found."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from portal.editorial.accounts import password_link
from portal.editorial.models import RoleGroup
from portal.editorial.site_admin.forms import AccountForm, SiteRedirectForm
from portal.editorial.site_admin.reach import people_of, redirects_of, sites_administered


class SiteAdminView(WagtailAdminTemplateMixin, TemplateView):
    """A page for site administrators only."""

    list_url_name = ""
    add_url_name = ""
    edit_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sites_administered(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def things(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": reverse(self.list_url_name), "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        urls = {"list_url": reverse(self.list_url_name), "add_url": reverse(self.add_url_name)}
        return super().get_context_data(**kwargs) | urls


class SiteAdminList(SiteAdminView):
    template_name = "editorial/site_admin/list.html"
    columns: tuple[Any, ...] = ()

    def row(self, thing: Any) -> tuple[Any, ...]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.things(), 50).get_page(self.request.GET.get("p"))
        rows = [(reverse(self.edit_url_name, args=[thing.pk]), self.row(thing)) for thing in page]
        return super().get_context_data(**kwargs) | {"page_obj": page, "rows": rows, "columns": self.columns}


class SiteAdminForm(SiteAdminView):
    template_name = "editorial/site_admin/form.html"
    form_class: Any
    may_delete = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        key = kwargs.get("key")
        self.thing = get_object_or_404(self.things(), pk=key) if key else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.thing and self.may_delete and "delete" in request.POST:
            log(instance=self.thing, action="wagtail.delete", user=request.user, deleted=True)
            self.thing.delete()
            messages.success(request, gettext("Deleted."))
            return redirect(self.list_url_name)
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        saved = form.save()
        log(instance=saved, action="wagtail.edit" if self.thing else "wagtail.create", user=request.user)
        messages.success(request, self.done(saved))
        return redirect(self.list_url_name)

    def done(self, saved: Any) -> str:
        return gettext("Saved.")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": str(self.thing or gettext("New"))}]

    def _form(self, data: Any = None) -> forms.ModelForm:
        return self.form_class(data, instance=self.thing, administrator=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"thing": self.thing, "may_delete": self.may_delete}


class AccountView(SiteAdminView):
    page_title = _("AccountView")
    header_icon = "user"
    list_url_name, add_url_name, edit_url_name = "office_people", "office_people_add", "office_people_edit"

    def things(self) -> QuerySet[Any]:
        return people_of(self.request.user)


class AccountList(AccountView, SiteAdminList):
    columns = (_("Name"), _("E-mail"), _("Roles"), _("Active"))

    def things(self) -> QuerySet[Any]:
        return super().things().prefetch_related("groups")

    def row(self, thing: Any) -> tuple[Any, ...]:
        return (
            thing.get_full_name() or thing.username,
            thing.email,
            ", ".join(self._roles.get(group.pk, "") for group in thing.groups.all() if group.pk in self._roles),
            gettext("yes") if thing.is_active else gettext("no"),
        )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        held = RoleGroup.objects.filter(site__in=sites_administered(request.user)).select_related("section")
        self._roles = {role.group_id: str(role) for role in held}


class AccountFormView(AccountView, SiteAdminForm):
    form_class = AccountForm

    def done(self, saved: Any) -> str:
        if self.thing:
            return gettext("Saved.")
        return gettext("Saved. %(name)s chooses a password at %(link)s") % {
            "name": saved.get_full_name() or saved.username,
            "link": password_link(saved),
        }


class RedirectBaseView(SiteAdminView):
    page_title = _("RedirectBaseView")
    header_icon = "redirect"
    list_url_name, add_url_name, edit_url_name = "office_redirects", "office_redirects_add", "office_redirects_edit"

    def things(self) -> QuerySet[Any]:
        return redirects_of(self.request.user)


class RedirectList(RedirectBaseView, SiteAdminList):
    columns = (_("From"), _("To"), _("Permanent"))

    def things(self) -> QuerySet[Any]:
        return super().things().select_related("redirect_page")

    def row(self, thing: Any) -> tuple[Any, ...]:
        yes = gettext("yes") if thing.is_permanent else gettext("no")
        return (thing.old_path, thing.redirect_page or thing.redirect_link, yes)


class RedirectView(RedirectBaseView, SiteAdminForm):
    form_class = SiteRedirectForm
    may_delete = True


URLS = [
    path("office/people/", AccountList.as_view(), name="office_people"),
    path("office/people/add/", AccountFormView.as_view(), name="office_people_add"),
    path("office/people/<int:key>/", AccountFormView.as_view(), name="office_people_edit"),
    path("office/redirects/", RedirectList.as_view(), name="office_redirects"),
    path("office/redirects/add/", RedirectView.as_view(), name="office_redirects_add"),
    path("office/redirects/<int:key>/", RedirectView.as_view(), name="office_redirects_edit"),
]
