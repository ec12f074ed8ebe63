"""Pasting into the text editor: the scripts in editorial/paste/ and their messages."""

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, override, pgettext
from wagtail import hooks

from portal.platform.tracking import TRACKING

# In dependency order.
SCRIPTS = (
    *("addresses", "marks", "lines", "footnotes", "pictures", "tables", "reading"),
    *("inserting", "notice", "paste"),
)


@hooks.register("insert_editor_js")
def paste_scripts() -> SafeString:
    scripts = ((static(f"editorial/paste/{name}.js"),) for name in SCRIPTS)
    tags = format_html_join("", '<script type="module" src="{}"></script>', scripts)
    return json_script(_words(), "paste-words") + tags


def _words() -> dict[str, object]:
    return {
        "tracking": TRACKING.pattern,
        "store": reverse("store_picture"),
        "name": _("What was pasted"),
        "pasted": _("The text was pasted."),
        "pastedWith": _("The text was pasted, with {counts}."),
        "nothing": _("Nothing was pasted."),
        "counts": {
            "heading": pgettext("pasted", "headings: {number}"),
            "table": pgettext("pasted", "tables: {number}"),
            "quote": pgettext("pasted", "quotes: {number}"),
            "notes": pgettext("pasted", "footnotes: {number}"),
        },
        "caption": _("Say above each table what it shows."),
        "leftOut": {
            "struck": _("Struck text was left out: {details}"),
            "comments": _("Comments were left out: {number}"),
            "contents": _("The table of contents was left out: readers get one from the headings."),
            "links": _("These links lead nowhere, and are text now: {details}"),
            "plainLinks": _("Headings, tables and quotes have no links: {details}"),
            "references": _("Footnotes that were not copied: {details}"),
            "bigTables": _("Too large for a table, and text now: {details}"),
            "remote": _("Pictures on other sites, to download if you may use them: {details}"),
            "unreachable": _("Pictures that the other program keeps: save them there, and drop them here: {details}"),
            "noPlace": _("This field has no pictures: {details}"),
            "tooLong": _("This is too much at once. Paste it in parts."),
        },
        "pictures": _("Pictures that can be added: {number}."),
        "picture": pgettext("pasted", "Picture"),
        "add": _("Add pictures ({number})"),
        "undo": _("Undo pasting"),
        "close": pgettext("pasted", "Close"),
        "undone": _("What was pasted was taken back."),
        "changed": _("The text was changed since, and stays."),
        "progress": _("{number} of {all}: {name}"),
        "done": _("Pictures added: {number} of {all}. Say of each what is to be seen."),
        "refused": _("{name}: {reason}"),
        "failed": _("It could not be sent. Please try again."),
        "forbidden": _("You may not add pictures here, or you are signed out."),
        "notes": {code: _in(code) for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES},
    }


def _in(language: str) -> str:
    """The heading above footnotes in a page's language."""
    with override(language):
        return pgettext("heading above footnotes", "Notes")
