"""Handles concurrent editing: warns of other open windows, and saves both versions of a conflict."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalKey
from wagtail.admin import messages
from wagtail.admin.models import EditingSession
from wagtail.admin.views.pages.edit import EditView
from wagtail.log_actions import log
from wagtail.models import COMMENTS_RELATION_NAME, Page, PageLogEntry, Revision, get_default_page_content_type

from portal.accounts.names import name_of
from portal.content.shown import cache_while_shown, stop_caching
from portal.editorial.approval.authorship import VERSION_KEPT
from portal.overrides.editor.windows import EditingWindowMixin, autosaved_in, window_of


def conflicting_versions_of(page: Page) -> QuerySet[PageLogEntry]:
    """The primary keys of conflicting revisions, which were saved in addition to the latest one."""
    return PageLogEntry.objects.filter(page=page.pk, action=VERSION_KEPT).values("revision")


def save_conflicting_version(page: Page, user: Any, latest: Revision) -> Revision:
    """Save a conflicting version as a revision that precedes `latest` in the history."""
    for comment in getattr(page, COMMENTS_RELATION_NAME).filter(pk__isnull=True):
        comment.page = page
        comment.save()
    conflicting = Revision(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        user=user,
        created_at=latest.created_at - timedelta(microseconds=1),
        content=page.serializable_data(),
        object_str=str(page),
    )
    conflicting.save()
    # Wagtail's history only offers to open versions with `content_changed`.
    log(instance=page, action=VERSION_KEPT, user=user, revision=conflicting, content_changed=True)
    return conflicting


class ConflictAwareEditView(EditingWindowMixin, EditView):
    """The page editor. It locks the page and compares the form's version with the latest one."""

    def get_object(self) -> Any:
        page = super().get_object()
        # After a POST request, the page stays locked until the form is saved.
        cache_while_shown(page)
        return page

    def get_editing_sessions(self) -> Any:
        self._warn_of_others()
        return super().get_editing_sessions()

    def _warn_of_others(self) -> None:
        """Add a message about other windows. Unlike Wagtail's indicators in the header, it needs no scripts."""
        if self.request.method != "GET" or self.locked_for_user:
            return
        others = self._open_windows().exclude(user=self.request.user).select_related("user").order_by("last_seen_at")
        if names := list(dict.fromkeys(name_of(session.user) for session in others)):
            text = _("Also open with: %(names)s. Whoever saves second is shown both texts; nothing is overwritten.")
            messages.warning(self.request, text % {"names": ", ".join(names)})

    def form_valid(self, form: Any) -> HttpResponse:
        stop_caching(self.page)
        if self.is_out_of_date and not self._approves():
            return self.save_conflict()
        self._forget_unanswered_rows(form)
        return super().form_valid(form)

    def _forget_unanswered_rows(self, form: Any) -> None:
        """Remove rows that this window autosaved, if the window did not receive the response.

        Without the response, the form lacks the primary keys of these rows, and submits them again as new rows. A row
        that violates a unique constraint is removed even if another window saved it.
        """
        if not (lacking := form.rows_it_lacks()):
            return
        window = window_of(self.request)
        is_own = window and self.page.latest_revision_id in autosaved_in(window, self.page, self.request.user)
        for name, rows in lacking.items():
            new = [row.instance for row in form.formsets[name].extra_forms]
            getattr(form.instance, name).remove(*(row for row in rows if is_own or _is_repeated(row, new)))

    @cached_property
    def is_out_of_date(self) -> bool:
        """Whether the page was saved after the form was loaded, other than by this window's autosaves."""
        if not super().is_out_of_date:
            return False
        window, loaded = window_of(self.request), self.request.POST.get("loaded_revision_id", "")
        if self.request.POST.get("overwrite_revision_id") or window is None or not loaded.isdecimal():
            return True
        since = self.page.revisions.filter(pk__gte=loaded).exclude(pk__in=conflicting_versions_of(self.page))
        times = {pk: created_at.isoformat() for pk, created_at in since.values_list("pk", "created_at")}
        if times.get(int(loaded)) == self.request.POST.get("loaded_revision_created_at"):
            del times[int(loaded)]
        return not times.keys() <= autosaved_in(window, self.page, self.request.user)

    def _open_windows(self) -> Any:
        return EditingSession.objects.available().filter(
            content_type=get_default_page_content_type(), object_id=str(self.page.pk)
        )

    def _approves(self) -> bool:
        return self.action_name == "perform_workflow_action" and self.workflow_action == "approve"

    def save_conflict(self) -> HttpResponse:
        """Save input based on an outdated version as a conflicting version, and show both."""
        conflicting = self._version_of_input()
        latest = self.latest_revision
        values = {
            "who": name_of(latest.user) or _("Somebody"),
            "time": date_format(localtime(latest.created_at), "SHORT_DATETIME_FORMAT"),
        }
        is_own = latest.user_id == self.request.user.pk
        if is_own:
            happened = _("You have saved this page in another window since you opened it here (%(time)s).") % values
        else:
            happened = _("%(who)s has saved this page since you opened it (%(time)s).") % values
        if conflicting is None:
            messages.warning(self.request, _("%(happened)s Here it is.") % {"happened": happened})
            return self.redirect_and_remain()
        text = _(
            "%(happened)s That version is the draft. What you wrote in this window is kept as a separate version: "
            "nothing is lost. Below, text that is only in the draft is crossed out, and text that is only in this "
            "window is highlighted."
        )
        conflicting_url = reverse("wagtailadmin_pages:revisions_revert", args=[self.page.pk, conflicting.pk])
        messages.warning(
            self.request,
            text % {"happened": happened},
            buttons=[
                messages.button(conflicting_url, _("Open my text: once saved, it is the draft")),
                messages.button(self.get_edit_url(), _("Open the draft: my text stays in the history")),
            ],
        )
        return redirect("wagtailadmin_pages:revisions_compare", self.page.pk, latest.pk, conflicting.pk)

    def _version_of_input(self) -> Revision | None:
        """The revision with the form's content, saved if necessary; None if the form changed nothing."""
        autosaved = self._autosaved_revision()
        base = autosaved or self._loaded_revision()
        if base is not None:
            form = self.form_class(
                self.request.POST,
                self.request.FILES,
                instance=base.as_object(),
                subscription=self.subscription,
                parent_page=self.parent,
                for_user=self.request.user,
            )
            if not form.has_changed():
                return autosaved
        return save_conflicting_version(self.form.save(commit=False), self.request.user, self.latest_revision)

    def _autosaved_revision(self) -> Revision | None:
        """This window's last autosaved revision."""
        window = window_of(self.request)
        keys = autosaved_in(window, self.page, self.request.user) if window else set()
        return self.page.revisions.filter(pk__in=keys).order_by("created_at", "pk").last()

    def _loaded_revision(self) -> Revision | None:
        """The revision that the form was loaded with; None if it was deleted or overwritten."""
        key = self.request.POST.get("loaded_revision_id", "")
        loaded = self.page.revisions.filter(pk=key).first() if key.isdecimal() else None
        is_same = loaded and loaded.created_at.isoformat() == self.request.POST.get("loaded_revision_created_at")
        return loaded if is_same else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The page must not change any more, not even in an autosave's response.
        cache_while_shown(self.page)
        context = super().get_context_data(**kwargs)
        if self.request.method == "POST" and self.is_out_of_date:
            # A form that is shown again with errors is still based on the older version.
            context["loaded_revision_created_at"] = self.request.POST.get("loaded_revision_created_at") or "earlier"
        return context


def _is_repeated(row: Any, others: Iterable[Any]) -> bool:
    """Whether the row and one of the others together violate a unique constraint."""
    columns = [
        [name for name in constraint.fields if not isinstance(row._meta.get_field(name), ParentalKey)]
        for constraint in row._meta.total_unique_constraints
    ]
    return any(
        all(getattr(row, name) == getattr(other, name) for name in names) for names in columns for other in others
    )
