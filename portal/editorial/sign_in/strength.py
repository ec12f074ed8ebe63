"""Rejects passwords that are easy to guess, without contacting any service."""

import re
from collections.abc import Iterable
from itertools import compress
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.models import Site
from zxcvbn import zxcvbn

# Scores are from 0 to 4. With a score of 3, it takes more than 10⁸ guesses to crack a hash.
LEAST_SCORE = 3
# Longer passwords take long to analyse, and their beginning alone makes them strong.
LONGEST = 72
REASONS = {
    "dictionary": _("It consists of words or passwords that attackers try first."),
    "repeat": _("It repeats itself."),
    "sequence": _("It is a sequence of letters or numbers."),
    "spatial": _("It is a row of keys on the keyboard."),
    "date": _("It is a date."),
    "regex": _("It is a year."),
}


# Shorter words, such as articles, occur in many passwords.
WORD = re.compile(r"[^\W\d_]{4,}")
OWN_WORD = re.compile(r"[^\W\d_]{3,}")
SEPARATORS = re.compile(r"[\W_]+")
LEET = str.maketrans("013457@$!", "oieastasi")


class StrengthValidator:
    """Rejects leaked passwords, dictionary words, names and patterns, with a reason (zxcvbn).

    Names of the network, its sites, their hosts and the account's owner do not count: the rest must be strong.
    """

    def validate(self, password: str, user: Any = None) -> None:
        password, names = password[:LONGEST], _words(user)
        left = _without(password, names)
        if left != password and not _is_strong(SEPARATORS.sub("", left), names):
            raise _too_weak(_("It consists of names: yours, or those of the network and its sites."))
        found = zxcvbn(password, user_inputs=sorted(names))
        if found["score"] < LEAST_SCORE:
            longest = max(found["sequence"], key=lambda part: len(part["token"]), default={"pattern": ""})
            raise _too_weak(REASONS.get(longest["pattern"], _("It is too short for the characters it uses.")))

    def get_help_text(self) -> str:
        return gettext("Several words that have nothing in common are strong and easy to remember.")


def _too_weak(reason: Any) -> ValidationError:
    advice = gettext("This password is easy to guess. %(reason)s Use several words that have nothing in common.")
    return ValidationError(advice, code="password_too_weak", params={"reason": reason})


def _is_strong(password: str, names: Iterable[str]) -> bool:
    return bool(password) and zxcvbn(password, user_inputs=sorted(names))["score"] >= LEAST_SCORE


def _words(user: Any) -> set[str]:
    """The words that somebody who knows the network and the owner would try first, in lower case without accents."""
    network = [settings.WAGTAIL_SITE_NAME, urlsplit(settings.ADMIN_BASE_URL).hostname or ""]
    for name, host in Site.objects.values_list("site_name", "hostname"):
        network += [name, host]
    words = {word for name in network for word in WORD.findall(_plain(name))}
    if user is not None:
        own = (user.get_username(), user.first_name, user.last_name, user.email)
        words |= {word for name in own for word in OWN_WORD.findall(_plain(name))}
    return words


def _plain(text: str) -> str:
    """The text in lower case without accents, at the same length."""
    return "".join((normalize("NFKD", each.lower()) or each)[0] for each in text)


def _without(password: str, words: set[str]) -> str:
    """The password without these words, even if digits or symbols replace letters."""
    if not words:
        return password
    stays = [True] * len(password)
    pattern = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
    for text in (_plain(password), _plain(password).translate(LEET)):
        for found in pattern.finditer(text):
            stays[found.start() : found.end()] = [False] * (found.end() - found.start())
    return "".join(compress(password, stays))
