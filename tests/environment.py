"""Sets the environment that the tests run in, before Django reads it; what is set outside wins."""

import atexit
import gc
import os
import sys
import tempfile

# From the first import on: looking for rubbish is a seventh of the time in which the tests are collected.
gc.set_threshold(50_000, 20, 100)
# The suite starts a hundred processes, of which each would compile all modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
if "DATA_DIR" not in os.environ:
    folder = tempfile.TemporaryDirectory(prefix="portal-tests-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    os.environ["DATA_DIR"] = folder.name
os.environ.setdefault("SECRET_KEY", "a-key-for-the-tests-that-signs-nothing-of-value")
os.environ.setdefault("DEMO", "yes")
os.environ.setdefault("HTTPS", "no")
# What a test changes beside the database, such as a setting, is no part of what an answer is kept by.
os.environ.setdefault("PAGE_CACHE", "no")
os.environ.setdefault("EMAIL_URL", "memory:")
# Playwright's own loop runs in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
