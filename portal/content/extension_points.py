"""Extension points: separable apps add HTML to other apps, which do not import them."""

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from wagtail import hooks

# Functions that change the rows of a site on import, by `app.Model`. A row has JSON values by field name.
type RowChanges = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]
imported_rows: RowChanges = {}
# Called with a page of another site once it is shown here, so that lists have the date of the share.
after_sharing: list[Callable[[Any], None]] = []
# Functions that return values for the manifest of a backup, by their name there.
in_backups: dict[str, Callable[[], Any]] = {}
# Actions of Wagtail's log that an app decides by: their entries outlive the retention of the log.
lasting_log_actions: set[str] = set()
# Functions that return an app's notice after an upgrade of the schema, or an empty string.
after_upgrade: list[Callable[[], str]] = []


def hooked_html(place: str, context: dict[str, Any]) -> SafeString:
    """The HTML that apps add to a place of every page, such as the `footer`, by the hook `portal_<place>`.

    It is cached with the edition, so it may depend only on what changes the content version.
    """
    return mark_safe("".join(add(context) for add in hooks.get_hooks(f"portal_{place}")))
