"""The application as a web server has it, for processes that tests start; static files are those of the checkout."""

from django.conf import settings

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# After the settings, with all the middleware around Django in production.
from portal.wsgi import application  # noqa: E402

__all__ = ["application"]
