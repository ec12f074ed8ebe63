"""The account of a member of a newsroom."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.utils.crypto import salted_hmac


class User(AbstractUser):  # type: ignore[django-manager-missing]
    def __str__(self):
        return self.get_full_name() or self.username

    def get_session_auth_hash(self) -> str:
        """Tie sessions to the address beside the password: a change of either ends them all."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (self._session_hash(secret) for secret in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        facts = f"{self.password}\n{self.email}"
        return salted_hmac("portal.accounts.session", facts, secret=secret, algorithm="sha256").hexdigest()
