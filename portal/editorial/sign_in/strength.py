"""Password strength: refuses commonly guessed passwords, without contacting any service."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _
from zxcvbn import zxcvbn

# From 0 to 4; at 3, cracking a hash needs more than 10⁸ guesses.
LEAST_SCORE = 3
# Longer ones take long to analyse, and are strong because of their beginning.
LONGEST = 72
REASONS = {
    "dictionary": _("It is made of words or passwords that are tried first."),
    "repeat": _("It repeats itself."),
    "sequence": _("It follows a row of letters or numbers."),
    "spatial": _("It follows the keys of a keyboard."),
    "date": _("It is a date."),
    "regex": _("It is a year."),
}


class StrengthValidator:
    """Refuses leaked passwords, dictionary words, names and patterns, with a reason (zxcvbn)."""

    def validate(self, password: str, user: Any = None) -> None:
        names = [settings.WAGTAIL_SITE_NAME]
        if user is not None:
            names += [user.get_username(), user.first_name, user.last_name, user.email.partition("@")[0]]
        found = zxcvbn(password[:LONGEST], user_inputs=[name for name in names if name])
        if found["score"] >= LEAST_SCORE:
            return
        longest = max(found["sequence"], key=lambda part: len(part["token"]), default={"pattern": ""})
        reason = REASONS.get(longest["pattern"], _("It is too short for what it is made of."))
        advice = gettext("This password is easy to guess. %(reason)s Take several words that have nothing in common.")
        raise ValidationError(advice, code="password_too_weak", params={"reason": reason})

    def get_help_text(self) -> str:
        return gettext("Several words that have nothing in common are strong and easy to remember.")
