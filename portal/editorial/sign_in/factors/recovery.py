"""Stores recovery codes: encrypted until their owner has seen them, then as hashes.

django-allauth derives an account's codes from one secret. Once they have been shown, a hash of each code replaces the
secret. The hashes are keyed, so that a copy of the database is not enough to try all eight-digit codes.
"""

from collections.abc import Iterable
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db import transaction
from django.utils.crypto import constant_time_compare

from portal.platform.operation.keys import lasting_hash

HASHES = "hashes"
# One salt for all of an account's codes, so that a submitted code is hashed once.
WORK_FACTOR, BLOCK_SIZE, PARALLELISM = 2**14, 8, 1


def _hash(code: str, salt: str) -> str:
    keyed = lasting_hash("portal.sign_in.recovery_code", code)
    return ScryptPasswordHasher().encode(keyed, salt, WORK_FACTOR, BLOCK_SIZE, PARALLELISM)


def _digits(code: str) -> str:
    return "".join(filter(str.isdecimal, code))


def _locked(user: Any) -> Authenticator | None:
    stored = Authenticator.objects.select_for_update().filter(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return stored.first()


@transaction.atomic
def hash_codes(user: Any, codes: Iterable[str]) -> None:
    """Replace the secret that these codes are derived from with their hashes."""
    authenticator = _locked(user)
    if authenticator is None or HASHES in authenticator.data:
        return
    salt = ScryptPasswordHasher().salt()
    del authenticator.data["seed"]
    # With these set, django-allauth derives no codes.
    authenticator.data |= {HASHES: [_hash(code, salt) for code in codes], "migrated_codes": []}
    authenticator.save(update_fields=["data"])


@transaction.atomic
def use_code(user: Any, typed: str) -> Authenticator | None:
    """Use up a hashed code; return None if it is not one of the account's."""
    code = _digits(typed)
    if len(code) != app_settings.RECOVERY_CODE_DIGITS:
        return None
    authenticator = _locked(user)
    hashes = authenticator.data.get(HASHES) if authenticator else None
    if authenticator is None or not hashes:
        return None
    wanted = _hash(code, str(ScryptPasswordHasher().decode(hashes[0])["salt"]))
    left = [each for each in hashes if not constant_time_compare(each, wanted)]
    if len(left) == len(hashes):
        return None
    authenticator.data[HASHES] = left
    authenticator.save(update_fields=["data"])
    return authenticator


def unused_codes(authenticator: Authenticator) -> int:
    """Raises `InvalidToken` for codes that nobody has seen and that were encrypted with another key."""
    hashes = authenticator.data.get(HASHES)
    return len(authenticator.wrap().get_unused_codes()) if hashes is None else len(hashes)
