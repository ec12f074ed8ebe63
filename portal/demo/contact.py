"""Builds the demo's contact forms."""

from typing import Any

from home.models import FormField, FormPage


def contact_form(page: dict[str, Any], words: dict[str, Any], to_address: str) -> FormPage:
    """An unsaved form page; `page` has the fields of a page, `words` the labels and texts of the form."""
    form = FormPage(
        **page,
        thanks=f"<p>{words['thanks']}</p>",
        confirmation=words["confirmation"],
        to_address=to_address,
        keep_days=90,
    )
    form.form_fields = [
        FormField(sort_order=number, **{"required": True, **field}) for number, field in enumerate(words["fields"])
    ]
    return form
