"""The newsroom's URLs of django-allauth's views, except those that replace Wagtail's."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as providers
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from portal.editorial.sign_in.factors import views as factor_views
from portal.editorial.sign_in.providers.configured import HAS_SAML
from portal.editorial.sign_in.providers.views import came_back, sign_in_again, sign_in_by, signed_out_there
from portal.editorial.sign_in.sessions.views import SessionsView
from portal.editorial.sign_in.views import ChangePasswordView, SignInView


def _uncached(route: str, view: Any, name: str) -> URLPattern:
    return path(route, never_cache(view), name=name)


# django-allauth reverses these names. The first is also Wagtail's URL.
urlpatterns = [
    _uncached("login/", SignInView.as_view(), "account_login"),
    _uncached("login/closed/", account.account_inactive, "account_inactive"),
    _uncached("login/code/", factor_views.FactorView.as_view(), "mfa_authenticate"),
    _uncached("login/trust/", factor_views.TrustView.as_view(), "mfa_trust"),
    _uncached("login/passkey/", passkeys.login_webauthn, "mfa_login_webauthn"),
    _uncached("login/by/<slug:provider_id>/", sign_in_by, "openid_connect_login"),
    _uncached("login/by/<slug:provider_id>/again/", sign_in_again, "sign_in_again"),
    _uncached("login/by/<slug:provider_id>/ended/", signed_out_there, "signed_out_there"),
    _uncached("login/by/<slug:provider_id>/back/", came_back, "openid_connect_callback"),
    _uncached("login/cancelled/", providers.login_cancelled, "socialaccount_login_cancelled"),
    _uncached("account/password/", ChangePasswordView.as_view(), "account_change_password"),
    _uncached("account/proof/", account.reauthenticate, "account_reauthenticate"),
    _uncached("account/proof/code/", factor_views.CodeReauthenticateView.as_view(), "mfa_reauthenticate"),
    _uncached("account/proof/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _uncached("account/sessions/", SessionsView.as_view(), "usersessions_list"),
    _uncached("account/factors/", factor_views.FactorsView.as_view(), "mfa_index"),
    _uncached("account/factors/app/", app.activate_totp, "mfa_activate_totp"),
    _uncached("account/factors/app/remove/", app.deactivate_totp, "mfa_deactivate_totp"),
    _uncached("account/factors/codes/", factor_views.CodesView.as_view(), "mfa_view_recovery_codes"),
    _uncached("account/factors/codes/new/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    _uncached("account/factors/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), "mfa_list_webauthn"),
    _uncached("account/factors/passkeys/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    _uncached("account/factors/passkeys/<int:pk>/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    _uncached(
        "account/factors/passkeys/<int:pk>/remove/", factor_views.RemovePasskeyView.as_view(), "mfa_remove_webauthn"
    ),
]
if HAS_SAML:
    # Needs packages from an extra.
    from portal.editorial.sign_in.providers import saml_views as saml

    urlpatterns += [
        _uncached("login/by/<slug:organization_slug>/saml/", saml.back, "saml_acs"),
        _uncached("login/by/<slug:organization_slug>/saml/read/", saml.read, "saml_finish_acs"),
        _uncached("login/by/<slug:organization_slug>/saml/ended/", saml.ended, "saml_sls"),
        _uncached("login/by/<slug:organization_slug>/saml/metadata/", saml.metadata, "saml_metadata"),
    ]
