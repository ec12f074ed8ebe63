"""Registers password reset requests, which anybody can make for any address, as personal data of the network."""

from typing import Any

from django.db.models import QuerySet
from django.tasks import TaskResultStatus
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from portal.content.personal_data import Sites, register_personal_data_source
from portal.editorial.sign_in.password_reset import mail_reset_links
from portal.platform.addresses import is_address
from portal.platform.tasks.durable import BACKEND
from portal.platform.tasks.pause import PAUSED


def _requests(address: str, sites: Sites) -> QuerySet[DBTaskResult]:
    """Requests with this address, in any spelling. Like accounts, they belong to the network."""
    requests = DBTaskResult.objects.filter(backend_name__in=(BACKEND, PAUSED), task_path=mail_reset_links.module_path)
    if sites is not None:
        return requests.none()
    # There are only a few: each is deleted two weeks after it was processed.
    typed = requests.exclude(status=TaskResultStatus.RUNNING).iterator(chunk_size=100)
    return requests.filter(pk__in=[each.pk for each in typed if is_address(each.args_kwargs["args"][0], address)])


def _as_data(task: DBTaskResult) -> dict[str, Any]:
    return {"asked": task.enqueued_at.isoformat(), "state": task.status.lower()}


register_personal_data_source("passwords", _("Requests for a new password"), _requests, _as_data, DBTaskResult)
