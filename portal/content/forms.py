"""Page forms of the newsroom."""

import re
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.translation import gettext as _, ngettext_lazy
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.widgets import AdminAutoHeightTextInput, SlugInput
from wagtail.blocks import StreamValue
from wagtail.blocks.base import BlockField
from wagtail.fields import RichTextField
from wagtail.models import PageLogEntry
from wagtail.rich_text import RichText

from portal.content.permissions import PortalPageTester
from portal.content.separation.references import SameSiteReferences
from portal.platform.slugs import first_free, free_slug, spelled_out

# Outside this range, converting to another time zone may overflow.
YEARS = range(1900, 2200)
LINE_BREAKS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
EMPTY_LINE = re.compile(r"<p(?: [^>]*)?>(?:\s|&nbsp;|<br ?/>)*</p>")
# The form field that identifies the browser window.
WINDOW = "editing_window"
DOUBLE_CLICK = timedelta(minutes=1)
# These replace Django's messages, which call list entries “forms”.
LIST_LIMITS = {
    "too_few_forms": ngettext_lazy(
        "This list needs at least %(num)d entry.", "This list needs at least %(num)d entries.", "num"
    ),
    "too_many_forms": ngettext_lazy(
        "This list has room for %(num)d entry.", "This list has room for %(num)d entries.", "num"
    ),
}


