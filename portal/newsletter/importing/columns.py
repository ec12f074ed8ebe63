"""The meanings of list columns in exports of six services and in people's own lists.

The names are in French, German and English. A column with any other name may contain unsubscriptions, so nothing is
imported until somebody has assigned it a role.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from portal.platform.addresses import normalize_address


class Standing(Enum):
    """A subscriber's status according to a value; `UNKNOWN` stands for unlisted words."""

    SUBSCRIBED = auto()
    UNCONFIRMED = auto()
    LEFT = auto()
    UNKNOWN = auto()


class ColumnRole(StrEnum):
    """The role of a column. Values of `GROUPS` and `NOTES` are only searched for words that mean an unsubscription."""

    ADDRESS = "address"
    CONSENT = "consent"
    SOURCE = "source"
    STATE = "state"
    AGREED = "agreed"
    LEFT = "left"
    WHY_LEFT = "why_left"
    GROUPS = "groups"
    NOTES = "notes"
    IGNORED = "ignored"


type Judge = Callable[[str], Standing]


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


# A column with one of these names is the email address, unless another column is. In that case, it is a postal address.
PERHAPS_ADDRESS = _words("address, adresse, contact, subscriber")
NAMES: dict[ColumnRole, tuple[str, ...]] = {
    ColumnRole.ADDRESS: _words(
        """
        email, email address, e mail, e mail address, mail, courriel, adresse e mail, e mail adresse, adresse email,
        adresse mail, adresse électronique, email adresse, emailadresse, mailadresse, subscriber email, contact email
        """
    ),
    # The time of consent. In Mailchimp, `confirm_time` is the time at which the link in the mail was opened, and
    # `optin_time` the time at which the form was sent. CleverReach has `activated`. The time of joining a list is not a
    # consent.
    ColumnRole.CONSENT: _words(
        """
        consented at, confirm time, optin time, consent date, date of consent, consented on, confirmed at, confirmed on,
        confirmation date, opt in date, optin date, double opt in date, doi date, activated, activated at,
        date de consentement, date du consentement, consentement le, date de confirmation, confirmé le, date opt in,
        date optin, date d'opt in, aktiviert, aktiviert am, bestätigt am, einwilligung am, einwilligungsdatum,
        datum der einwilligung
        """
    ),
    ColumnRole.SOURCE: _words(
        """
        source, consent source, optin source, opt in source, signup source, form, formulaire, origine,
        source du consentement, quelle, herkunft, formular, quelle der einwilligung
        """
    ),
    # A word that says whether somebody receives the newsletter.
    ColumnRole.STATE: _words(
        """
        status, state, statut, état, etat, zustand, email marketing, email status, subscription status, member status,
        subscriber status, contact status, global status, list status, statut d'abonnement, abonnement, abostatus
        """
    ),
    # A yes means consent. Brevo writes 1 for yes and 2 for no.
    ColumnRole.AGREED: _words(
        """
        opt in, optin, double opt in, doi, confirmed, subscribed, active, email optin, consent, consentement, accord,
        abonné, inscrit, confirmé, actif, einwilligung, bestätigt, aktiv, abonniert
        """
    ),
    # A yes or a time means that somebody must not get any mail.
    ColumnRole.LEFT: _words(
        """
        blacklisted, blacklist, email blacklist, email blacklisted, emailblacklisted, blocklisted, blocklist,
        email blocklist, email blocklisted, blocked, is blocked, unsubscribed, unsubscribed at, unsubscribed on,
        is unsubscribed, unsub time, unsubscribe date, bounce, bounces, bounced, bounced at, hard bounce, hard bounces,
        hard bounced, soft bounce, cleaned, clean time, complained, complaint, spam complaint, is spam complaining,
        suppressed, is excluded from campaigns, is optin pending, is opt in pending, deactivated, deactivated at,
        left at, stopped at, désinscrit, désabonné, désinscription, désabonnement, désinscrit le, désabonné le,
        date de désinscription, date désinscription, date de désabonnement, npai, rebond, rebonds, plainte, plaintes,
        liste noire, bloqué, abgemeldet, abgemeldet am, abmeldedatum, abmeldung, deaktiviert, deaktiviert am, gesperrt,
        blockiert, beschwerde
        """
    ),
    # The reason for leaving, or the mail that bounced. Only people who have left have a value.
    ColumnRole.WHY_LEFT: _words(
        """
        unsub campaign title, unsub campaign id, unsub reason, unsub reason other, clean campaign title,
        clean campaign id, unsubscribe reason, raison de désinscription, motif de désinscription, abmeldegrund
        """
    ),
    ColumnRole.GROUPS: _words(
        """
        interests, interest, groups, group, lists, list, list name, tags, sections, intérêts, centres d'intérêt,
        groupes, groupe, listes, liste, thèmes, rubriques, étiquettes, interessen, interesse, gruppen, gruppe, listen,
        themen, rubriken
        """
    ),
    ColumnRole.NOTES: _words(
        "listid, list id, listids, list ids, notes, note, remarques, remarque, commentaire, notizen, bemerkung"
    ),
    # These carry no consent, and are not stored.
    ColumnRole.IGNORED: _words(
        """
        contact id, id, ext id, firstname, lastname, first name, last name, name, full name, prénom, prenom, nom,
        nom de famille, vorname, nachname, familienname, civilité, anrede, titel, salutation, company, organisation,
        organization, société, entreprise, structure, firma, unternehmen, job title, fonction, position, linkedin, sms,
        whatsapp, landline number, phone, phone number, mobile, téléphone, telephone, portable, telefon, handy, fax,
        birthday, date de naissance, geburtstag, gender, genre, geschlecht, street, rue, straße, strasse, city, ville,
        stadt, ort, country, pays, land, zip, postal code, code postal, plz, postleitzahl, region, région, cc, website,
        site web, language, langue, sprache, added time, modified time, date ajout, date d'ajout, date modification,
        date de modification, date added, last changed, created, created at, updated at, registered, registriert,
        registriert am, date d'inscription, date inscription, inscrit le, anmeldedatum, angemeldet am, last update at,
        last activity at, last engagement, last click, last open, dernière ouverture, dernier clic, delivered count,
        sms marketing, whatsapp marketing, sms blacklist, whatsapp blacklist, sms blacklisted, smsblacklisted,
        member rating, optin ip, confirm ip, subscribed ip, subscription ip, confirmed ip, latitude, longitude, gmtoff,
        dstoff, timezone, leid, euid, site, rhythm, asked at, consent version
        """
    ),
}
_ROLES = {name: role for role, names in NAMES.items() for name in names}
YES = _words("1, yes, true, y, x, oui, vrai, ja, wahr")
NO = _words(", 0, 2, no, false, n, non, faux, nein, falsch, null")
RECEIVES = _words(
    """
    subscribed, active, confirmed, opted in, opt in, abonné, abonnée, inscrit, inscrite, actif, confirmé, angemeldet,
    abonniert, aktiv, bestätigt
    """
)
UNCONFIRMED = _words(
    """
    pending, unconfirmed, not confirmed, opt in pending, non confirmé, en attente, à confirmer, unbestätigt,
    nicht bestätigt, ausstehend
    """
)
RECEIVES_NOT = _words(
    """
    unsubscribed, non subscribed, nonsubscribed, not subscribed, never subscribed, cleaned, bounce, bounced,
    hard bounced, hard bounce, soft bounced, soft bounce, blacklisted, blocklisted, blocked, complained, complaint,
    spam, spam complaint, inactive, archived, deleted, suppressed, transactional, opted out, opt out, excluded, left,
    stopped, désinscrit, désinscrite, désabonné, désabonnée, inactif, bloqué, rebond, npai, plainte, supprimé,
    abgemeldet, abbestellt, inaktiv, deaktiviert, gesperrt, blockiert, gelöscht, beschwerde
    """
)


