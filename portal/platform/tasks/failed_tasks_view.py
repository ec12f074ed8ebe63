"""The list of failed tasks, for network administrators."""

from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.tasks import TaskResultStatus
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages

from portal.platform.newsroom_views import NewsroomView
from portal.platform.tasks.durable import RETRY_DELAYS
from portal.platform.tasks.failed_tasks import discard, failure_reason, needing_attention, retry
from portal.platform.tasks.periodic import failures

MAX_PER_PAGE = 50
STATES = {
    TaskResultStatus.FAILED: _("given up"),
    TaskResultStatus.RUNNING: _("stalled"),
    TaskResultStatus.READY: _("will be retried"),
}


class FailedTaskRow(NamedTuple):
    key: str
    name: str
    state: Any
    call: Any
    attempts: int
    reason: str


class FailedTasksView(NewsroomView, TemplateView):
    """The list does not show the arguments of a task, such as an email."""

    template_name = "core/failed_tasks.html"
    page_title = _("Background work")
    header_icon = "cogs"

    def test_func(self) -> bool:
        return self.request.user.is_superuser

    def get_context_data(self, **kwargs):
        page = Paginator(needing_attention(timezone.now()), MAX_PER_PAGE).get_page(self.request.GET.get("p"))
        rows = [
            FailedTaskRow(
                str(call.pk), call.task_name, STATES[call.status], call, len(call.worker_ids), failure_reason(call)
            )
            for call in page
        ]
        context = {"rows": rows, "page": page, "most": len(RETRY_DELAYS) + 1, "failures": failures()}
        return super().get_context_data(**kwargs) | context

    def post(self, request, *args, **kwargs):
        key, now = kwargs["key"], timezone.now()
        if request.POST.get("action") == "again" and retry(key, now):
            messages.success(request, gettext("The task will be retried now."))
        elif request.POST.get("action") == "give-up" and discard(key, now):
            messages.success(request, gettext("The task was deleted."))
        else:
            messages.warning(request, gettext("The task no longer needs attention."))
        return redirect("failed_tasks")