class TitleInput(AdminAutoHeightTextInput):
    """A title field that wraps long titles; a text input would cut them off. The value is always a single line."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return LINE_BREAKS.sub(" ", typed) if isinstance(typed, str) else typed


class PortalPageForm(SameSiteReferences, WagtailAdminPageForm):
    """Treats rich text without words as empty, and postpones `go_live_at` to the end of the embargo.

    A new body starts with an empty paragraph; empty paragraphs are not saved. Wagtail's editor submits empty rich text
    either as nothing or as an empty paragraph. If that counted as a change, a reviewer would become an author of the
    page and could not approve it. A `go_live_at` derived from the embargo is not shown, and is removed together with
    the embargo.
    """

    # Fields whose validity depends on the values of other fields.
    compared_with: ClassVar[dict[str, tuple[str, ...]]] = {"expire_at": ("embargo_until", "go_live_at")}

    def __init__(self, *args: Any, **kwargs: Any):
        page = kwargs.get("instance")
        for name in self.formsets.keys() - {"comments"} if page is not None and page.pk else ():
            # All rows are in memory, so that the form also renumbers rows that were not submitted.
            getattr(page, name).get_object_list()
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].widget = TitleInput(attrs={"maxlength": self.fields["title"].max_length})
        if "slug" in self.fields:
            language = self.instance.locale.language_code if self.instance.locale_id else ""
            self.fields["slug"].widget = SlugInput(formatters=spelled_out(language))
        embargo = getattr(self.instance, "embargo_until", None)
        if embargo and self.instance.go_live_at == embargo:
            self.initial["go_live_at"] = None
        if not self.is_bound:
            for name in self._bodies():
                if not self.initial.get(name):
                    self.initial[name] = StreamValue(self.fields[name].block, [("paragraph", RichText(""))])
        else:
            for form in (self, *(form for formset in self.formsets.values() for form in formset.forms)):
                form.initial_values = values_of(form)
            for formset in self.formsets.values():
                formset.error_messages |= LIST_LIMITS

    @property
    def read_by(self) -> dict[str, tuple[str, ...]]:
        """The fields that are reset to their stored values if the field on which they depend is invalid.

        An embargo postpones an earlier `go_live_at`.
        """
        return {"go_live_at": ("embargo_until",)}

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if not self._is_empty_as_before(name)]

    def clean(self) -> dict[str, Any]:
        self._give_free_address()
        cleaned = super().clean()
        for name in self._rich_texts():
            if is_empty_html(cleaned.get(name)):
                cleaned[name] = ""
        for name in self._bodies():
            if name in cleaned:
                cleaned[name] = remove_empty_paragraphs(cleaned[name])
                # Otherwise somebody who changes nothing would become an author.
                if name in self.changed_data:
                    cleaned[name] = remove_empty_lines(cleaned[name])
        for name, value in list(cleaned.items()):
            if isinstance(value, datetime) and value.year not in YEARS:
                self.add_error(
                    name, _("The year must be between %(first)d and %(last)d.") % {"first": YEARS[0], "last": YEARS[-1]}
                )
        self._check_address(cleaned)
        if embargo := cleaned.get("embargo_until"):
            self._check_embargo(embargo, cleaned)
        return cleaned

    def clean_again(self) -> None:
        """Validate again after fields have changed."""
        self.__dict__.pop("changed_data", None)
        self.forget_references()
        self.full_clean()

    def rows_it_lacks(self) -> dict[str, list[Any]]:
        """The stored rows missing from the submitted form, by list name."""
        found = {}
        for name, formset in self.formsets.items():
            sent = {row.instance.pk for row in formset.initial_forms}
            rows = [row for row in formset.queryset if row.pk is not None and row.pk not in sent]
            # The form omits resolved comments.
            if rows and name != "comments":
                found[name] = rows
        return found

    def save(self, commit: bool = True) -> Any:
        if self.instance._state.adding:
            # Wagtail makes new pages live by default.
            self.instance.live = False
        return super().save(commit=commit)

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """Also update the primary key of each row that was saved with another key than the form's."""
        updates = dict(super().get_field_updates_for_resave())
        for formset in self.formsets.values():
            for row in formset.forms:
                name, key = f"{row.prefix}-id", str(row.instance.pk or "")
                if key != self.data.get(name, "") and not row.cleaned_data.get(DELETION_FIELD_NAME):
                    updates[name] = key
        return list(updates.items())

    def _give_free_address(self) -> None:
        """Give a page that was never live the next free slug, such as `title-2`, if a sibling has its slug.

        The form of a new page stays open and sends the title's slug with each save. A sibling that the same window has
        just created is ignored, because it comes from the first click of a double click.
        """
        slug, page = self.cleaned_data.get("slug"), self.instance
        is_new = page._state.adding
        if not slug or self.parent_page is None:
            return
        if not is_new and (page.live or page.first_published_at or slug == page.slug):
            return
        neighbours = self.parent_page.get_children().exclude(pk=page.pk)
        if is_new and neighbours.filter(slug=slug, pk__in=self._created_by_this_window()).exists():
            return
        taken = neighbours.filter(slug__startswith=slug).values_list("slug", flat=True)
        self.cleaned_data["slug"] = first_free(slug, taken)

    def _created_by_this_window(self) -> QuerySet[Any]:
        """Primary keys of the pages just created by the browser window that sends this form."""
        try:
            window = UUID(self.data.get(WINDOW, ""))
        except ValueError:
            return PageLogEntry.objects.none().values("page")
        since = timezone.now() - DOUBLE_CLICK
        made = PageLogEntry.objects.filter(action="wagtail.create", uuid=window, user=self.for_user)
        return made.filter(timestamp__gt=since).values("page")

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        page, user = self.instance, self.for_user
        if page._state.adding or not page.live or not user or "slug" not in cleaned:
            return
        live_slug = type(page)._base_manager.values_list("slug", flat=True).get(pk=page.pk)
        if cleaned["slug"] != live_slug and not page.permissions_for_user(user).may_change_address():
            self.add_error("slug", _("The address of a published page cannot be changed."))

    def _check_embargo(self, embargo: datetime, cleaned: dict[str, Any]) -> None:
        if embargo <= timezone.now():
            if "embargo_until" in self.changed_data:
                self.add_error("embargo_until", _("An embargo must end in the future."))
            return
        expiry, start = cleaned.get("expire_at"), cleaned.get("go_live_at")
        if expiry and expiry <= embargo:
            self.add_error("expire_at", _("The page would expire before its embargo ends, and never be seen."))
        elif "go_live_at" in self.fields and (start is None or start < embargo):
            cleaned["go_live_at"] = embargo

    def _rich_texts(self) -> list[str]:
        model_fields = self._meta.model._meta.get_fields()
        return [field.name for field in model_fields if isinstance(field, RichTextField) and field.name in self.fields]

    def _bodies(self) -> list[str]:
        streams = [(name, field.block) for name, field in self.fields.items() if isinstance(field, BlockField)]
        return [name for name, block in streams if "paragraph" in getattr(block, "child_blocks", ())]

    def _is_empty_as_before(self, name: str) -> bool:
        before, now = self.get_initial_for_field(self.fields[name], name), self[name].data
        if name in self._bodies():
            return not before and not remove_empty_paragraphs(now)
        return name in self._rich_texts() and is_empty_html(before) and is_empty_html(now)


