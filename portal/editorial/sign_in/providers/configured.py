"""The configured providers, from the file SIGN_IN_PROVIDERS and from Settings → Sign-in."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.core import checks
from wagtail.models import Site

from portal.editorial.records.providers import ClaimedRole
from portal.editorial.sign_in import encryption

OPENID, SAML = "openid_connect", "saml"
HAS_SAML = find_spec("onelogin") is not None
# These override the operator's file: the provider must sign, and must respond to a request of ours. Host names such as
# lorraine.localhost are allowed.
SAML_RULES = {
    "strict": True,
    "reject_idp_initiated_sso": True,
    "reject_deprecated_algorithm": True,
    "allow_single_label_domains": True,
}


@dataclass(frozen=True)
class Line:
    """A row of the table: people with this claim value get this role on the site with this host."""

    value: str
    host: str
    role: str


@dataclass(frozen=True)
class Provider:
    """`domains` are the mail domains that the provider vouches for. `hosts` are its sites; all if empty."""

    slug: str
    name: str
    domains: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    claim: str = ""
    demands_factor: bool = False
    lines: tuple[Line, ...] = ()

    def is_for(self, host: str) -> bool:
        return not self.hosts or host in self.hosts

    def vouches_for(self, address: str) -> bool:
        return address.rpartition("@")[2].casefold() in self.domains


def apps() -> list[SocialApp]:
    """All providers as django-allauth expects them, with decrypted secrets. The file's providers come first."""
    stored = list(SocialApp.objects.order_by("name"))
    for app in stored:
        app.secret = encryption.decrypt(app.secret) if app.secret else ""
    return [*(_app_of(slug, facts) for slug, facts in settings.SIGN_IN_PROVIDERS.items()), *stored]


def usable_apps() -> list[SocialApp]:
    """The providers without those that need a missing extra."""
    return [app for app in apps() if app.provider != SAML or HAS_SAML]


def provider_of(app: SocialApp) -> Provider:
    facts: dict[str, Any] = app.settings
    lines = [Line(**line) for line in facts.get("roles", ())]
    if app.pk:
        rows = ClaimedRole.objects.filter(provider=app.provider_id).select_related("site")
        lines += [Line(row.value, row.site.hostname, row.role) for row in rows]
    return Provider(
        slug=app.provider_id,
        name=app.name,
        domains=tuple(domain.casefold() for domain in facts.get("domains", ())),
        hosts=tuple(facts.get("hosts", ())),
        claim=facts.get("claim", ""),
        demands_factor=bool(facts.get("demands_factor")),
        lines=tuple(lines),
    )


def providers_at(site: Site | None) -> list[Provider]:
    """The providers on a site's sign-in page."""
    found = [provider_of(app) for app in usable_apps()]
    return [provider for provider in found if site is None or provider.is_for(site.hostname)]


def provider_for(address: str, site: Site | None) -> Provider | None:
    """The provider that vouches for the domain of this address."""
    return next((provider for provider in providers_at(site) if provider.vouches_for(address)), None)


@checks.register
def check_extra(**kwargs: Any) -> list[checks.CheckMessage]:
    names = [slug for slug, facts in settings.SIGN_IN_PROVIDERS.items() if facts.get("protocol") == SAML]
    if HAS_SAML or not names:
        return []
    message = f"Nobody can sign in by {', '.join(names)}: SAML needs an extra that is not installed."
    return [checks.Warning(message, hint="sh portal/bootstrap.sh --no-dev --extra saml", id="portal.W003")]


def owners_of(account: Any) -> list[Provider]:
    """The configured providers through which this account signs in. Such an account has no password here."""
    slugs = set(account.socialaccount_set.values_list("provider", flat=True)) if account.pk else set()
    return [provider for provider in (provider_of(app) for app in apps()) if provider.slug in slugs] if slugs else []


def _app_of(slug: str, facts: dict[str, Any]) -> SocialApp:
    kind, name = facts.get("protocol", OPENID), facts.get("name", slug)
    given = {"name": name, "client_id": facts.get("client_id", slug), "secret": facts.get("secret", "")}
    others = {key: value for key, value in facts.items() if key not in given}
    return SocialApp(provider=kind, provider_id=slug, settings=completed(kind, others), **given)


def completed(kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Add django-allauth's settings: addresses of these domains count as verified, and codes are bound (PKCE)."""
    facts = {**facts, "verified_email": list(facts.get("domains", ()))}
    if kind == SAML:
        return {**facts, "advanced": {**facts.get("advanced", {}), **SAML_RULES}}
    return {"oauth_pkce_enabled": True, **facts}
