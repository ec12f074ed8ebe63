"""The account of a member of a newsroom."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):  # type: ignore[django-manager-missing]
    def __str__(self):
        return self.get_full_name() or self.username
