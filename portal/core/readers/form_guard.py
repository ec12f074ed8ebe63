"""Keeps robots and strangers' pages from posting a public form, without a cookie and without a riddle.

A public form acts on nobody's authority, so there is no session to be ridden (and no cookie to be set for one). What is
left to keep out: pages elsewhere that make their readers' browsers post here, which the browser itself tells
(Sec-Fetch-Site, Origin); posts without our form, which lack its form token; and too many of them.
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

from portal.core.readers.rate_limits import CACHE, RateLimit, source_of

# No field that an editor names can be called so: their names have no hyphen.
FORM_TOKEN = "form-token"  # noqa: S105 - the name of a field
HONEYPOT = "web-site"
LONGEST_TOKEN = 400
# A person needs longer even with the browser's help; and has lunch in between.
SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=12)
BY_SOURCE = RateLimit("posts-source", 30, timedelta(minutes=10))
BY_SITE = RateLimit("posts-site", 600, timedelta(hours=1))

FAULTS = {
    "hasty": _("That was very quick. Please check what you wrote and send it again."),
    "stale": _("This form was open for a long time. Please check what you wrote and send it again."),
    "spent": _("This form was sent before. If you changed something, please send it again."),
    "foreign": _("Please check what you wrote and send it from here."),
    "crowded": _("Too many forms are being sent just now. Please try again in a quarter of an hour."),
}


class Verdict(Enum):
    """What to do with a valid form; the reader gets the same answer whichever it is."""

    NEW = "new"
    REPEATED = "repeated"
    """The same was sent before with the same form token, such as by a second click."""
    ROBOT = "robot"


@dataclass(frozen=True)
class FormToken:
    issued_at: int
    number: str


class Guard:
    """Stands before one form (`purpose`) of one site, for one request; see `GuardedForm`."""

    def __init__(self, request: HttpRequest, site: Site, purpose: str):
        self.request = request
        self.site = site
        self.signer = signing.Signer(salt=f"portal.guard:{site.pk}:{purpose}")
        self.fault = ""

    @property
    def honeypot(self) -> str:
        return HONEYPOT

    @property
    def token_name(self) -> str:
        return FORM_TOKEN

    @cached_property
    def new_token(self) -> str:
        """What the form carries. One that was shown again because of an error keeps its own."""
        if self.shown and self.fault not in ("stale", "spent", "foreign"):
            return self.request.POST[FORM_TOKEN]
        return self.signer.sign_object([int(time.time()), secrets.token_urlsafe(9)])

    @cached_property
    def shown(self) -> FormToken | None:
        """The form token that was sent with the form, if it is one of ours."""
        sent = self.request.POST.get(FORM_TOKEN, "")
        if not sent or len(sent) > LONGEST_TOKEN:
            return None
        try:
            issued_at, number = self.signer.unsign_object(sent)
        except (signing.BadSignature, ValueError, TypeError, UnicodeError):
            return None
        return FormToken(issued_at, number)

    @cached_property
    def content(self) -> str:
        """What tells two posts with one form token apart."""
        sent = sorted((name, values) for name, values in self.request.POST.lists() if name != FORM_TOKEN)
        return sha256(repr(sent).encode("utf-8", "surrogatepass")).hexdigest()

    def find_fault(self) -> str:
        """Why the form should be shown again, a key of FAULTS; empty if it may be taken."""
        self.fault = self._fault()
        return self.fault

    def _fault(self) -> str:
        if not self._is_from_here():
            return "foreign"
        age = time.time() - self.shown.issued_at if self.shown else None
        if age is None or not 0 <= age <= LATEST.total_seconds():
            return "stale"
        if age < SOONEST.total_seconds():
            return "hasty"
        if caches[CACHE].get(self._key, self.content) != self.content:
            return "spent"
        within = [BY_SOURCE.admits(source_of(self.request)), BY_SITE.admits(self.site.pk)]
        return "" if all(within) else "crowded"

    def take(self) -> Verdict:
        """Use the form token up; call it once, when the form is valid."""
        if self.request.POST.get(HONEYPOT):
            return Verdict.ROBOT
        is_first = caches[CACHE].add(self._key, self.content, int(LATEST.total_seconds()))
        return Verdict.NEW if is_first else Verdict.REPEATED

    @property
    def _key(self) -> str:
        return f"form-token:{self.shown.number if self.shown else ''}"

    def _is_from_here(self) -> bool:
        headers = self.request.headers
        if told := headers.get("Sec-Fetch-Site"):
            return told in ("same-origin", "none")
        origin = headers.get("Origin")
        # Behind a proxy we may not know whether we are reached by https: the host decides.
        return origin is None or _host_of(origin) == self.request.get_host().lower()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


class GuardedForm(forms.Form):
    """A public form. Its view answers a valid one always in the same way, and acts only if `verdict` is NEW.

    The template shows it by `components/form.html`, which has the form token and the honeypot.
    """

    def __init__(self, *args: Any, guard: Guard, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.guard = guard

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors and (fault := self.guard.find_fault()):
            self.add_error(None, ValidationError(FAULTS[fault], code=fault))

    @cached_property
    def verdict(self) -> Verdict:
        return self.guard.take()
