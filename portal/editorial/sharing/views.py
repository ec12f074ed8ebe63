"""Admin views for offering pages to other sites, and for accepting or declining their offers."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.models import Page, Site

from portal.content.records.sharing import Share
from portal.editorial.sharing import shares as sharing
from portal.formats.fields import TypedDateTimeField
from portal.platform.newsroom_views import NewsroomView, crumb

LIST_LENGTH = 100


class SitesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return obj.site_name


class ParentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_parent().title} › {obj.title}"


class OfferForm(forms.Form):
    note = forms.CharField(
        label=pgettext_lazy("to colleagues", "Note"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For the people who decide on the other site."),
    )
    field_order = ["sites", "note"]

    def __init__(self, *args: Any, page: Page, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sites = Site.objects.filter(pk__in=[site.pk for site in sharing.possible_sites(page)])
        self.fields["sites"] = SitesField(sites.order_by("site_name"), label=_("Sites"))
        self.order_fields(self.field_order)


class SharingView(NewsroomView):
    header_icon = "resubmit"

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(_("Shared pages"), reverse("shares")), *super().breadcrumbs()]


class OfferPageView(SharingView, FormView):
    form_class = OfferForm
    template_name = "editorial/offer_page.html"
    page_title = gettext_lazy("Offer to other sites")

    def dispatch(self, request, *args, page_id, **kwargs):
        self.page = get_object_or_404(Page, pk=page_id).specific
        if not sharing.may_offer(request.user, self.page):
            raise PermissionDenied
        self.page_subtitle = self.page.get_admin_display_title()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "page": self.page}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            shares=self.page.shares.select_related("site").order_by("-offered_at"), page=self.page, **kwargs
        )

    def form_valid(self, form):
        shares = sharing.offer(self.page, form.cleaned_data["sites"], self.request.user, form.cleaned_data["note"])
        names = ", ".join(share.site.site_name for share in shares)
        messages.success(self.request, _("Offered to: %(names)s") % {"names": names})
        return redirect("offer_page", self.page.pk)


class OfferAnswerForm(forms.Form):
    published_at = TypedDateTimeField(
        label=gettext_lazy("Publication date"), widget=AdminDateTimeInput, help_text=gettext_lazy("On this site.")
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For the people who offered it, especially if you decline."),
    )
    field_order = ["place", "published_at", "answer"]

    def __init__(self, *args: Any, share: Share, **kwargs: Any):
        super().__init__(*args, **kwargs)
        parents = Page.objects.filter(pk__in=[page.pk for page in sharing.possible_parents(share)]).order_by("path")
        self.fields["place"] = ParentField(parents, label=_("Section"), required=False)
        self.order_fields(self.field_order)


class AnswerOfferView(SharingView, FormView):
    form_class = OfferAnswerForm
    template_name = "editorial/answer_offer.html"
    page_title = gettext_lazy("Offered by another site")

    def dispatch(self, request, *args, share_id, **kwargs):
        shares = Share.objects.select_related("page", "site__root_page", "offered_by")
        self.share = get_object_or_404(shares, pk=share_id)
        if not sharing.may_decide(request.user, self.share):
            raise PermissionDenied
        if self.share.status != Share.Status.OFFERED or sharing.is_private(self.share.page):
            messages.warning(request, _("This offer has been answered or withdrawn."))
            return redirect("shares")
        self.page_subtitle = self.share.page.title
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        return {"published_at": timezone.localtime().replace(second=0, microsecond=0)}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "share": self.share}

    def get_context_data(self, **kwargs):
        source = sharing.site_of(self.share.page)
        return super().get_context_data(share=self.share, source=source, **kwargs)

    def form_valid(self, form):
        data, now = form.cleaned_data, timezone.now()
        try:
            if "decline" in self.request.POST:
                sharing.decline(self.share, self.request.user, data["answer"], now)
            elif data["place"] is None:
                form.add_error("place", _("Choose where to put the page."))
            else:
                sharing.accept(self.share, data["place"].specific, self.request.user, data["published_at"], now)
        except ValidationError as error:
            form.add_error(None, error)
        if form.errors:
            return self.form_invalid(form)
        messages.success(
            self.request, _("Your answer to the offer of “%(page)s” is saved.") % {"page": self.share.page}
        )
        return redirect("shares")


class ShareListView(NewsroomView, TemplateView):
    """The offers to the user's sites, and the offers of these sites to others."""

    template_name = "editorial/shares.html"
    page_title = gettext_lazy("Shared pages")
    header_icon = "resubmit"

    def get_context_data(self, **kwargs):
        user = self.request.user
        own = [
            site for site in Site.objects.select_related("root_page") if sharing.may_publish_on(user, site.root_page)
        ]
        if not own:
            raise PermissionDenied
        shares = Share.objects.select_related("page", "site", "offered_by", "decided_by", "alias")
        below = Q()
        for site in own:
            for home in site.root_page.get_translations(inclusive=True):
                below |= Q(page__path__startswith=home.path)
        newest = shares.order_by("-offered_at")
        return super().get_context_data(
            waiting=sharing.with_titles(newest.filter(site__in=own).waiting()),
            received=sharing.with_titles(
                newest.filter(site__in=own).exclude(status=Share.Status.OFFERED)[:LIST_LENGTH]
            ),
            given=newest.filter(below)[:LIST_LENGTH],
            **kwargs,
        )


class WithdrawShareView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, share_id: int) -> HttpResponse:
        share = get_object_or_404(Share, pk=share_id)
        sharing.withdraw(share, request.user)
        [share] = sharing.with_titles([share])
        messages.success(request, _("“%(page)s” is no longer shared.") % {"page": share.title})
        return redirect("shares")
