"""Settings → Sign-in: the forms of providers and of the roles that their claims grant."""

from typing import Any

from allauth.socialaccount.models import SocialApp
from django import forms
from django.db import transaction
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import modelformset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.models import Site

from portal.editorial.models import ClaimedRole, Role
from portal.editorial.sign_in import encryption
from portal.editorial.sign_in.providers.configured import HAS_SAML, OPENID, SAML, apps, completed
from portal.platform.newsroom_views import NewsroomView


class ClaimedRoleForm(forms.ModelForm):
    role = forms.ChoiceField(label=pgettext_lazy("in a newsroom", "role"), choices=[*BLANK_CHOICE_DASH, *Role.choices])

    class Meta:
        model = ClaimedRole
        fields = ("value", "site", "role")


Table = modelformset_factory(ClaimedRole, form=ClaimedRoleForm, extra=3, can_delete=True)


class ProviderForm(forms.ModelForm):
    """The base class of provider forms."""

    kind: str
    # The form fields that are provider settings.
    facts: tuple[str, ...] = ("domains", "hosts", "claim", "demands_factor")
    domains = forms.CharField(
        label=_("Domains of addresses"),
        required=False,
        help_text=_(
            "Such as region.example, agency.example: the provider vouches for mail addresses of these domains."
        ),
    )
    hosts = forms.MultipleChoiceField(
        label=_("Sites"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Choose none for all sites.")
    )
    claim = forms.CharField(
        label=_("Claim with the roles"),
        required=False,
        help_text=_("Such as groups, roles, realm_access.roles or urn:oid:1.3.6.1.4.1.5923.1.1.1.1."),
    )
    demands_factor = forms.BooleanField(
        label=_("The provider requires a second factor"),
        required=False,
        help_text=_("People who sign in with this provider then need no second factor here."),
    )

    class Meta:
        model = SocialApp
        fields: tuple[str, ...] = ("name", "provider_id")
        labels = {"name": _("Name"), "provider_id": _("Word in its addresses")}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["provider_id"] = forms.SlugField(label=_("Word in its addresses"), max_length=40)
        self.fields["provider_id"].disabled = bool(self.instance.pk)
        sites = Site.objects.order_by("site_name", "hostname")
        self.fields["hosts"].choices = [(site.hostname, site.site_name or site.hostname) for site in sites]  # type: ignore[attr-defined]
        stored = self.instance.settings
        self.initial.update({name: stored.get(name) for name in self.facts})
        self.initial["domains"] = ", ".join(stored.get("domains", ()))

    def clean_provider_id(self) -> str:
        slug = self.cleaned_data["provider_id"]
        if slug in {OPENID, SAML, *(app.provider_id for app in apps() if app.pk != self.instance.pk)}:
            raise forms.ValidationError(gettext("This name is taken."))
        return slug

    def clean_domains(self) -> list[str]:
        return [domain.strip().casefold() for domain in self.cleaned_data["domains"].split(",") if domain.strip()]

    def save(self, commit: bool = True) -> SocialApp:
        app: SocialApp = super().save(commit=False)
        app.provider = self.kind
        app.settings = completed(self.kind, app.settings | {name: self.cleaned_data[name] for name in self.facts})
        app.save()
        return app


class OpenIDForm(ProviderForm):
    """The secret field is always empty. If it stays empty, the secret does not change."""

    kind = OPENID
    facts = (*ProviderForm.facts, "server_url")
    server_url = forms.URLField(label=_("Address of the provider"), assume_scheme="https")
    secret = forms.CharField(
        label=_("Client secret"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    field_order = ("name", "provider_id", "client_id", "server_url")

    class Meta(ProviderForm.Meta):
        fields = ("name", "provider_id", "client_id")
        labels = ProviderForm.Meta.labels | {"client_id": _("Client ID")}

    def save(self, commit: bool = True) -> SocialApp:
        if secret := self.cleaned_data["secret"]:
            self.instance.secret = encryption.encrypt(secret)
        return super().save(commit)


class SamlForm(ProviderForm):
    kind = SAML
    entity_id = forms.CharField(label=_("Entity ID"))
    metadata_url = forms.URLField(label=_("Address of its metadata"), assume_scheme="https")
    field_order = ("name", "provider_id", "entity_id", "metadata_url")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.update(self.instance.settings.get("idp", {}))

    def save(self, commit: bool = True) -> SocialApp:
        self.instance.client_id = self.instance.provider_id
        self.instance.settings["idp"] = {name: self.cleaned_data[name] for name in ("entity_id", "metadata_url")}
        return super().save(commit)


class NetworkView(NewsroomView, TemplateView):
    """A page for network administrators only."""

    page_title = _("Sign-in")
    header_icon = "lock"

    def test_func(self) -> bool:
        return self.request.user.is_superuser


class ProviderView(NetworkView):
    template_name = "editorial/sign_in/provider.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        key = kwargs.get("key")
        self.app = get_object_or_404(SocialApp, pk=key) if key is not None else SocialApp(provider=kwargs["kind"])
        self.form_class = SamlForm if self.app.provider == SAML else OpenIDForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._shown(self.form_class(instance=self.app), self._table())

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.app.pk and "delete" in request.POST:
            log(instance=self.app, action="wagtail.delete", user=request.user, deleted=True)
            self._lines().delete()
            self.app.delete()
            messages.success(request, gettext("Deleted."))
            return redirect("sign_in_rules")
        form, table = self.form_class(request.POST, instance=self.app), self._table(request.POST)
        if not (form.is_valid() & table.is_valid()):
            return self._shown(form, table)
        is_new = self.app.pk is None
        app = form.save()
        for line in table.save(commit=False):
            line.provider = app.provider_id
            line.save()
        for line in table.deleted_objects:
            line.delete()
        log(instance=app, action="wagtail.create" if is_new else "wagtail.edit", user=request.user)
        messages.success(request, gettext("Saved."))
        return redirect("sign_in_rules")

    def _lines(self) -> Any:
        return ClaimedRole.objects.filter(provider=self.app.provider_id or "-").order_by("value", "pk")

    def _table(self, data: Any = None) -> Any:
        return Table(data, queryset=self._lines(), prefix="roles")

    def _shown(self, form: ProviderForm, table: Any) -> HttpResponse:
        address = "/admin/login/by/{}/".format(self.app.provider_id or "…")
        back = f"{self.request.scheme}://{self.request.get_host()}{address}"
        back += "saml/metadata/" if form.kind == SAML else "back/"
        lacks_extra = form.kind == SAML and not HAS_SAML
        facts = {"form": form, "table": table, "app": self.app, "back": back, "lacks_extra": lacks_extra}
        return self.render_to_response(self.get_context_data(**facts))


URLS = [
    path("office/sign-in/providers/add/", ProviderView.as_view(), {"kind": OPENID}, name="sign_in_provider_add"),
    path("office/sign-in/providers/add/saml/", ProviderView.as_view(), {"kind": SAML}, name="sign_in_saml_add"),
    path("office/sign-in/providers/<int:key>/", ProviderView.as_view(), name="sign_in_provider"),
]
