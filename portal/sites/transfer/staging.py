"""Turns an import into a staging copy: unlisted, without emails, and with pseudonyms for readers."""

import re
from secrets import token_bytes
from typing import Any

from django.utils.crypto import salted_hmac

from portal.platform.addresses import address_key
from portal.sites.data.rows import Row

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
# Columns with names of people outside the newsroom, by model.
NAMES = {
    "events.Registration": ("name",),
    "editorial.ReviewInvitation": ("name",),
    "editorial.GuestRemark": ("name",),
    "events.Proposal": ("name", "organisation"),
    "events.ProposalPicture": ("credit",),
}
# Models whose files readers have sent; a copy with pseudonyms has none of their content.
FILES_OF_READERS = ("events.ProposalPicture", "home.SentFile")
# Values of a staging copy that replace the original's.
STAGING_VALUES: dict[str, Row] = {
    "core.SiteSettings": {
        "is_unlisted": True,
        "is_staging": True,
        "announces_pages": False,
        "offers_its_pages": False,
        "analytics": "",
    },
    "events.Subscription": {"is_active": False},
}


def with_staging_values(label: str, row: Row) -> Row:
    return {**row, **{name: value for name, value in STAGING_VALUES.get(label, {}).items() if name in row}}


class Pseudonyms:
    """Replaces people's addresses with pseudonyms that differ from import to import."""

    def __init__(self) -> None:
        self._key = token_bytes(32)

    def row(self, label: str, row: Row) -> Row:
        changed = {name: self._value(value) for name, value in row.items()}
        for name in NAMES.get(label, ()):
            changed[name] = f"Person {self._word(row[name])}" if row[name] else ""
        if label in FILES_OF_READERS:
            changed["file"] = {"name": "file", "sha256": None}
        return changed

    def account(self, row: Row) -> Row:
        word = self._word(row["username"])
        email = self.address(row["email"]) if row["email"] else ""
        return {**row, "username": f"person-{word}", "first_name": "Person", "last_name": word, "email": email}

    def address(self, address: str) -> str:
        try:
            address = address_key(address)
        except ValueError:
            address = address.casefold()
        return f"person-{self._word(address)}@staging.invalid"

    def _word(self, text: str) -> str:
        return salted_hmac("portal.sites.staging", text, secret=self._key, algorithm="sha256").hexdigest()[:10]

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return ADDRESS.sub(lambda found: self.address(found[0]), value)
        if isinstance(value, dict):
            return {self._value(name): self._value(each) for name, each in value.items()}
        return [self._value(each) for each in value] if isinstance(value, list) else value
