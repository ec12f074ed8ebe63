"""A sign-in attempt and its rate limits: by account, source, network and known device."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from portal.content.readers.sources import network_of, source_of
from portal.platform.rate_limits import FirstWait, GrowingDelay, RateLimit

QUARTER = timedelta(minutes=15)
BY_DEVICE = GrowingDelay("sign-in-device", 10, QUARTER)
BY_ACCOUNT_AND_SOURCE = GrowingDelay("sign-in-pair", 5, QUARTER)
BY_ACCOUNT_AND_NETWORK = GrowingDelay("sign-in-pair-network", 15, timedelta(minutes=1))
# While an account is under attack, each source waits this long before its first attempt. The delay is per source, so
# that attackers in other networks cannot use up the owner's attempts.
GUESSED = RateLimit("sign-in-guessed", 20, timedelta(days=1))
BEFORE_FIRST = FirstWait("sign-in-first", timedelta(seconds=10))
BY_SOURCE = GrowingDelay("sign-in-source", 20, QUARTER)
BY_NETWORK = GrowingDelay("sign-in-network", 100, timedelta(minutes=1))

DEVICE_LIFETIME = timedelta(days=180)
LONGEST_DEVICE = 300


class SignInAttempt:
    """An attempt to sign in to the account with this name. The account may not exist; the limits are the same.

    A later `step`, such as a code, is counted separately, so that the correct password before it does not reset the
    count. A signed cookie identifies a browser that has signed in to the account before. Such a browser has its own
    limit, so that attackers elsewhere cannot lock the owner out.
    """

    def __init__(self, request: HttpRequest, username: str, step: str = ""):
        self.request = request
        self.account = _hash_of(f"{username}\n{step}" if step else username)
        self.device = _device_of(request, _hash_of(username))

    @property
    def _limits(self) -> list[tuple[GrowingDelay, tuple[str, ...]]]:
        if self.device:
            return [(BY_DEVICE, (self.account, self.device))]
        source = source_of(self.request)
        return [
            (BY_ACCOUNT_AND_SOURCE, (self.account, source)),
            (BY_SOURCE, (source,)),
            (BY_NETWORK, (network_of(self.request),)),
            (BY_ACCOUNT_AND_NETWORK, (self.account, network_of(self.request))),
        ]

    def wait(self) -> int:
        """Count the attempt; return 0 if it is permitted, or otherwise the seconds to wait."""
        is_guessed = not self.device and GUESSED.is_reached(self.account)
        if is_guessed and (seconds := BEFORE_FIRST.remaining(self.account, source_of(self.request))):
            return seconds
        admitted: list[tuple[GrowingDelay, tuple[str, ...]]] = []
        for limit, subject in self._limits:
            if seconds := limit.wait(*subject):
                for earlier, its_subject in admitted:
                    earlier.take_back(*its_subject)
                return seconds
            admitted.append((limit, subject))
        if not self.device:
            GUESSED.allows(self.account)
        return 0

    def succeeded(self) -> None:
        """Reset the counts of a source that gave the right password, but not those of other sources."""
        for limit, subject in self._limits:
            if limit in (BY_DEVICE, BY_ACCOUNT_AND_SOURCE):
                limit.forget(*subject)
            else:
                limit.take_back(*subject)
        if not self.device:
            GUESSED.take_back(self.account)


def is_known_device(request: HttpRequest, user: Any) -> bool:
    return bool(_device_of(request, _hash_of(user.get_username())))


def remember_device(request: HttpRequest, response: HttpResponseBase, user: Any) -> None:
    """Remember this browser as the account's for half a year."""
    account = _hash_of(user.get_username())
    device = _device_of(request, account) or secrets.token_urlsafe(12)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        _signer().sign_object([account, device]),
        max_age=int(DEVICE_LIFETIME.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device_of(request: HttpRequest, account: str) -> str:
    """The number of a browser known for this account; empty for other browsers."""
    sent = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not sent or len(sent) > LONGEST_DEVICE:
        return ""
    try:
        known, device = _signer().unsign_object(sent, max_age=DEVICE_LIFETIME)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError):
        return ""
    return str(device) if known == account else ""


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="portal.sign_in.device")


def _hash_of(username: str) -> str:
    return salted_hmac("portal.sign_in.account", username.strip().casefold(), algorithm="sha256").hexdigest()[:32]
