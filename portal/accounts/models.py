"""A newsroom member's account."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac


class User(AbstractUser):  # type: ignore[django-manager-missing]
    # Incremented to end all sessions; see portal/accounts/sessions.py.
    session_generation = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    def __str__(self):
        return self.get_full_name() or self.username

    def get_session_auth_hash(self) -> str:
        """Tie sessions to password, address and session generation: a change of any of them ends all sessions."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (self._session_hash(secret) for secret in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        # Sessions from before generations existed remain valid.
        facts = f"{self.password}\n{self.email}" + (f"\n{self.session_generation}" if self.session_generation else "")
        return salted_hmac("portal.accounts.session", facts, secret=secret, algorithm="sha256").hexdigest()
