"""An account without a known password, and the link with which its owner sets one."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode


def create_account(username: str, **fields: Any) -> Any:
    """Create an account whose password nobody knows until its owner chooses one."""
    user = get_user_model()(username=username, **fields)
    user.set_password(get_random_string(50))
    user.save()
    return user


def password_path(user: Any) -> str:
    """Return the path at which the owner sets a password, once, within PASSWORD_RESET_TIMEOUT seconds."""
    key, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    return reverse("wagtailadmin_password_reset_confirm", kwargs={"uidb64": key, "token": token})


def password_link(user: Any) -> str:
    return settings.ADMIN_BASE_URL.rstrip("/") + password_path(user)
