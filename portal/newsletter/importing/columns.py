"""What the columns of a list say of a subscriber: those of Brevo's and Mailchimp's exports, and of people's own lists.

A column that is not known here may say that somebody has unsubscribed; so a list with one is refused.
"""

from dataclasses import dataclass
from enum import Enum


class Standing(Enum):
    """What a value says of a subscriber; `UNKNOWN` is a word that nobody has foreseen."""

    SUBSCRIBED = "subscribed"
    LEFT = "left"
    UNKNOWN = "unknown"


ADDRESS = ("email", "email address", "e mail", "e mail address", "mail", "courriel", "adresse e mail", "e mail adresse")
# Without one of these, a column that is called so holds the mail address; beside one, it is where somebody lives.
PERHAPS_ADDRESS = ("address", "adresse")
# When somebody agreed. Mailchimp's `confirm_time` is of the link in the mail, `optin_time` of the form.
CONSENT = ("consented at", "confirm time", "optin time")
# Whether somebody receives it, in words.
STATE = ("status", "state", "statut", "email marketing", "email status", "subscription status", "member status")
# Yes: somebody agreed. Brevo's answers are 1, for yes, and 2.
AGREED = ("opt in", "optin", "double opt in", "doi", "confirmed", "subscribed", "active", "email optin")
# Yes, or the time of it: somebody must not get anything.
LEFT = (
    "blacklisted",
    "blacklist",
    "email blacklist",
    "email blacklisted",
    "emailblacklisted",
    "unsubscribed",
    "unsubscribed at",
    "unsub time",
    "bounced",
    "bounced at",
    "hard bounce",
    "hard bounced",
    "soft bounce",
    "cleaned",
    "clean time",
    "complained",
    "spam complaint",
    "suppressed",
    "left at",
    "désinscrit",
    "abgemeldet",
)
# Why somebody has left, or which mail came back: only of those who have left is there anything in it.
WHY_LEFT = (
    "unsub campaign title",
    "unsub campaign id",
    "unsub reason",
    "unsub reason other",
    "clean campaign title",
    "clean campaign id",
)
# Words that people chose themselves: they say nothing of consent, unless one of them says that somebody has left.
OWN_WORDS = ("lists", "listid", "listids", "list ids", "tags", "notes")
# What says nothing of consent, and is not kept. When somebody was added to a list is no consent either.
NOT_KEPT = (
    "contact id",
    "id",
    "ext id",
    "firstname",
    "lastname",
    "first name",
    "last name",
    "name",
    "prénom",
    "prenom",
    "nom",
    "vorname",
    "nachname",
    "company",
    "organisation",
    "organization",
    "société",
    "firma",
    "job title",
    "linkedin",
    "sms",
    "whatsapp",
    "landline number",
    "phone",
    "phone number",
    "birthday",
    "gender",
    "city",
    "country",
    "zip",
    "region",
    "cc",
    "language",
    "langue",
    "sprache",
    "added time",
    "modified time",
    "date ajout",
    "date d'ajout",
    "date modification",
    "date de modification",
    "date added",
    "last changed",
    "sms marketing",
    "whatsapp marketing",
    "sms blacklist",
    "whatsapp blacklist",
    "sms blacklisted",
    "smsblacklisted",
    "member rating",
    "optin ip",
    "confirm ip",
    "latitude",
    "longitude",
    "gmtoff",
    "dstoff",
    "timezone",
    "leid",
    "euid",
)
YES = ("1", "yes", "true", "y", "x", "oui", "vrai", "ja", "wahr")
NO = ("", "0", "2", "no", "false", "n", "non", "faux", "nein", "falsch")
RECEIVES = ("subscribed", "active", "confirmed", "abonné", "inscrit", "actif", "angemeldet", "aktiv", *YES)
RECEIVES_NOT = (
    "unsubscribed",
    "non subscribed",
    "nonsubscribed",
    "not subscribed",
    "never subscribed",
    "cleaned",
    "bounced",
    "hard bounced",
    "hard bounce",
    "soft bounced",
    "blacklisted",
    "blocked",
    "complained",
    "spam",
    "pending",
    "unconfirmed",
    "inactive",
    "archived",
    "deleted",
    "suppressed",
    "transactional",
    "désinscrit",
    "désabonné",
    "inactif",
    "abgemeldet",
    "inaktiv",
    *NO,
)


def plain(name: str) -> str:
    """The name of a column or a word of it, as the tables above have them."""
    for sign in "_-.":
        name = name.replace(sign, " ")
    return " ".join(name.casefold().split())


@dataclass(frozen=True)
class Columns:
    """The columns of a list by what they say; `unknown` are the names that say nothing that we know."""

    address: str | None
    consent: tuple[str, ...]
    states: tuple[str, ...]
    agreed: tuple[str, ...]
    left: tuple[str, ...]
    why_left: tuple[str, ...]
    own_words: tuple[str, ...]
    unknown: tuple[str, ...]

    def standing_of(self, row: dict[str, str]) -> tuple[Standing, str]:
        """What a line says, and the column that says so: whoever has left in one of them has left."""
        found, by = Standing.SUBSCRIBED, ""
        judges = (
            (self.left, _left),
            (self.why_left, _why_left),
            (self.states, _state),
            (self.agreed, _agreed),
            (self.own_words, _own_words),
        )
        for names, judge in judges:
            for name in names:
                standing = judge(plain(row.get(name) or ""))
                if standing is Standing.UNKNOWN:
                    return standing, name
                if standing is Standing.LEFT and found is Standing.SUBSCRIBED:
                    found, by = standing, name
        return found, by


def columns_of(names: list[str]) -> Columns:
    def those(known: tuple[str, ...]) -> tuple[str, ...]:
        """In the order of the table, not of the file."""
        return tuple(name for each in known for name in names if plain(name) == each)

    addresses = those(ADDRESS) or those(PERHAPS_ADDRESS)
    foreseen = {*ADDRESS, *PERHAPS_ADDRESS, *CONSENT, *STATE, *AGREED, *LEFT, *WHY_LEFT, *OWN_WORDS, *NOT_KEPT}
    return Columns(
        address=addresses[0] if addresses else None,
        consent=those(CONSENT),
        states=those(STATE),
        agreed=those(AGREED),
        left=those(LEFT),
        why_left=those(WHY_LEFT),
        own_words=those(OWN_WORDS),
        unknown=tuple(name for name in names if plain(name) and plain(name) not in foreseen),
    )


def _left(value: str) -> Standing:
    if value in NO and value != "2":
        return Standing.SUBSCRIBED
    # A time, such as 2025 03 31 10:22:05.
    return Standing.LEFT if value in YES or value[:4].isdigit() else Standing.UNKNOWN


def _why_left(value: str) -> Standing:
    return Standing.LEFT if value else Standing.SUBSCRIBED


def _own_words(value: str) -> Standing:
    words = {word.strip(" \"'") for word in value.replace(";", ",").split(",")}
    return Standing.LEFT if words & (set(RECEIVES_NOT) - set(NO)) else Standing.SUBSCRIBED


def _state(value: str) -> Standing:
    if value in RECEIVES:
        return Standing.SUBSCRIBED
    return Standing.LEFT if value in RECEIVES_NOT else Standing.UNKNOWN


def _agreed(value: str) -> Standing:
    if value in YES:
        return Standing.SUBSCRIBED
    return Standing.LEFT if value in NO else Standing.UNKNOWN
