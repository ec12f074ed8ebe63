"""The settings of the portal with the commands of the bench: `make bench`, `generate_content`, `generate_network`."""

from portal.settings import *  # noqa: F403
from portal.settings import INSTALLED_APPS

INSTALLED_APPS = ["tests.bench", *INSTALLED_APPS]
