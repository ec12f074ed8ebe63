"""The WSGI application that production servers run."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils.translation import override

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django = get_wsgi_application()

# After the settings are read.
from portal.platform.caching.edge import KeptAnswers  # noqa: E402
from portal.platform.operation.database import limit_statements  # noqa: E402
from portal.readership.counting.counter import CountedAnswers, ViewCounter  # noqa: E402
from portal.readership.flushing import Flusher  # noqa: E402 - it imports models, which need the application
from portal.readership.links import PageLinks  # noqa: E402

# All addresses and words are loaded before the workers part: each would do it while its first reader waits.
for language, _name in settings.LANGUAGES:
    with override(language):
        reverse("wagtailadmin_home")
# Commands and tasks may take longer than a reader waits.
limit_statements(settings.DATABASE_STATEMENT_SECONDS)
answers = KeptAnswers(django, settings.PAGE_CACHE_MB) if settings.PAGE_CACHE else django
views = ViewCounter()
Flusher(views, PageLinks(answers))
# Outermost, so that answers which something in between has kept are counted as well.
application = CountedAnswers(answers, views)
