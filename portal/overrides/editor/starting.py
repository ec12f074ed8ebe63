"""Starts Wagtail's choosers without the inline scripts that it writes after each, which the content policy forbids.

`editorial/widgets/start.js` reads what stands in their place, as it does for the panels and for dates, whose templates
(`wagtailadmin/panels`, `wagtailadmin/widgets`) are ours.
"""

# For Wagtail 8.0 and 8.1. Goes when Wagtail's choosers start without inline scripts (docs/upstream/wagtail-editor-
# choosers.md).

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.widgets import BaseChooser

# `new PageChooser("id_page", {...});`: the arguments are JSON.
SCRIPT = re.compile(r"<script>(?:new )?(?P<name>\w+)\((?P<arguments>.*)\);</script>", re.DOTALL)


def start_choosers_by_data() -> None:
    """Replace the scripts of all choosers of this process."""
    BaseChooser.render = _without_script(BaseChooser.render)


def _without_script(render: Callable[..., SafeString]) -> Callable[..., SafeString]:
    @wraps(render)
    def rendered(*args: Any, **kwargs: Any) -> SafeString:
        return mark_safe(SCRIPT.sub(_as_data, render(*args, **kwargs)))

    return rendered


def _as_data(script: re.Match[str]) -> str:
    return format_html('<span hidden data-start="{name}" data-with="[{arguments}]"></span>', **script.groupdict())
