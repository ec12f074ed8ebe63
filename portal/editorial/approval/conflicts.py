"""Two people in one page: the second is warned, and who saves over a text that they have not seen loses nothing."""

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

from portal.editorial.approval.authorship import SET_ASIDE
from portal.editorial.people import name_of

# How long an answer to autosave may take, while its window saves by hand.
IN_FLIGHT = timedelta(seconds=30)


def save_as_version(page: Page, user: Any, latest: Revision) -> Revision:
    """Keep a text as a version of its own beside the `latest`, which stays what the page goes on with.

    It stands just before the latest in the history, since it was written over what was there before that.
    """
    for remark in getattr(page, COMMENTS_RELATION_NAME).filter(pk__isnull=True):
        remark.page = page
        remark.save()
    kept = Revision(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        user=user,
        created_at=latest.created_at - timedelta(microseconds=1),
        content=page.serializable_data(),
        object_str=str(page),
    )
    kept.save()
    log(instance=page, action=SET_ASIDE, user=user, revision=kept)
    return kept


class KeepsConflictingVersions(EditView):
    """The editing page: compares what somebody started from with what is there, in one transaction with saving."""

    def get_editing_sessions(self) -> Any:
        self._warn_of_others()
        return super().get_editing_sessions()

    def _warn_of_others(self) -> None:
        """In words, and without scripts; Wagtail's own signs in the header come and go with the others."""
        if self.request.method != "GET" or self.locked_for_user:
            return
        others = self._open_windows().exclude(user=self.request.user).select_related("user").order_by("last_seen_at")
        if names := list(dict.fromkeys(name_of(session.user) for session in others)):
            words = _("Also open with: %(names)s. Whoever saves second is shown both texts; nothing is overwritten.")
            messages.warning(self.request, words % {"names": ", ".join(names)})

    def form_valid(self, form: Any) -> HttpResponse:
        if self.is_out_of_date and not self._approves() and not self._follows_own_autosave():
            return self.save_conflict()
        return super().form_valid(form)

    def _follows_own_autosave(self) -> bool:
        """Whether the newer text is what autosave kept from this very window, which has not read the answer yet.

        It is, as far as anyone can tell, if it is moments old, nobody else wrote since, and no second window is open.
        """
        latest, user, loaded = self.latest_revision, self.request.user, self.request.POST.get("loaded_revision_id", "")
        if latest.user_id != user.pk or latest.created_at < now() - IN_FLIGHT or not loaded.isdecimal():
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
        """What somebody wrote over a version that is no longer the latest: keep it, and show both."""
        kept = self._kept()
        latest = self.latest_revision
        facts = {
            "who": name_of(latest.user) or _("Somebody"),
            "time": date_format(localtime(latest.created_at), "SHORT_DATETIME_FORMAT"),
        }
        if kept is None:
            words = _("%(who)s has saved this page since you opened it (%(time)s). Here it is.")
            messages.warning(self.request, words % facts)
            return self.redirect_and_remain()
        words = _(
            "%(who)s has saved this page since you opened it (%(time)s). Your text is kept beside it as a version of "
            "its own, and nothing else was done. Compare the two, then go on with either."
        )
        again = reverse("wagtailadmin_pages:revisions_revert", args=[self.page.pk, kept.pk])
        messages.warning(
            self.request,
            words % facts,
            buttons=[
                messages.button(again, _("Go on with my text")),
                messages.button(self.get_edit_url(), _("Go on with theirs")),
            ],
        )
        return redirect("wagtailadmin_pages:revisions_compare", self.page.pk, latest.pk, kept.pk)

    def _kept(self) -> Revision | None:
        """The version that holds what was written; None if nothing was."""
        base = self._base()
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
                # What autosave has kept already is a version of its own.
                return base if self.request.POST.get("overwrite_revision_id") else None
        return save_as_version(self.form.save(commit=False), self.request.user, self.latest_revision)

    def _base(self) -> Revision | None:
        """What the writer started from, if it is still there as it was."""
        post = self.request.POST
        key = post.get("overwrite_revision_id") or post.get("loaded_revision_id") or ""
        base = self.page.revisions.filter(pk=key).first() if key.isdecimal() else None
        if base is None or post.get("overwrite_revision_id"):
            return base
        return base if base.created_at.isoformat() == post.get("loaded_revision_created_at") else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.method == "POST" and self.is_out_of_date:
            # A form that comes back with errors still holds a text that was written over an older version.
            context["loaded_revision_created_at"] = self.request.POST.get("loaded_revision_created_at") or "earlier"
        return context
