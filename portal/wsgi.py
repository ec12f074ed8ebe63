"""The WSGI application that production servers run."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils.translation import override

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# Imported after DJANGO_SETTINGS_MODULE is set.
from portal import databases, listening
from portal.platform.measuring import metrics

# Before Django loads its middleware. After a reload, the former workers' counts go on.
metrics.start(metrics.WEB, keep=listening.FORMER_WORKERS in os.environ)
django = get_wsgi_application()

# Imported after the settings are loaded.
from portal.platform.caching.wsgi_cache import ResponseCache  # noqa: E402
from portal.platform.measuring.requests import measured  # noqa: E402
from portal.platform.operation.database import limit_statements  # noqa: E402
from portal.platform.operation.frozen_server import watch_servers  # noqa: E402
from portal.readership.counting.counter import CountedResponses, ViewCounter  # noqa: E402
from portal.readership.flushing import Flusher  # noqa: E402 - it imports models, which need the application
from portal.readership.links import PageLinks  # noqa: E402

# Load all URLs and translations before the workers fork, so that no first reader waits for them.
for language, _name in settings.LANGUAGES:
    with override(language):
        reverse("wagtailadmin_home")
# Commands and tasks may take longer than a reader would wait.
DATABASE = settings.DATABASES["default"]
if not databases.is_pooled(DATABASE):
    # A pooler limits its own connections (deploy/pgbouncer.ini).
    limit_statements(settings.DATABASE_STATEMENT_SECONDS)
if DATABASE["ENGINE"] == databases.POSTGRESQL:
    watch_servers()
cached = ResponseCache(django, settings.PAGE_CACHE_MB) if settings.PAGE_CACHE else django
views = ViewCounter()
Flusher(views, PageLinks(cached))
# Outermost, so that cached responses are counted as well.
application = measured(CountedResponses(cached, views))
