"""Commonly guessed passwords are refused with a reason."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from tests.builders import make_member

REFUSED = {
    "azertyuiop": "attackers try first",
    "Password123!": "attackers try first",
    "abcdefghijklm": "sequence of letters",
    "aaaaaaaaaaaaaa": "repeats itself",
    "jeanne.colin1": "easy to guess",
}


@pytest.mark.parametrize("password", REFUSED)
def test_weak_password_is_refused_with_a_reason(db, password):
    user = make_member("jeanne.colin", first_name="Jeanne", last_name="Colin")

    with override("en"), pytest.raises(ValidationError) as refusal:
        validate_password(password, user)

    with override("en"):
        message = " ".join(refusal.value.messages)
    assert REFUSED[password] in message


@pytest.mark.parametrize("password", ["vingt-trois mirabelles", "un mot de passe", "zwölf Boote auf der Saar"])
def test_unrelated_words_are_accepted(db, password):
    validate_password(password, make_member("jeanne"))


@pytest.mark.parametrize(("language", "words"), [("fr", "facile à deviner"), ("de", "leicht zu erraten")])
def test_refusal_is_in_the_language_of_the_user(db, language, words):
    with override(language):
        with pytest.raises(ValidationError) as refusal:
            validate_password("abcdefghijklm", make_member("jeanne"))

        assert words in " ".join(refusal.value.messages)


@pytest.mark.parametrize(
    "password",
    [
        "portal-saar-2026",
        "SaarPortal-11.2026",
        "portal saar lorraine",
        "P0rtal!S44r!news",
        "Lörraine+Säar+2026",
        "www.lorraine.localhost",
        "Colin.Saar.Jeanne",
        "jeanne@redaction.example",
    ],
)
def test_names_of_network_sites_hosts_and_owner_do_not_strengthen_a_password(lorraine, saar, password):
    user = make_member("jeanne.colin", first_name="Jeanne", last_name="Colin")
    user.email = "jeanne@redaction.example"

    with override("en"), pytest.raises(ValidationError, match="easy to guess"):
        validate_password(password, user)


def test_name_among_words_that_are_strong_without_it_is_accepted(lorraine, saar):
    validate_password("zwölf Boote auf der Saar", make_member("jeanne"))


def test_very_long_password_is_accepted(db):
    validate_password("mirabelle et brioche " * 200, make_member("jeanne"))
