"""Creates accounts without a known password, their usernames, and the links for setting a password."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import slugify

from portal.platform.slugs import first_free

# Leaves room for a number in the 150-character column.
MAX_LETTERS = 140


def create_account(username: str, **fields: Any) -> Any:
    """Create an account whose password nobody knows until its owner chooses one."""
    user = get_user_model()(username=username, **fields)
    user.set_password(get_random_string(50))
    user.save()
    return user


def free_user_name(full_name: str) -> str:
    """A username for a person, such as `sarah.benali`, with a number appended if it is taken."""
    wanted = slugify(full_name).replace("-", ".")[:MAX_LETTERS] or "account"
    alike = get_user_model().objects.filter(username__istartswith=wanted)
    return first_free(wanted, {name.lower() for name in alike.values_list("username", flat=True)})


def password_path(user: Any) -> str:
    """The path where the user can set a password once, within PASSWORD_RESET_TIMEOUT seconds."""
    key, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    return reverse("wagtailadmin_password_reset_confirm", kwargs={"uidb64": key, "token": token})


def password_link(user: Any) -> str:
    return settings.ADMIN_BASE_URL.rstrip("/") + password_path(user)
