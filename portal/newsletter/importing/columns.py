"""What the columns of a list say about a subscriber: in exports of Brevo and Mailchimp, and in people's own lists.

An unlisted column may say that somebody has unsubscribed, so a list that has one is rejected.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


class Standing(Enum):
    """What a value says about a subscriber; `UNKNOWN` stands for unlisted words."""

    SUBSCRIBED = auto()
    LEFT = auto()
    UNKNOWN = auto()


type Judge = Callable[[str], Standing]


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


ADDRESS = _words("email, email address, e mail, e mail address, mail, courriel, adresse e mail, e mail adresse")
# Without one of these columns, a column with this name contains the mail address; otherwise, a postal address.
PERHAPS_ADDRESS = _words("address, adresse")
# When somebody agreed. In Mailchimp `confirm_time` is when the link in the mail was opened, `optin_time` when the form
# was sent.
CONSENT = _words("consented at, confirm time, optin time")
# Whether somebody receives the newsletter, as a word.
STATE = _words("status, state, statut, email marketing, email status, subscription status, member status")
# A yes means that somebody agreed. Brevo writes 1 for yes and 2 for no.
AGREED = _words("opt in, optin, double opt in, doi, confirmed, subscribed, active, email optin")
# A yes or a time means that somebody must not get anything.
LEFT = _words(
    """
    blacklisted, blacklist, email blacklist, email blacklisted, emailblacklisted, unsubscribed, unsubscribed at,
    unsub time, bounced, bounced at, hard bounce, hard bounced, soft bounce, cleaned, clean time, complained,
    spam complaint, suppressed, left at, désinscrit, abgemeldet
    """
)
# The reason for leaving, or the mail that bounced: filled in only for those who have left.
WHY_LEFT = _words(
    """
    unsub campaign title, unsub campaign id, unsub reason, unsub reason other, clean campaign title, clean campaign id
    """
)
# Free text, which is irrelevant to consent unless one of its words says that somebody has left.
OWN_WORDS = _words("lists, listid, listids, list ids, tags, notes")
# These say nothing about consent, and are not stored. The time of joining a list is not a consent either.
IGNORED = _words(
    """
    contact id, id, ext id, firstname, lastname, first name, last name, name, prénom, prenom, nom, vorname, nachname,
    company, organisation, organization, société, firma, job title, linkedin, sms, whatsapp, landline number, phone,
    phone number, birthday, gender, city, country, zip, region, cc, language, langue, sprache, added time,
    modified time, date ajout, date d'ajout, date modification, date de modification, date added, last changed,
    sms marketing, whatsapp marketing, sms blacklist, whatsapp blacklist, sms blacklisted, smsblacklisted,
    member rating, optin ip, confirm ip, latitude, longitude, gmtoff, dstoff, timezone, leid, euid
    """
)
YES = _words("1, yes, true, y, x, oui, vrai, ja, wahr")
NO = _words(", 0, 2, no, false, n, non, faux, nein, falsch")
RECEIVES = _words("subscribed, active, confirmed, abonné, inscrit, actif, angemeldet, aktiv")
RECEIVES_NOT = _words(
    """
    unsubscribed, non subscribed, nonsubscribed, not subscribed, never subscribed, cleaned, bounced, hard bounced,
    hard bounce, soft bounced, blacklisted, blocked, complained, spam, pending, unconfirmed, inactive, archived,
    deleted, suppressed, transactional, désinscrit, désabonné, inactif, abgemeldet, inaktiv
    """
)


def plain_name(name: str) -> str:
    """Normalize the name of a column or a value to the form that it has in the tables above."""
    for sign in "_-.":
        name = name.replace(sign, " ")
    return " ".join(name.casefold().split())


def _judge_left(value: str) -> Standing:
    if value in NO and value != "2":
        return Standing.SUBSCRIBED
    # A time, such as 2025 03 31 10:22:05.
    return Standing.LEFT if value in YES or value[:4].isdigit() else Standing.UNKNOWN


def _judge_why_left(value: str) -> Standing:
    return Standing.LEFT if value else Standing.SUBSCRIBED


def _judge_state(value: str) -> Standing:
    if value in RECEIVES or value in YES:
        return Standing.SUBSCRIBED
    return Standing.LEFT if value in RECEIVES_NOT or value in NO else Standing.UNKNOWN


def _judge_agreed(value: str) -> Standing:
    if value in YES:
        return Standing.SUBSCRIBED
    return Standing.LEFT if value in NO else Standing.UNKNOWN


def _judge_own_words(value: str) -> Standing:
    words = {word.strip(" \"'") for word in value.replace(";", ",").split(",")}
    return Standing.LEFT if words & set(RECEIVES_NOT) else Standing.SUBSCRIBED


JUDGES: tuple[tuple[tuple[str, ...], Judge], ...] = (
    (LEFT, _judge_left),
    (WHY_LEFT, _judge_why_left),
    (STATE, _judge_state),
    (AGREED, _judge_agreed),
    (OWN_WORDS, _judge_own_words),
)


@dataclass(frozen=True)
class Columns:
    """The columns of a list; `unknown` are names that are not listed."""

    address: str | None
    consent: tuple[str, ...]
    judged: tuple[tuple[str, Judge], ...]
    unknown: tuple[str, ...]

    def standing_of(self, row: dict[str, str]) -> tuple[Standing, str]:
        """What a line says, and the column that says so; a single column that says `LEFT` decides."""
        left_by = ""
        for name, judge in self.judged:
            standing = judge(plain_name(row.get(name) or ""))
            if standing is Standing.UNKNOWN:
                return standing, name
            if standing is Standing.LEFT:
                left_by = left_by or name
        return (Standing.LEFT if left_by else Standing.SUBSCRIBED), left_by


def columns_of(names: list[str]) -> Columns:
    def matching(words: tuple[str, ...]) -> tuple[str, ...]:
        """In the order of the table, not of the file."""
        return tuple(name for word in words for name in names if plain_name(name) == word)

    addresses = matching(ADDRESS) or matching(PERHAPS_ADDRESS)
    listed = {*ADDRESS, *PERHAPS_ADDRESS, *CONSENT, *IGNORED, *(word for words, _judge in JUDGES for word in words)}
    return Columns(
        address=addresses[0] if addresses else None,
        consent=matching(CONSENT),
        judged=tuple((name, judge) for words, judge in JUDGES for name in matching(words)),
        unknown=tuple(name for name in names if plain_name(name) and plain_name(name) not in listed),
    )
