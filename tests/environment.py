"""Sets the environment variables of the tests before Django reads them; variables that are already set take precedence."""

import atexit
import gc
import os
import sys
import tempfile

# Garbage collection runs less often from the first import on. It would take a seventh of the time of test collection.
gc.set_threshold(50_000, 20, 100)
# The suite starts a hundred processes. Otherwise each of them would compile all modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
if "DATA_DIR" not in os.environ:
    folder = tempfile.TemporaryDirectory(prefix="portal-tests-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    os.environ["DATA_DIR"] = folder.name
os.environ.setdefault("SECRET_KEY", "a-key-for-the-tests-that-signs-nothing-of-value")
os.environ.setdefault("DEMO", "yes")
os.environ.setdefault("HTTPS", "no")
# Cached responses do not notice changes outside the database, such as a changed setting.
os.environ.setdefault("PAGE_CACHE", "no")
os.environ.setdefault("EMAIL_URL", "memory:")
# Playwright's event loop runs in the thread that queries the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
