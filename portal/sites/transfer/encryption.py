"""Encrypts with a public key and decrypts with the secret key, in the age format (age-encryption.org)."""

from pathlib import Path
from typing import IO, Any

from portal.sites.data.errors import TransferError


def encrypt(recipient: str, source: IO[bytes], target: IO[bytes]) -> None:
    pyrage = _pyrage()
    try:
        key = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError as error:
        raise TransferError(f"EXPORT_RECIPIENT is not an age public key (age1…): {error}") from error
    pyrage.encrypt_io(source, target, [key])


def decrypt(identity: str, source: IO[bytes], target: IO[bytes]) -> None:
    """`identity` is the path of a secret age key. Raises TransferError for the wrong key or a damaged file."""
    if not identity:
        raise TransferError("The file is encrypted: name the file with the secret key (--identity or EXPORT_IDENTITY).")
    pyrage = _pyrage()
    try:
        lines = Path(identity).read_text(encoding="utf-8").split()
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except (OSError, ValueError, pyrage.IdentityError) as error:
        raise TransferError(f"The secret key cannot be read from {identity}: {error}") from error
    if not keys:
        raise TransferError(f"{identity} contains no age secret key (AGE-SECRET-KEY-…).")
    try:
        pyrage.decrypt_io(source, target, keys)
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise TransferError("The file is encrypted for a different key.") from error
        raise TransferError(f"The file is damaged: {error}") from error


def _pyrage() -> Any:
    try:
        # Most installations do not install this extra.
        import pyrage
    except ImportError as error:
        raise TransferError(
            "Encrypted files need the extra: sh portal/bootstrap.sh --no-dev --extra encryption"
        ) from error
    return pyrage
