"""Replaces the inline scripts that start Wagtail's choosers and date fields: the content policy forbids them.

`editorial/widgets/start.js` starts them from a data attribute. The templates of panels (`wagtailadmin/panels`) write
the same attribute.
"""

# For Wagtail 8.0 and 8.1. Drop when Wagtail's widgets start without inline scripts (docs/upstream/wagtail-editor-
# choosers.md).

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput, BaseChooser

# `new PageChooser("id_page", {...});`: the arguments are JSON.
SCRIPT = re.compile(r"<script>(?:new )?(?P<name>\w+)\((?P<arguments>.*?)\);</script>", re.DOTALL)


def start_widgets_by_data() -> None:
    """Replace the scripts of all choosers and date fields in this process."""
    for widget in (BaseChooser, AdminDateInput, AdminTimeInput, AdminDateTimeInput, DateRangePickerWidget):
        widget.render = _without_script(widget.render)


def _without_script(render: Callable[..., SafeString]) -> Callable[..., SafeString]:
    @wraps(render)
    def rendered(*args: Any, **kwargs: Any) -> SafeString:
        return mark_safe(SCRIPT.sub(_as_data, render(*args, **kwargs)))

    return rendered


def _as_data(script: re.Match[str]) -> str:
    return format_html('<span hidden data-start="{name}" data-with="[{arguments}]"></span>', **script.groupdict())
