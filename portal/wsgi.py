"""The WSGI application that production servers run."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
portal = get_wsgi_application()

# After the settings are read; commands and tasks may take longer than a reader waits.
from portal.core.operation.database import limit_statements  # noqa: E402
from portal.readership.counting import CountedAnswers, ViewCounter  # noqa: E402
from portal.readership.flushing import Flusher  # noqa: E402 - it imports models, which need the application

limit_statements(settings.DATABASE_STATEMENT_SECONDS)
views = ViewCounter()
Flusher(views)
# Outermost, so that answers which something in between has kept are counted as well.
application = CountedAnswers(portal, views)