def plain_name(name: str) -> str:
    """Normalize a column name or a value to the form used in the tables above."""
    name = name.replace("’", "'")
    for sign in "_-.":
        name = name.replace(sign, " ")
    return " ".join(name.casefold().split())


def _role_of(name: str) -> ColumnRole | None:
    # Mailjet writes IsUnsubscribed, others WhatsApp.
    return _ROLES.get(plain_name(name)) or _ROLES.get(plain_name(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))


def _judge_left(value: str) -> Standing:
    # Services write 0000-00-00 for a missing time.
    if (value in NO and value != "2") or value.startswith("0000"):
        return Standing.SUBSCRIBED
    # A time, such as 2025 03 31 10:22:05, or a number of bounces.
    return Standing.LEFT if value in YES or value[:1].isdigit() or value in RECEIVES_NOT else Standing.UNKNOWN


def _judge_why_left(value: str) -> Standing:
    return Standing.LEFT if value else Standing.SUBSCRIBED


def _judge_state(value: str) -> Standing:
    if value in RECEIVES or value in YES:
        return Standing.SUBSCRIBED
    if value in UNCONFIRMED:
        return Standing.UNCONFIRMED
    return Standing.LEFT if value in RECEIVES_NOT or value in NO else Standing.UNKNOWN


def _judge_agreed(value: str) -> Standing:
    if value in YES:
        return Standing.SUBSCRIBED
    return Standing.UNCONFIRMED if value in NO else Standing.UNKNOWN


