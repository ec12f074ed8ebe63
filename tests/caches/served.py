"""The application as on a production web server, for tests' processes; static files come from the checkout."""

from django.conf import settings

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# This is imported after the settings, with all production middleware around Django.
from portal.wsgi import application  # noqa: E402

__all__ = ["application"]
