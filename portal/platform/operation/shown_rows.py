"""SQL conditions under which readers may see a row, so that a trigger changes the content version.

Autosave writes drafts with their rows and references. Readers do not see these until the page is live. If in doubt, a
row counts as visible.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from modelcluster.fields import ParentalKey
from wagtail.models import Page, PageViewRestriction

PAGE_TYPE = "(SELECT id FROM django_content_type WHERE app_label = 'wagtailcore' AND model = 'page')"
# A page that is not live may still affect readers: in the breadcrumbs of a live page below it; by its expiry, which
# hides the pages below it; as a site's home page; or as the original of an alias, because the alias is as private as
# its original.
PAGE_IS_SHOWN = """(p.live OR p.expired
    OR EXISTS (SELECT 1 FROM wagtailcore_page a WHERE a.alias_of_id = p.id)
    OR EXISTS (SELECT 1 FROM wagtailcore_site s WHERE s.root_page_id = p.id)
    OR (p.numchild > 0 AND EXISTS (SELECT 1 FROM wagtailcore_page b WHERE b.live AND b.path LIKE p.path || '_%')))"""
# `key` is the primary key of a page. SQLite has one writer at a time. On PostgreSQL, a page that another transaction is
# changing counts as visible, and a page found to be a draft is locked until the commit.
KEY_IS_SHOWN = {
    "sqlite": f"EXISTS (SELECT 1 FROM wagtailcore_page p WHERE p.id = {{key}} AND {PAGE_IS_SHOWN})",  # noqa: S608 - no value in it
    "postgresql": "portal_page_is_shown({key})",
}
POSTGRESQL_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION portal_page_is_shown(key bigint) RETURNS boolean LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM wagtailcore_page p WHERE p.id = key) THEN RETURN false; END IF;
        PERFORM 1 FROM wagtailcore_page p WHERE p.id = key FOR SHARE SKIP LOCKED;
        IF NOT FOUND THEN RETURN true; END IF;
        RETURN EXISTS (SELECT 1 FROM wagtailcore_page p WHERE p.id = key AND {PAGE_IS_SHOWN});
    END $$
"""  # noqa: S608 - no value in it
# A privacy rule for the pages below `key` matters wherever an alias shows one of them.
IS_ALIASED_BELOW = """EXISTS (SELECT 1 FROM wagtailcore_page p JOIN wagtailcore_page b ON b.path LIKE p.path || '_%'
    JOIN wagtailcore_page a ON a.alias_of_id = b.id WHERE p.id = {key} AND p.numchild > 0)"""
REFERENCES, REDIRECTS, SHARES = "wagtailcore.ReferenceIndex", "wagtailredirects.Redirect", "core.Share"
LIVE_ENTRIES, LIVE_TEXTS = "articles.LiveEntry", "articles.LiveText"
# A new row of these models becomes visible only once another row refers to it by foreign key.
NEW_IS_UNSEEN = frozenset({"events.Venue"})


def condition(model: Any, vendor: str, row: str) -> str:
    """The SQL condition under which readers may see `row` (such as OLD or NEW); empty if they may see every row."""
    page = KEY_IS_SHOWN[vendor]
    label, columns = model._meta.label, model._meta.local_concrete_fields
    if model is Page:
        return f"{row}.live OR {row}.expired OR {page.format(key=f'{row}.id')}"
    if issubclass(model, Page):
        return page.format(key=f"{row}.{model._meta.pk.column}")
    if label == REFERENCES:
        # No cached response depends on the references of records other than pages.
        return _reference_is_shown(vendor, row, "false")
    if label in (settings.WAGTAILIMAGES_IMAGE_MODEL, settings.WAGTAILDOCS_DOCUMENT_MODEL):
        # References determine whether readers get a file (`portal.content.files`). They are written together with their
        # page.
        return f"""EXISTS (SELECT 1 FROM wagtailcore_referenceindex r WHERE r.to_content_type_id = {_type(model)}
            AND r.to_object_id = CAST({row}.id AS text) AND {_reference_is_shown(vendor, "r", "true")})"""  # noqa: S608 - names
    if label == SHARES:
        # An offer that was not accepted is not visible on the other site.
        return f"{row}.alias_id IS NOT NULL"
    if label == LIVE_TEXTS:
        # A text that waits for approval, or that was replaced, is not visible.
        return f"{row}.state = 'shown'"
    if label == LIVE_ENTRIES:
        return f"EXISTS (SELECT 1 FROM articles_livetext t WHERE t.entry_id = {row}.id AND t.state = 'shown')"  # noqa: S608 - names
    if label == REDIRECTS:
        # A redirect to a draft, for example after the draft was moved, has no effect.
        return f"{row}.redirect_page_id IS NULL OR {page.format(key=f'{row}.redirect_page_id')}"
    if model is PageViewRestriction:
        key = f"{row}.page_id"
        return f"{page.format(key=key)} OR {IS_ALIASED_BELOW.format(key=key)}"
    if model is PageViewRestriction.groups.through:
        rule = f"{row}.pageviewrestriction_id"
        key = f"(SELECT r.page_id FROM wagtailcore_pageviewrestriction r WHERE r.id = {rule})"  # noqa: S608 - names
        return f"{page.format(key=key)} OR {IS_ALIASED_BELOW.format(key=key)}"
    for column in columns:
        if isinstance(column, ParentalKey) and issubclass(column.related_model, Page):
            return page.format(key=f"{row}.{column.column}")
    return ""


def lock_statement(model: Any) -> str:
    """A PostgreSQL statement that locks the file of reference `$1`, so that a change to the file waits and counts."""
    if model._meta.label != REFERENCES:
        return ""
    files = map(apps.get_model, (settings.WAGTAILIMAGES_IMAGE_MODEL, settings.WAGTAILDOCS_DOCUMENT_MODEL))
    rows = (
        f"""(SELECT 1 FROM {file._meta.db_table} WHERE id = CASE WHEN ($1).to_content_type_id = {_type(file)}
            THEN CAST(($1).to_object_id AS bigint) END FOR SHARE)"""  # noqa: S608 - names
        for file in files
    )
    return f"SELECT {', '.join(rows)}"


def _reference_is_shown(vendor: str, row: str, of_others: str) -> str:
    page = KEY_IS_SHOWN[vendor].format(key=f"CAST({row}.object_id AS bigint)")
    return f"CASE WHEN {row}.base_content_type_id = {PAGE_TYPE} THEN {page} ELSE {of_others} END"


def _type(model: Any) -> str:
    app, name = model._meta.app_label, model._meta.model_name
    return f"(SELECT id FROM django_content_type WHERE app_label = '{app}' AND model = '{name}')"  # noqa: S608 - names