def _judge_own_words(value: str) -> Standing:
    words = {word.strip(" \"'") for word in re.split("[,;|]", value)}
    return Standing.LEFT if words & set(RECEIVES_NOT) else Standing.SUBSCRIBED


JUDGES: dict[ColumnRole, Judge] = {
    ColumnRole.LEFT: _judge_left,
    ColumnRole.WHY_LEFT: _judge_why_left,
    ColumnRole.STATE: _judge_state,
    ColumnRole.AGREED: _judge_agreed,
    ColumnRole.GROUPS: _judge_own_words,
    ColumnRole.NOTES: _judge_own_words,
}
# The order of precedence if columns contradict each other.
WORST_FIRST = (Standing.LEFT, Standing.UNCONFIRMED, Standing.UNKNOWN)


@dataclass(frozen=True)
class Columns:
    """The roles of a list's columns; None for a column without a role yet."""

    roles: tuple[ColumnRole | None, ...]

    def of(self, *roles: ColumnRole) -> list[int]:
        return [number for number, role in enumerate(self.roles) if role in roles]

    def values(self, cells: Sequence[str], role: ColumnRole) -> list[str]:
        """The values of a row in the columns of a role, without empty ones."""
        return [cells[number] for number in self.of(role) if cells[number]]

    def standing_of(self, cells: Sequence[str]) -> tuple[Standing, int]:
        """The subscriber's status in a row, and the number of the column that gives it."""
        found: dict[Standing, int] = {}
        for number in self.of(*JUDGES):
            judge = JUDGES[self.roles[number] or ColumnRole.NOTES]
            found.setdefault(judge(plain_name(cells[number])), number)
        return next(((each, found[each]) for each in WORST_FIRST if each in found), (Standing.SUBSCRIBED, 0))


def proposed_columns(names: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> Columns:
    """Propose columns by name; if none names the address, take the column whose `samples` are mostly addresses."""
    plain = [plain_name(name) for name in names]
    roles = [_role_of(name) for name in names]
    if ColumnRole.ADDRESS not in roles:
        by_name = [number for number, name in enumerate(plain) if name in PERHAPS_ADDRESS]
        by_value = [
            number
            for number in range(len(names))
            if samples and sum(is_email(cells[number]) for cells in samples) * 2 > len(samples)
        ]
        if addresses := by_value or by_name:
            roles[addresses[0]] = ColumnRole.ADDRESS
    # If there are several address columns, the one that comes first in the table above is used.
    addresses = [number for number, role in enumerate(roles) if role is ColumnRole.ADDRESS]
    order = NAMES[ColumnRole.ADDRESS]
    addresses.sort(key=lambda number: order.index(plain[number]) if plain[number] in order else -1)
    for number in addresses[1:]:
        roles[number] = ColumnRole.IGNORED
    for number, name in enumerate(plain):
        if name in PERHAPS_ADDRESS and roles[number] is None:
            roles[number] = ColumnRole.IGNORED
    return Columns(tuple(roles))


def is_email(text: str) -> bool:
    try:
        return bool(normalize_address(text))
    except ValueError:
        return False
