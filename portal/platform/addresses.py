"""Email addresses: their normal form, a key for all spellings of an address, and one for all addresses of a mailbox."""

import re
import unicodedata

LONGEST = 254
LONGEST_LOCAL = 64
# The dot-atom of RFC 5321. The quoted form, which may contain anything, is not used in practice.
LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# It matches from the beginning of a word only: otherwise a long word without an @ takes quadratic time.
IN_WORD = r"[^\s@<>\"'(),;:\[\]]"
BEFORE_AT = re.compile(rf"(?<!{IN_WORD})({IN_WORD}){IN_WORD}*@")
# Alternative domains of mail services, each with the service's main domain.
ALIAS_DOMAINS = {"googlemail.com": "gmail.com"}


def normalize_address(written: str) -> str:
    """Return an address without surrounding spaces and with its domain in lower-case ASCII (IDNA).

    Raises ValueError for anything but one plain address: several addresses, a display name, a quoted part, a control
    character, or an IP address instead of a domain.
    """
    address = unicodedata.normalize("NFKC", written).strip()
    local, at, domain = address.rpartition("@")
    if not at or not LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise ValueError("not an e-mail address")
    domain = _ascii(domain.removesuffix("."))
    labels = domain.split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise ValueError("not an e-mail address")
    if len(local) + 1 + len(domain) > LONGEST:
        raise ValueError("too long for an e-mail address")
    return f"{local}@{domain}"


def address_key(written: str) -> str:
    """A key shared by all spellings of one address. The case of the local part is ignored, as by mail servers."""
    return normalize_address(written).casefold()


def is_address(written: str, key: str) -> bool:
    """Whether the text is a spelling of the address with this `address_key`."""
    try:
        return address_key(written) == key
    except ValueError:
        return False


def mailbox_key(written: str) -> str:
    """A key for rate limits shared by all addresses of a mailbox: no tag, no dots, one domain per service.

    Two people's addresses may share a key, so it must not identify anybody.
    """
    local, _at, domain = address_key(written).rpartition("@")
    plain = local.split("+")[0].replace(".", "") or local
    return f"{plain}@{ALIAS_DOMAINS.get(domain, domain)}"


def mask_addresses(text: str) -> str:
    """Return a text with its email addresses masked: `a…@example.org`."""
    return BEFORE_AT.sub(r"\1…@", text)


def _ascii(domain: str) -> str:
    try:
        return domain.lower().encode("idna").decode() if not domain.isascii() else domain.lower()
    except UnicodeError as error:
        raise ValueError("not a domain") from error
