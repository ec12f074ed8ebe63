"""E-mail addresses: which spellings are one address, and which are one mailbox."""

import re
import unicodedata

LONGEST = 254
LONGEST_LOCAL = 64
# What people have in an address (RFC 5321's dot-atom). The quoted form, which may hold anything, is nobody's.
LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# Names of one and the same service.
TWINS = {"googlemail.com": "gmail.com"}


def tidy(written: str) -> str:
    """An address as it is written on a letter: no spaces around it, its domain as the name service has it.

    ValueError for anything that is not one plain address: several, a name beside it, a quoted part, a control
    character, an address of a number instead of a domain.
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


def same(written: str) -> str:
    """What two spellings of one address have in common: mail servers that tell `Anna@` from `anna@` are extinct."""
    return tidy(written).casefold()


def mailbox(written: str) -> str:
    """What all addresses of one mailbox have in common, for limits: no tag, no dots, one name for each service.

    Now and then two people's addresses fall together, so nobody may be taken for another by it.
    """
    local, _at, domain = same(written).rpartition("@")
    plain = local.split("+")[0].replace(".", "") or local
    return f"{plain}@{TWINS.get(domain, domain)}"


def masked(text: str) -> str:
    """A text with the addresses in it made unreadable: `a…@example.org`."""
    return re.sub(r"([^\s@<>\"'(),;:\[\]])[^\s@<>\"'(),;:\[\]]*@", r"\1…@", text)


def _ascii(domain: str) -> str:
    try:
        return domain.lower().encode("idna").decode() if not domain.isascii() else domain.lower()
    except UnicodeError as error:
        raise ValueError("not a domain") from error
