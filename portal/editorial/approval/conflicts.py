"""Detects edits of one page by two people: warns about open windows, and keeps both versions if they conflict."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.models import EditingSession
from wagtail.admin.views.pages.edit import EditView
from wagtail.log_actions import log
from wagtail.models import COMMENTS_RELATION_NAME, Page, Revision, get_default_page_content_type

from portal.editorial.approval.authorship import VERSION_KEPT
from portal.editorial.people import name_of

# How long the answer to an autosave may be under way while the same window saves by hand.
AUTOSAVE_DELAY = timedelta(seconds=30)


def keep_version(page: Page, user: Any, latest: Revision) -> Revision:
    """Save a page as a revision of its own beside the `latest`, which stays the latest.

    In the history it comes just before the latest, since it was written without knowledge of that.
    """
    for comment in getattr(page, COMMENTS_RELATION_NAME).filter(pk__isnull=True):
        comment.page = page
        comment.save()
    kept = Revision(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        user=user,
        created_at=latest.created_at - timedelta(microseconds=1),
        content=page.serializable_data(),
        object_str=str(page),
    )
    kept.save()
    log(instance=page, action=VERSION_KEPT, user=user, revision=kept)
    return kept


class ConflictAwareEditView(EditView):
    """The page editor; compares the version that the form was loaded with to the latest, in the saving transaction."""

    def get_editing_sessions(self) -> Any:
        self._warn_of_others()
        return super().get_editing_sessions()

    def _warn_of_others(self) -> None:
        """Warn with a message, which needs no script, unlike Wagtail's indicators in the header."""
        if self.request.method != "GET" or self.locked_for_user:
            return
        others = self._open_windows().exclude(user=self.request.user).select_related("user").order_by("last_seen_at")
        if names := list(dict.fromkeys(name_of(session.user) for session in others)):
            text = _("Also open with: %(names)s. Whoever saves second is shown both texts; nothing is overwritten.")
            messages.warning(self.request, text % {"names": ", ".join(names)})

    def form_valid(self, form: Any) -> HttpResponse:
        if self.is_out_of_date and not self._approves() and not self._follows_own_autosave():
            return self.save_conflict()
        return super().form_valid(form)

    def _follows_own_autosave(self) -> bool:
        """Whether the newer revision is an autosave of this window, which has not received the answer yet.

        That is assumed if it is moments old, nobody else has saved since, and the user has no second window open.
        """
        latest, user, loaded = self.latest_revision, self.request.user, self.request.POST.get("loaded_revision_id", "")
        if latest.user_id != user.pk or latest.created_at < now() - AUTOSAVE_DELAY or not loaded.isdecimal():
            return False
        others_wrote = self.page.revisions.filter(pk__gt=loaded).exclude(user=user).exists()
        return not others_wrote and self._open_windows().filter(user=user).count() <= 1

    def _open_windows(self) -> Any:
        return EditingSession.objects.available().filter(
            content_type=get_default_page_content_type(), object_id=str(self.page.pk)
        )

    def _approves(self) -> bool:
        return self.action_name == "perform_workflow_action" and self.workflow_action == "approve"

    def save_conflict(self) -> HttpResponse:
        """Keep input that is based on an outdated version as a version of its own, and show both."""
        kept = self._version_of_input()
        latest = self.latest_revision
        values = {
            "who": name_of(latest.user) or _("Somebody"),
            "time": date_format(localtime(latest.created_at), "SHORT_DATETIME_FORMAT"),
        }
        if kept is None:
            text = _("%(who)s has saved this page since you opened it (%(time)s). Here it is.")
            messages.warning(self.request, text % values)
            return self.redirect_and_remain()
        text = _(
            "%(who)s has saved this page since you opened it (%(time)s). Your text is kept beside it as a version of "
            "its own, and nothing else was done. Compare the two, then go on with either."
        )
        kept_url = reverse("wagtailadmin_pages:revisions_revert", args=[self.page.pk, kept.pk])
        messages.warning(
            self.request,
            text % values,
            buttons=[
                messages.button(kept_url, _("Go on with my text")),
                messages.button(self.get_edit_url(), _("Go on with theirs")),
            ],
        )
        return redirect("wagtailadmin_pages:revisions_compare", self.page.pk, latest.pk, kept.pk)

    def _version_of_input(self) -> Revision | None:
        """Return the version that holds the submitted form, saved if need be; None if the form changed nothing."""
        base = self._starting_revision()
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
                # Autosave has saved a version of its own already.
                return base if self.request.POST.get("overwrite_revision_id") else None
        return keep_version(self.form.save(commit=False), self.request.user, self.latest_revision)

    def _starting_revision(self) -> Revision | None:
        """Return the revision that the form was loaded with, unless it is deleted or overwritten."""
        post = self.request.POST
        key = post.get("overwrite_revision_id") or post.get("loaded_revision_id") or ""
        base = self.page.revisions.filter(pk=key).first() if key.isdecimal() else None
        if base is None or post.get("overwrite_revision_id"):
            return base
        return base if base.created_at.isoformat() == post.get("loaded_revision_created_at") else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.method == "POST" and self.is_out_of_date:
            # A form that is shown again with errors is still based on an older version.
            context["loaded_revision_created_at"] = self.request.POST.get("loaded_revision_created_at") or "earlier"
        return context
