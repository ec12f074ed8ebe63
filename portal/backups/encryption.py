"""Encrypts for a public key and decrypts with its secret key, in the format of age (age-encryption.org)."""

import re
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from portal.backups.errors import BackupError

PLAIN = "plain"
# The names that `Sealing` has.
SEALING = re.compile(rf"{PLAIN}|age-[0-9a-f]{{16}}")
CHUNK = 1024 * 1024


def copy(source: IO[bytes], *targets: Any) -> None:
    """Copy to everything that has `write`, or as a hash has it, `update`."""
    while chunk := source.read(CHUNK):
        for target in targets:
            (target.write if hasattr(target, "write") else target.update)(chunk)


class Sealing:
    """How the files of a backup are written; `name` tells one key from another, and says nothing of it."""

    def __init__(self, recipient: str):
        self._recipients: list[Any] = []
        self.name = PLAIN
        if recipient:
            pyrage = _pyrage()
            try:
                self._recipients = [pyrage.x25519.Recipient.from_str(recipient.strip())]
            except pyrage.RecipientError as error:
                raise BackupError(f"BACKUP_RECIPIENT is no public key of age (age1…): {error}") from error
            self.name = f"age-{sha256(recipient.strip().encode()).hexdigest()[:16]}"

    def write(self, source: IO[bytes], target: Any) -> None:
        if self._recipients:
            _pyrage().encrypt_io(source, target, self._recipients)
        else:
            copy(source, target)


class Opening:
    """How the files of a backup are read again; `identity` is the path of a file with a secret key of age."""

    def __init__(self, sealing: str, identity: str):
        self._identities: list[Any] = []
        if sealing == PLAIN:
            return
        if not identity:
            raise BackupError(
                "The backup is encrypted: name the file with the secret key (--identity or BACKUP_IDENTITY)."
            )
        pyrage = _pyrage()
        try:
            lines = Path(identity).read_text(encoding="utf-8").split()
            keys = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
            self._identities = [pyrage.x25519.Identity.from_str(key) for key in keys]
        except (OSError, ValueError, pyrage.IdentityError) as error:
            raise BackupError(f"The secret key cannot be read from {identity}: {error}") from error
        if not self._identities:
            raise BackupError(f"{identity} holds no secret key of age (AGE-SECRET-KEY-…).")

    def read(self, source: IO[bytes], target: Any) -> None:
        """Write the plain content to `target`; raise BackupError for another key, OSError for damage."""
        if not self._identities:
            copy(source, target)
            return
        pyrage = _pyrage()
        try:
            pyrage.decrypt_io(source, target, self._identities)
        except pyrage.DecryptError as error:
            if "matching keys" in str(error):
                raise BackupError("The backup is encrypted for another key than the one given.") from error
            raise OSError(str(error)) from error


def _pyrage() -> Any:
    try:
        # An extra, which most installations do without.
        import pyrage
    except ImportError as error:
        raise BackupError(
            "Encrypted backups need the extra: sh portal/bootstrap.sh --no-dev --extra encryption"
        ) from error
    return pyrage
