"""Protects public forms from robots and cross-site posts, without a cookie and without a CAPTCHA.

A public form uses no session, so there is none to abuse (and no cookie to set for one). The guard rejects cross-site
posts, by the browser's own headers (Sec-Fetch-Site, Origin); posts without a valid form token; and too many posts.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core import signing
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.core.readers.rate_limits import CACHE, RateLimit
from portal.core.readers.sources import source_of

# Fields of editors cannot have these names: theirs have no hyphen.
FORM_TOKEN = "form-token"  # noqa: S105 - the name of a field
HONEYPOT = "web-site"
LONGEST_TOKEN = 400
# Even with autofill a person needs longer than SOONEST; LATEST allows for a break.
SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=12)
BY_SOURCE = RateLimit("posts-source", 30, timedelta(minutes=10))
BY_SITE = RateLimit("posts-site", 600, timedelta(hours=1))

PROBLEMS = {
    "too_fast": _("That was very quick. Please check what you wrote and send it again."),
    "expired": _("This form was open for a long time. Please check what you wrote and send it again."),
    "reused": _("This form was sent before. If you changed something, please send it again."),
    "cross_site": _("Please check what you wrote and send it from here."),
    "rate_limited": _("Too many forms are being sent just now. Please try again in a quarter of an hour."),
}


class Verdict(Enum):
    """What to do with a valid form; the response to the reader is the same in each case."""

    NEW = "new"
    REPEATED = "repeated"
    """The same content was sent before with the same form token, such as by a second click."""
    ROBOT = "robot"


@dataclass(frozen=True)
class FormToken:
    issued_at: int
    number: str


class FormGuard:
    """Protects one form (`purpose`) of one site during one request; see `GuardedForm`."""

    def __init__(self, request: HttpRequest, site: Site, purpose: str):
        self.request = request
        self.site = site
        self.signer = signing.Signer(salt=f"portal.guard:{site.pk}:{purpose}")
        self.problem = ""

    @property
    def honeypot(self) -> str:
        return HONEYPOT

    @property
    def token_name(self) -> str:
        return FORM_TOKEN

    @cached_property
    def new_token(self) -> str:
        """The token for the rendered form; a form that is shown again because of an error keeps its token."""
        if self.token and self.problem not in ("expired", "reused", "cross_site"):
            return self.request.POST[FORM_TOKEN]
        return self.signer.sign_object([int(time.time()), secrets.token_urlsafe(9)])

    @cached_property
    def token(self) -> FormToken | None:
        """The form token of the request, or None if it is missing or not signed for this form and site."""
        sent = self.request.POST.get(FORM_TOKEN, "")
        if not sent or len(sent) > LONGEST_TOKEN:
            return None
        try:
            issued_at, number = self.signer.unsign_object(sent)
        except (signing.BadSignature, ValueError, TypeError, UnicodeError):
            return None
        return FormToken(issued_at, number)

    @cached_property
    def content_hash(self) -> str:
        """A hash that differs between two posts of one form token with different content."""
        sent = sorted((name, values) for name, values in self.request.POST.lists() if name != FORM_TOKEN)
        return sha256(repr(sent).encode("utf-8", "surrogatepass")).hexdigest()

    def find_problem(self) -> str:
        """Return why the form must be shown again, as a key of PROBLEMS; an empty string if it is acceptable."""
        self.problem = self._problem()
        return self.problem

    def _problem(self) -> str:
        if not self._is_from_here():
            return "cross_site"
        age = time.time() - self.token.issued_at if self.token else None
        if age is None or not 0 <= age <= LATEST.total_seconds():
            return "expired"
        if age < SOONEST.total_seconds():
            return "too_fast"
        if caches[CACHE].get(self._key, self.content_hash) != self.content_hash:
            return "reused"
        within = [BY_SOURCE.allows(source_of(self.request)), BY_SITE.allows(self.site.pk)]
        return "" if all(within) else "rate_limited"

    def redeem(self) -> Verdict:
        """Use up the form token; call this once, after the form was found valid."""
        if self.request.POST.get(HONEYPOT):
            return Verdict.ROBOT
        is_first = caches[CACHE].add(self._key, self.content_hash, int(LATEST.total_seconds()))
        return Verdict.NEW if is_first else Verdict.REPEATED

    @property
    def _key(self) -> str:
        return f"form-token:{self.token.number if self.token else ''}"

    def _is_from_here(self) -> bool:
        headers = self.request.headers
        if fetch_site := headers.get("Sec-Fetch-Site"):
            return fetch_site in ("same-origin", "none")
        origin = headers.get("Origin")
        # Behind a proxy the scheme may be unknown, so only the host is compared.
        return origin is None or _host_of(origin) == self.request.get_host().lower()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


class GuardedForm(forms.Form):
    """A public form. Its view responds to a valid one always in the same way, and acts only if `verdict` is NEW.

    The template `components/form.html` renders it with the form token and the honeypot.
    """

    def __init__(self, *args: Any, guard: FormGuard, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.guard = guard

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors and (problem := self.guard.find_problem()):
            self.add_error(None, ValidationError(PROBLEMS[problem], code=problem))

    @cached_property
    def verdict(self) -> Verdict:
        return self.guard.redeem()
