"""Protects public forms from robots and cross-site posts, without cookies or a CAPTCHA.

The guard rejects cross-site posts by the browser's headers (Sec-Fetch-Site, Origin), posts without a valid form token,
and too many posts from one source (see `sources`). On a site with very many posts, it slows them down: a browser with
scripts computes a proof of work, and others wait a few seconds.
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
from django.conf import settings
from django.core import signing
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.content.readers import proof_of_work
from portal.content.readers.form_fields import say_what_to_do
from portal.content.readers.sources import hash_of_source, source_of
from portal.content.serving.editions import MenuLink, edition_of
from portal.platform.rate_limits import CACHE, RateLimit, may_ask_for_mail

# Field names that editors choose contain no hyphen, so they cannot clash with these.
FORM_TOKEN = "form-token"  # noqa: S105 - the name of a field
FORM_PROOF = "form-proof"
HONEYPOT = "web-site"
LONGEST_TOKEN = 400
# Even with autofill, a person needs longer than SOONEST. LATEST leaves time for a break.
SOONEST = timedelta(seconds=2)
LATEST = timedelta(hours=12)
BY_SOURCE = RateLimit("posts-source", 30, timedelta(minutes=10))
# Above this limit, refused posts are not recorded, so that nobody can fill the cache with used tokens.
REFUSED_BY_SOURCE = RateLimit("posts-refused", 60, timedelta(minutes=10))
# How long a reader without scripts waits on a site with very many posts. The text says ten seconds.
WAIT = timedelta(seconds=8)
WITHOUT_PROOF = RateLimit("posts-without-proof", 2, timedelta(minutes=1))
REPORTED = RateLimit("busy-site-reported", 1, timedelta(hours=6))

# Sent with the `site`, at most every six hours, while the site gets more posts than FORMS_AN_HOUR.
site_is_busy = Signal()

# Stored instead of the content hash of a refused post.
REFUSED = "-"

PROBLEMS = {
    "too_fast": _("That was very quick. Please check what you wrote and send it again."),
    "expired": _("This form was open for a long time. Please check what you wrote and send it again."),
    "reused": _("This form was sent before. If you changed something, please send it again."),
    "cross_site": _("Please check what you wrote and send it from here."),
    "busy": _(
        "Very many forms are being sent here just now. Your browser will send yours again by itself in a few seconds; "
        "if scripts are off, please wait ten seconds and press the button again."
    ),
    "unconfirmed": _(
        "Many mails were requested from your network, and few of their links were followed. Please follow them, or try "
        "again in an hour."
    ),
    "rate_limited": _("Too many forms are being sent just now. Please try again in a quarter of an hour."),
}


class Verdict(Enum):
    """What to do with a valid form. The reader gets the same response in each case."""

    NEW = "new"
    # The same content was already sent with the same form token, for example by a double click.
    REPEATED = "repeated"
    ROBOT = "robot"


@dataclass(frozen=True)
class FormToken:
    """`issued_at` is when the reader opened the form; `slowed_at` is when they first had to wait, or 0."""

    issued_at: int
    number: str
    slowed_at: int


class FormGuard:
    """Protects one form (`purpose`) of one site during one request; see `GuardedForm`."""

    # For the template.
    honeypot, token_name, proof_name = HONEYPOT, FORM_TOKEN, FORM_PROOF
    puzzles, bits = proof_of_work.PUZZLES, proof_of_work.BITS

    def __init__(self, request: HttpRequest, site: Site, purpose: str):
        self.request = request
        self.site = site
        self.signer = signing.Signer(salt=f"portal.guard:{site.pk}:{purpose}")
        self.problem = ""
        self._is_first = False

    @cached_property
    def is_slowed(self) -> bool:
        """Whether the rendered form requires a proof of work because the site gets very many posts."""
        return self.problem == "busy" or _posts_of_site().is_reached(self.site.pk)

    @cached_property
    def new_token(self) -> str:
        """The token for the rendered form. Each post uses up its token; the next one keeps the time of issue."""
        now = int(time.time())
        is_old = self.token and not self.origin_problem
        issued_at = self.token.issued_at if self.token and is_old else now
        slowed_at = ((self.token and self.token.slowed_at) or now) if self.is_slowed else 0
        return self.signer.sign_object([issued_at, secrets.token_urlsafe(9), slowed_at])

    @cached_property
    def token(self) -> FormToken | None:
        """The form token of the request; None if it is missing or not signed for this form and site."""
        sent = self.request.POST.get(FORM_TOKEN, "")
        if not sent or len(sent) > LONGEST_TOKEN:
            return None
        try:
            issued_at, number, slowed_at = self.signer.unsign_object(sent)
        except (signing.BadSignature, ValueError, TypeError, UnicodeError):
            return None
        return FormToken(issued_at, number, slowed_at)

    @cached_property
    def content_hash(self) -> str:
        """A hash that distinguishes two posts with the same form token but different content."""
        sent = sorted(
            (name, values) for name, values in self.request.POST.lists() if name not in (FORM_TOKEN, FORM_PROOF)
        )
        files = sorted((name, [(each.name, each.size) for each in found]) for name, found in self.request.FILES.lists())
        return sha256(repr([sent, files]).encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def origin_problem(self) -> str:
        """Why the post may not store anything, whatever it contains; a key of PROBLEMS, or an empty string."""
        if not self._is_from_here():
            return "cross_site"
        age = time.time() - self.token.issued_at if self.token else -1
        return "" if 0 <= age <= LATEST.total_seconds() else "expired"

    def find_problem(self, asks_for_mail: bool = False) -> str:
        """Check and count a post. Return why the form must be shown again, as a key of PROBLEMS, or an empty string.

        `asks_for_mail` means that the form sends an email to the submitted address.
        """
        self.problem = self._problem(asks_for_mail)
        return self.problem

    def refuse(self) -> None:
        if self.token and REFUSED_BY_SOURCE.allows(source_of(self.request)):
            self._use_up(REFUSED)

    def free(self) -> None:
        """Let the reader send the post again, because it was not saved."""
        caches[CACHE].delete(self._key)

    def _use_up(self, content: str) -> bool:
        """Store the content hash to mark the form token as used; return False if it was used before."""
        return caches[CACHE].add(self._key, content, int(LATEST.total_seconds()))

    def _problem(self, asks_for_mail: bool) -> str:
        if self.origin_problem or self.token is None:
            return self.origin_problem
        if time.time() - self.token.issued_at < SOONEST.total_seconds():
            return "too_fast"
        if not BY_SOURCE.allows(source_of(self.request)):
            return "rate_limited"
        known = caches[CACHE].get(self._key)
        if known is not None:
            return "" if known == self.content_hash else "reused"
        # Only new and plausible posts count towards the site's limit.
        if not self.is_trapped and not _posts_of_site().allows(self.site.pk) and not self._may_pass_while_busy():
            if REPORTED.allows(self.site.pk):
                site_is_busy.send(FormGuard, site=self.site)
            return "busy"
        if asks_for_mail and not self.is_trapped and not may_ask_for_mail(hash_of_source(self.request)):
            return "unconfirmed"
        self._is_first = self._use_up(self.content_hash)
        return ""

    @property
    def is_trapped(self) -> bool:
        return bool(self.request.POST.get(HONEYPOT))

    def _may_pass_while_busy(self) -> bool:
        """Whether the browser sent a proof of work, or waited and its source is within the limit."""
        if proof_of_work.is_proof(self.request.POST[FORM_TOKEN], self.request.POST.get(FORM_PROOF, "")):
            return True
        slowed_at = self.token.slowed_at if self.token else 0
        has_waited = bool(slowed_at) and time.time() - slowed_at >= WAIT.total_seconds()
        return has_waited and WITHOUT_PROOF.allows(source_of(self.request))

    @property
    def verdict(self) -> Verdict:
        """What to do with the post once no problem was found."""
        if self.is_trapped:
            return Verdict.ROBOT
        return Verdict.NEW if self._is_first else Verdict.REPEATED

    @property
    def _key(self) -> str:
        return f"form-token:{self.token.number if self.token else ''}"

    def _is_from_here(self) -> bool:
        headers = self.request.headers
        if fetch_site := headers.get("Sec-Fetch-Site"):
            return fetch_site in ("same-origin", "none")
        origin = headers.get("Origin")
        # The scheme may be unknown behind a proxy, so only hosts are compared.
        return origin is None or _host_of(origin) == self.request.get_host().lower()


def _posts_of_site() -> RateLimit:
    return RateLimit("posts-site", settings.FORMS_AN_HOUR, timedelta(hours=1))


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


class GuardedForm(forms.Form):
    """A public form. Its view responds to all valid posts alike, and only acts if `verdict` is NEW.

    The template `components/form.html` renders it with the form token and the honeypot.
    """

    # Whether an email goes to the submitted address, which may be a stranger's.
    asks_for_mail = False

    def __init__(self, *args: Any, guard: FormGuard, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.guard = guard

    @property
    def is_sent(self) -> bool:
        """False while the reader only goes from step to step of a form; such a post uses up no token."""
        return True

    def full_clean(self) -> None:
        for field in self.fields.values():
            say_what_to_do(field)
        super().full_clean()
        if not self.is_bound or not self.is_sent:
            return
        if not self.errors and (problem := self.guard.find_problem(self.asks_for_mail)):
            self.add_error(None, ValidationError(PROBLEMS[problem], code=problem))
        if self.errors:
            self.guard.refuse()

    @property
    def verdict(self) -> Verdict:
        return self.guard.verdict

    @property
    def privacy_notice(self) -> MenuLink | None:
        """The link to the edition's privacy notice, if that page is public."""
        return edition_of(self.guard.request).statutory.get("privacy")
