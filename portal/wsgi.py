"""The WSGI application that production servers run."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django = get_wsgi_application()

# After the settings are read.
from portal.core.keeping.edge import KeptAnswers  # noqa: E402
from portal.core.operation.database import limit_statements  # noqa: E402
from portal.readership.counting.counter import CountedAnswers, ViewCounter  # noqa: E402
from portal.readership.flushing import Flusher  # noqa: E402 - it imports models, which need the application
from portal.readership.links import PageLinks  # noqa: E402

# Commands and tasks may take longer than a reader waits.
limit_statements(settings.DATABASE_STATEMENT_SECONDS)
answers = KeptAnswers(django, settings.PAGE_CACHE_MB) if settings.PAGE_CACHE else django
views = ViewCounter()
Flusher(views, PageLinks(answers))
# Outermost, so that answers which something in between has kept are counted as well.
application = CountedAnswers(answers, views)
