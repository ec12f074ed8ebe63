"""Settings of accounts and django-allauth that no environment variable changes."""

from datetime import timedelta

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.editorial.sign_in.strength.StrengthValidator"},
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

ACCOUNT_ADAPTER = "portal.editorial.sign_in.adapter.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
# Accounts are created by invitation or command: there is no sign-up, and owners confirm their addresses.
ACCOUNT_SIGNUP_ENABLED = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# The page itself redirects users who may enter the newsroom, but no other users.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "wagtailadmin_login"
# Attempts are limited by portal/editorial/sign_in/attempts.py, which locks nobody out.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}

MFA_ADAPTER = "portal.editorial.sign_in.factors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# The codes of the previous and next half minute are also valid, because clocks differ, and people type slowly.
MFA_TOTP_TOLERANCE = 1
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=30)
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "portal.editorial.sign_in.factors.forms.CodeForm",
    "reauthenticate": "portal.editorial.sign_in.factors.forms.CodeProofForm",
    "login_webauthn": "portal.editorial.sign_in.factors.forms.PasskeySignInForm",
    "authenticate_webauthn": "portal.editorial.sign_in.factors.forms.LimitedKey",
    "reauthenticate_webauthn": "portal.editorial.sign_in.factors.forms.KeyProofForm",
    "add_webauthn": "portal.editorial.sign_in.factors.forms.AddPasskeyForm",
}

SOCIALACCOUNT_ADAPTER = "portal.editorial.sign_in.providers.adapter.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {"saml": {"provider_class": "portal.editorial.sign_in.providers.saml.SamlProvider"}}
# The provider may redirect a form to further hosts, which a content security policy cannot list in advance.
SOCIALACCOUNT_LOGIN_ON_GET = True
