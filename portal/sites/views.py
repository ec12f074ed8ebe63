"""The form with which a network administrator creates a site."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from portal.content.serving.theme import Theme
from portal.platform.languages import language_choices
from portal.platform.newsroom_views import NewsroomView
from portal.sites.creation import SiteCreationError, SiteSpec, checked_host, create_site


def may_create_sites(user: Any) -> bool:
    return user.is_active and user.is_superuser


class SiteForm(forms.Form):
    host = forms.CharField(
        label=gettext_lazy("Host"), max_length=253, help_text=gettext_lazy("Such as news.example.org.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    own_language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices)
    other_languages = forms.MultipleChoiceField(
        label=gettext_lazy("Further languages"),
        choices=language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    theme = forms.ChoiceField(label=gettext_lazy("Look"), choices=Theme.choices)

    def clean_host(self) -> str:
        try:
            return checked_host(self.cleaned_data["host"])
        except ValidationError as error:
            raise ValidationError(error.message_dict["host"]) from error


class CreateSiteView(NewsroomView, FormView):
    form_class = SiteForm
    template_name = "sites/create_site.html"
    page_title = gettext_lazy("New site")
    header_icon = "site"

    def test_func(self) -> bool:
        return may_create_sites(self.request.user)

    def form_valid(self, form):
        cleaned = form.cleaned_data
        languages = (cleaned["own_language"], *cleaned["other_languages"])
        try:
            created = create_site(SiteSpec(cleaned["host"], cleaned["name"], languages, cleaned["theme"]))
        except SiteCreationError as error:
            # The host redirects to another site.
            form.add_error(None, error)
            return self.form_invalid(form)
        site = created.site
        if created.is_new:
            founded = _("%(name)s was created. Search engines and the other sites do not list it until it is opened.")
            messages.success(self.request, founded % {"name": site.site_name})
        else:
            messages.warning(
                self.request,
                _("A site with this host already exists: %(name)s was not changed.") % {"name": site.site_name},
            )
            return redirect(reverse("wagtailadmin_explore", args=[site.root_page_id]))
        return redirect("wagtailadmin_home")
