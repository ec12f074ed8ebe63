"""All spellings of a mailbox have the same key, and only plain addresses are valid."""

import pytest
from hypothesis import given, strategies as st

from portal.platform.addresses import address_key, mailbox_key, normalize_address

SPELLINGS = [
    *(
        f"{local}@{domain}"
        for local in ("anna.berg", "Anna.Berg", "ANNABERG", "a.n.n.a.berg", "annab.erg")
        for domain in ("gmail.com", "GMAIL.com", "googlemail.com", "gmail.com.", "Googlemail.Com")
    ),
    *(
        f"annaberg+{tag}@gmail.com"
        for tag in ("a", "b", "news", "1", "a+b", "portal.sheet", "x" * 40, "-", "{", "é"[:0] + "z")
    ),
    *(f"anna.berg+{number}@googlemail.com" for number in range(10)),
    " anna.berg@gmail.com ",
    "\tannaberg@gmail.com\n",
    "ａｎｎａｂｅｒｇ@gmail.com",
    "annaberg＠gmail.com",
    "annaberg@ｇmail.com",
    "a.nnaberg+T.A.G@gmail.com",
]
NO_ADDRESSES = [
    "",
    "@",
    "anna",
    "anna@",
    "@example.org",
    "anna@example",
    "anna@@example.org",
    "anna@127.0.0.1",
    "anna@[127.0.0.1]",
    "anna@-example.org",
    "anna@example..org",
    ".anna@example.org",
    "anna.@example.org",
    "an..na@example.org",
    '"anna berg"@example.org',
    '"anna\r\nBcc: x@example.org"@example.org',
    "anna@example.org\r\nBcc: x@example.org",
    "anna@example.org, berta@example.org",
    "anna@example.org;berta@example.org",
    "Anna <anna@example.org>",
    "anna berg@example.org",
    "anna\0@example.org",
    "anna@exam\0ple.org",
    "anna@example.org%0d%0aBcc:x",
    "a" * 65 + "@example.org",
    "anna@" + "x" * 64 + ".org",
    "anna@" + "x." * 140 + "org",
    "änna@example.org",
    "anna@\u202eexample.org",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_has_the_same_mailbox_key(spelling):
    assert mailbox_key(spelling) == "annaberg@gmail.com"


@pytest.mark.parametrize("written", NO_ADDRESSES)
def test_only_plain_addresses_are_valid(written):
    for read in (normalize_address, address_key, mailbox_key):
        with pytest.raises(ValueError, match=r"address|domain"):
            read(written)


def test_normalized_address_keeps_its_local_part():
    assert normalize_address(" Anna.Berg+Portal@Example.ORG. ") == "Anna.Berg+Portal@example.org"
    assert normalize_address("anna@bücher.example") == "anna@xn--bcher-kva.example"
    assert address_key("Anna@Example.org") == address_key("anna@example.ORG") != address_key("anna+1@example.org")


def test_tag_without_a_name_has_its_own_mailbox_key():
    assert mailbox_key("+tag@example.org") == "+tag@example.org"


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_value_error(text):
    try:
        address = normalize_address(text)
    except ValueError:
        return
    assert normalize_address(address) == address
    assert mailbox_key(mailbox_key(address)) == mailbox_key(address)
    assert not set(address) & set('\r\n\0 ,;<>"')
