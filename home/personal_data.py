"""Form messages, for the export and erasure of one person's data."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from home.forms.records import FormRecord, SentFile
from portal.content.personal_data import Sites, register_personal_data_source


def _records_of(address: str, sites: Sites) -> QuerySet[FormRecord]:
    records = FormRecord.objects.of_person(address).select_related("page", "site").prefetch_related("files")
    return records if sites is None else records.filter(site__in=sites)


def _as_data(record: FormRecord) -> dict[str, Any]:
    return {
        "site": str(record.site),
        "form": record.page.title,
        "sent": record.submit_time.isoformat(),
        "answers": record.form_data,
        "files": [{"name": file.name, "bytes": file.size} for file in record.files.all()],
        "status": record.get_status_display(),
        "note": record.note,
        "deleted on": record.delete_at.isoformat(),
    }


register_personal_data_source("forms", _("Messages"), _records_of, _as_data, FormRecord, SentFile)
