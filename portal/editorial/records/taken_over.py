"""How a page's history names a text taken over from another, and the version from which authors are counted."""

from typing import NamedTuple

from wagtail.models import Revision

# Log actions: a page began as the copy of another, or took over its text later. The entry has the version with that
# text, and in its `data` the authors of what was not approved of it.
TEXT_COPIED = "portal.text_copied"
TEXT_TAKEN_OVER = "portal.text_taken_over"


class Base(NamedTuple):
    """The version from which authors are counted: the one that was approved last, else the start of a copy."""

    revision: Revision | None
    is_start: bool = False
