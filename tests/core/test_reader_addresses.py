"""One mailbox is one mailbox, however it is spelled; and what is no plain address is refused."""

import pytest
from hypothesis import given, strategies as st

from portal.core.readers.addresses import mailbox, masked, same, tidy

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


def test_there_are_fifty_spellings():
    assert len(set(SPELLINGS)) >= 50


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_leads_to_one_mailbox(spelling):
    assert mailbox(spelling) == "annaberg@gmail.com"


@pytest.mark.parametrize("written", NO_ADDRESSES)
def test_what_is_no_plain_address_is_refused(written):
    for read in (tidy, same, mailbox):
        with pytest.raises(ValueError, match=r"address|domain"):
            read(written)


def test_letter_goes_where_the_reader_said():
    assert tidy(" Anna.Berg+Portal@Example.ORG. ") == "Anna.Berg+Portal@example.org"
    assert tidy("anna@bücher.example") == "anna@xn--bcher-kva.example"
    assert same("Anna@Example.org") == same("anna@example.ORG") != same("anna+1@example.org")


def test_tag_alone_is_a_mailbox_of_its_own():
    assert mailbox("+tag@example.org") == "+tag@example.org"


def test_addresses_in_a_text_become_unreadable():
    assert masked("550 <anna.berg@example.org>: no such user") == "550 <a…@example.org>: no such user"
    assert masked("to=anna@a.example,b@c.example") == "to=a…@a.example,b…@c.example".replace("to=a…", "t…")


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_value_error(text):
    try:
        address = tidy(text)
    except ValueError:
        return
    assert tidy(address) == address
    assert mailbox(mailbox(address)) == mailbox(address)
    assert not set(address) & set('\r\n\0 ,;<>"')
