"""Views for site administrators. Everything outside their sites is a 404."""

from dataclasses import astuple
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.log_actions import log

from portal.editorial.site_admin.redirect_import import RedirectCheck, create_redirects
from portal.editorial.site_admin.redirect_lists import ListedRedirect
from portal.editorial.site_admin.redirects import RedirectListForm, SiteRedirectForm
from portal.editorial.site_admin.scope import redirects_of, sites_administered
from portal.platform.newsroom_views import NewsroomView, crumb

# The confirmation form contains the checked list, signed.
SALT = "portal.site_redirects"
CONFIRMED_WITHIN = timedelta(hours=12)


class SiteAdminView(NewsroomView, TemplateView):
    """Base view, for site administrators only; `objects` are the records that it lists or edits."""

    list_url_name = ""
    add_url_name = ""
    edit_url_name = ""
    add_label: Any = _("Add")
    save_label: Any = _("Save")

    def test_func(self) -> bool:
        return sites_administered(self.request.user).exists()

    def objects(self) -> QuerySet[Any]:
        raise NotImplementedError

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(self.page_title, reverse(self.list_url_name))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        urls = {"list_url": reverse(self.list_url_name), "add_url": reverse(self.add_url_name)}
        labels = {"add_label": self.add_label, "save_label": self.save_label}
        return super().get_context_data(**kwargs) | urls | labels


class SiteAdminList(SiteAdminView):
    template_name = "editorial/site_admin/list.html"
    columns: tuple[Any, ...] = ()
    # The text shown for an empty list.
    nothing: Any = ""

    def cells(self, item: Any) -> tuple[Any, ...]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.objects(), 50).get_page(self.request.GET.get("p"))
        rows = [(reverse(self.edit_url_name, args=[item.pk]), self.cells(item)) for item in page]
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "rows": rows,
            "columns": self.columns,
            "nothing": self.nothing,
        }


class SiteAdminForm(SiteAdminView):
    template_name = "editorial/site_admin/form.html"
    form_class: Any
    may_delete = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        key = kwargs.get("key")
        self.object = get_object_or_404(self.objects(), pk=key) if key is not None else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object and self.may_delete and "delete" in request.POST:
            log(instance=self.object, action="wagtail.delete", user=request.user, deleted=True)
            self.object.delete()
            messages.success(request, gettext("Deleted."))
            return redirect(self.list_url_name)
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        saved = form.save()
        log(instance=saved, action="wagtail.edit" if self.object else "wagtail.create", user=request.user)
        messages.success(request, self.success_message(saved))
        return redirect(self.list_url_name)

    def success_message(self, saved: Any) -> str:
        return gettext("Saved.")

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(self.object or gettext("New"))]

    def _form(self, data: Any = None) -> forms.ModelForm:
        return self.form_class(data, instance=self.object, administrator=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"object": self.object, "may_delete": self.may_delete}


class RedirectAdminView(SiteAdminView):
    page_title = _("Redirects")
    header_icon = "redirect"
    list_url_name, add_url_name, edit_url_name = "site_redirects", "site_redirects_add", "site_redirects_edit"

    def objects(self) -> QuerySet[Any]:
        return redirects_of(self.request.user)


class RedirectList(RedirectAdminView, SiteAdminList):
    columns = (_("Old address"), _("New address"), _("Permanent"))
    nothing = _("No address has moved. Add one when a page of the old site must lead to a page of this one.")

    def objects(self) -> QuerySet[Any]:
        return super().objects().select_related("redirect_page")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        other = {"url": reverse("site_redirects_import"), "label": gettext("Import a list")}
        return super().get_context_data(**kwargs) | {"other_list": other}

    def cells(self, item: Any) -> tuple[Any, ...]:
        yes = gettext("yes") if item.is_permanent else gettext("no")
        return (item.old_path, item.redirect_page or item.redirect_link, yes)


class RedirectView(RedirectAdminView, SiteAdminForm):
    form_class = SiteRedirectForm
    may_delete = True

    def _form(self, data: Any = None) -> forms.ModelForm:
        # Other screens propose URLs.
        names = () if self.object else ("site", "old_path")
        proposed = {name: self.request.GET[name] for name in names if name in self.request.GET}
        return self.form_class(data, instance=self.object, initial=proposed, administrator=self.request.user)


class RedirectImportView(RedirectAdminView):
    """A list of redirects. Its lines are checked first; after confirmation the valid ones are created."""

    template_name = "editorial/site_admin/redirect_import.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=RedirectListForm(administrator=request.user)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "lines" in request.POST:
            return self._create(request)
        form = RedirectListForm(request.POST, request.FILES, administrator=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        site = form.cleaned_data["site"]
        checked = RedirectCheck(site, timezone.now()).check(form.lines)
        signed = signing.dumps(
            [request.user.pk, site.pk, [astuple(line) for line in form.lines]], salt=SALT, compress=True
        )
        return self.render_to_response(self.get_context_data(site=site, checked=checked, signed=signed))

    def _create(self, request: HttpRequest) -> HttpResponse:
        try:
            user, key, lines = signing.loads(request.POST["lines"], salt=SALT, max_age=CONFIRMED_WITHIN)
        except signing.BadSignature:
            user = None
        if user != request.user.pk:
            messages.warning(request, gettext("This list was read too long ago. Choose the file again."))
            return redirect("site_redirects_import")
        site = get_object_or_404(sites_administered(request.user), pk=key)
        # Check again: pages and redirects may have changed meanwhile.
        checked = RedirectCheck(site, timezone.now()).check(ListedRedirect(*line) for line in lines)
        created = create_redirects(site, checked)
        for each in created:
            log(instance=each, action="wagtail.create", user=request.user)
        messages.success(request, gettext("New redirects: %(count)s") % {"count": len(created)})
        return redirect(self.list_url_name)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(gettext("Import a list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        checked = kwargs.get("checked", [])
        return super().get_context_data(**kwargs) | {
            "taken": [each for each in checked if each.is_taken],
            "known": sum(each.is_known for each in checked),
            "refused": [each for each in checked if each.problem],
        }


URLS = [
    path("office/redirects/", RedirectList.as_view(), name="site_redirects"),
    path("office/redirects/import/", RedirectImportView.as_view(), name="site_redirects_import"),
    path("office/redirects/add/", RedirectView.as_view(), name="site_redirects_add"),
    path("office/redirects/<int:key>/", RedirectView.as_view(), name="site_redirects_edit"),
]
