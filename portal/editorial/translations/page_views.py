"""A page's privacy and unpublish views, which take its translations into account."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin.forms.pages import PageViewRestrictionForm
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.admin.views.page_privacy import SetPrivacyView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.models import Page, PageViewRestriction

from portal.content.readers.shared_passwords import KeepsPassword
from portal.editorial.translations import privacy
from portal.overrides.separation.filters import narrow_choices
from portal.platform.newsroom_views import titled


class TranslationsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return titled(obj.locale.get_display_name(), obj.get_admin_display_title())


class PrivacyForm(KeepsPassword, PageViewRestrictionForm):
    """Offers to apply the restriction to translations.

    Translations that had the same restriction are preselected.
    """

    def __init__(self, *args: Any, page_itself: Page, translations: list[Page], **kwargs: Any):
        super().__init__(*args, **kwargs)
        if translations:
            pages = Page.objects.filter(pk__in=[page.pk for page in translations]).select_related("locale")
            self.fields["translations"] = TranslationsField(
                pages.order_by("path"),
                label=_("The same for its translations"),
                required=False,
                initial=[
                    page.pk
                    for page in translations
                    if privacy.restriction_of(page) == privacy.restriction_of(page_itself)
                ],
                help_text=_("What is not chosen stays as it is. Copies on other sites always follow."),
            )


class PortalPrivacyView(SetPrivacyView):
    form_class = PrivacyForm

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        narrow_choices(form, self.request.user)
        return form

    def get_form_kwargs(self) -> dict[str, Any]:
        translations = privacy.translations_for(self.page, self.request.user)
        return {**super().get_form_kwargs(), "page_itself": self.page, "translations": translations}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        chosen = form.cleaned_data.get("translations") or []
        if form.cleaned_data["restriction_type"] == PageViewRestriction.NONE:
            privacy.remove_restrictions(chosen, self.request.user)
        else:
            rule = PageViewRestriction.objects.filter(page=self.page).latest("pk")
            for page in chosen:
                privacy.apply_restriction(rule, page, self.request.user)
        return response

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        if not self.page.private_page_options:
            return super().render_to_response(context, **response_kwargs)
        template = "editorial/translations/set_privacy.html"
        return render_modal_workflow(self.request, template, template_vars=context, json_data={"step": "set_privacy"})


class PortalUnpublishView(UnpublishView):
    """Lists the translations that stay live, and the aliases that go offline with the page."""

    template_name = "editorial/translations/confirm_unpublish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        unpublished = {page.pk for page in self.objects_to_unpublish}
        translations = self.object.get_translations().live().select_related("locale").order_by("path")
        staying = translations.exclude(alias_of=self.object.pk).exclude(pk__in=unpublished)
        return {**context, "staying": staying, "following": self.object.aliases.live().select_related("locale")}
