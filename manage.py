#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from portal.audit.commands import RecordingUtility

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        RecordingUtility(sys.argv).execute()
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