class DistinctRows(BaseChildFormSet):
    """A formset whose rows must differ in `distinct_by`; the first of these fields shows the error.

    Django rejects the whole formset. This class only rejects changed rows.
    """

    distinct_by: ClassVar[tuple[str, ...]]

    def validate_unique(self) -> None:
        seen: set[Hashable] = set()
        for row in sorted(self.rows_to_be, key=self.is_changed):
            identities = self.identities_of(row)
            if self.is_changed(row) and identities & seen:
                row.add_error(self.distinct_by[0], self.repetition_of(row))
            else:
                seen |= identities

    @property
    def rows_to_be(self) -> list[Any]:
        """The rows that will exist after saving. Rows whose first field was not submitted stay unchanged."""
        rows = [row for row in self.forms if row.is_valid() and row.cleaned_data.get(self.distinct_by[0])]
        return [row for row in rows if not row.cleaned_data.get(DELETION_FIELD_NAME)]

    def identities_of(self, row: Any) -> set[Hashable]:
        return {tuple(row.cleaned_data.get(name) for name in self.distinct_by)}

    def repetition_of(self, row: Any) -> str:
        return _("%(name)s is in the list twice.") % {"name": row.cleaned_data[self.distinct_by[0]]}

    def is_changed(self, row: Any) -> bool:
        return not {*self.distinct_by}.isdisjoint(row.changed_data)


def values_of(form: Any) -> dict[str, tuple[str, Any]]:
    """For each form field, the name of the record's attribute and its current value."""
    columns = {field.name: field.attname for field in form.instance._meta.concrete_fields}
    return {name: (columns[name], getattr(form.instance, columns[name])) for name in form.fields if name in columns}


def is_empty_html(html: Any) -> bool:
    """Whether rich text renders nothing: no words, embeds or horizontal rules."""
    text = str(html or "")
    return not strip_tags(text).strip() and "<embed" not in text and "<hr" not in text


def remove_empty_paragraphs(body: StreamValue) -> StreamValue:
    filled = [child for child in body if not (child.block_type == "paragraph" and is_empty_html(child.value))]
    if len(filled) == len(body):
        return body
    return StreamValue(body.stream_block, [(child.block_type, child.value, child.id) for child in filled])


def remove_empty_lines(body: StreamValue) -> StreamValue:
    """Remove empty lines within paragraph blocks, which Enter and pasting leave in the editor."""
    if not any(child.block_type == "paragraph" and EMPTY_LINE.search(child.value.source) for child in body):
        return body
    values = [
        RichText(EMPTY_LINE.sub("", child.value.source)) if child.block_type == "paragraph" else child.value
        for child in body
    ]
    return StreamValue(
        body.stream_block,
        [(child.block_type, value, child.id) for child, value in zip(body, values, strict=True)],
    )


class PortalCopyForm(CopyForm):
    """Copies are drafts. An alias is live at once, so it requires the permission to publish at the destination.

    Wagtail proposes the original's slug, although it is always taken.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # With this field, Wagtail would make the copy live and record the latest draft as its live version.
        self.fields.pop("publish_copies", None)
        self.fields["new_slug"].initial = free_slug(self.page.get_parent(), self.page.slug)

    def clean(self) -> dict[str, Any]:
        # At this point, Wagtail would check the permission to publish a copy.
        is_alias = self.cleaned_data.pop("alias", False)
        cleaned = super().clean()
        if is_alias:
            cleaned["alias"] = True
            place = cleaned.get("new_parent_page") or self.page.get_parent()
            if not PortalPageTester(self.user, place).may_alias_below():
                self.add_error("new_parent_page", _("An alias is published at once, and you may not publish there."))
        return cleaned
