"""Log actions for texts taken over from another page, and the version from which authors are counted."""

from typing import NamedTuple

from wagtail.models import Revision

# Log actions: a page began as the copy of another, or took over its text later. The entry has the revision with that
# text, and in `data` the authors of its unapproved parts.
TEXT_COPIED = "portal.text_copied"
TEXT_TAKEN_OVER = "portal.text_taken_over"
# Log action: somebody has left, and an unapproved text has another owner, who is an author from then on.
HANDED_OVER = "portal.handed_over"


class Base(NamedTuple):
    """The revision from which authors are counted: the one that was approved last, else the start of a copy."""

    revision: Revision | None
    is_start: bool = False
