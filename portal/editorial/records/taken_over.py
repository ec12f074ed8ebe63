"""Log actions for text that a page took over from another one, and the revision from which authors are counted."""

from typing import NamedTuple

from wagtail.models import Revision

# Log actions: a page began as a copy of another page, or took over its text later. The entry has the revision with that
# text and, in `data`, the authors of its unapproved parts.
TEXT_COPIED = "portal.text_copied"
TEXT_TAKEN_OVER = "portal.text_taken_over"
# Log action: somebody has left, and the new owner of their unapproved text becomes an author.
HANDED_OVER = "portal.handed_over"


class Base(NamedTuple):
    """The revision from which authors are counted: the last one approved, or else the start of a copy."""

    revision: Revision | None
    is_start: bool = False
