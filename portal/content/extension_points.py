"""Extension points: separable apps add HTML to other apps, which do not import them."""

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from wagtail import hooks

# What an app changes in the rows of a site that is imported, by `app.Model`.
# A row has JSON values by the names of its fields.
type RowChanges = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]
imported_rows: RowChanges = {}
# Called with a page of another site once it is shown here, so that its lists carry the date of the share.
after_sharing: list[Callable[[Any], None]] = []
# What apps add to the manifest of a backup, by its name there.
in_backups: dict[str, Callable[[], Any]] = {}
# What apps say of an upgrade once the database has the new schema; nothing where it does not concern them.
after_upgrade: list[Callable[[], str]] = []


def hooked_html(place: str, context: dict[str, Any]) -> SafeString:
    """Return the HTML that apps add to a place of every page, such as the `footer`, by the hook `portal_<place>`.

    It is cached with the edition, so it may depend only on what changes the content version.
    """
    return mark_safe("".join(add(context) for add in hooks.get_hooks(f"portal_{place}")))
