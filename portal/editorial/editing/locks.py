"""The notice above the form of a locked page: who has locked it, since when, and what the reader can do."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from wagtail.locks import BasicLock, ScheduledForPublishLock, WorkflowLock

from portal.accounts.names import name_of
from portal.editorial.approval.next_step import next_step_of
from portal.editorial.schedule.changing import schedule_of
from portal.formats.words import date_and_time


class NamesLock:
    """Mixin of Wagtail's page editor. Its own messages do not say what one can do."""

    page: Any
    lock: Any
    locked_for_user: bool

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.locked_for_user and self._notice is not None:
            self.lock.get_message = lambda user: self._notice
        response: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return response

    @cached_property
    def _notice(self) -> str | None:
        """The notice, empty if there is another one; None for Wagtail's own."""
        if notice := notice_of(self.page, self.lock, self.request.user):  # type: ignore[attr-defined]
            return notice
        if isinstance(self.lock, ScheduledForPublishLock):
            schedule = schedule_of(self.page, self.request.user)  # type: ignore[attr-defined]
            return "" if schedule and schedule.release else None
        return None


def notice_of(page: Any, lock: Any, user: Any) -> SafeString | None:
    """The notice of a lock or a review; None for another kind of lock."""
    if isinstance(lock, BasicLock):
        return lock_notice(page, may_unlock=page.permissions_for_user(user).can_unlock())
    return review_notice(page, user) if isinstance(lock, WorkflowLock) else None


def lock_notice(page: Any, *, may_unlock: bool) -> SafeString:
    values = {"who": name_of(page.locked_by), "when": _since(page.locked_at)}
    if not values["who"]:
        said = format_html("<b>{}</b>", _("This page is locked."))
    elif values["when"]:
        said = format_html("<b>{}</b>", _("%(who)s locked this page on %(when)s.") % values)
    else:
        said = format_html("<b>{}</b>", _("%(who)s has locked this page.") % values)
    if may_unlock:
        advice = _("You can read it. To change it, unlock it.")
    elif values["who"]:
        advice = _("You can read it. To change it, ask %(who)s to unlock it.") % values
    else:
        advice = _("You can read it. To change it, ask somebody who publishes here to unlock it.")
    return format_html("{} {}", said, advice)


def review_notice(page: Any, user: Any) -> SafeString:
    step, state = next_step_of(page), page.current_workflow_state
    task = state.current_task_state
    values = {"names": step.names, "when": _since(task.started_at if task else state.created_at)}
    if values["names"]:
        said = _("In review since %(when)s, with %(names)s.") % values
    else:
        said = _("In review since %(when)s.") % values
    if state.user_can_cancel(user):
        advice = _("You can read it. To go on writing, cancel the request below, or have it sent back to you.")
    else:
        advice = _("You can read it. It can be changed again once it is approved or sent back.")
    return format_html("<b>{}</b> {}", said, advice)


def _since(time: Any) -> str:
    return date_and_time(localtime(time)) if time else ""
