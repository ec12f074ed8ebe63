"""The dashboard panel that guides a new site's administrator to its opening."""

from typing import Any

from django.forms import Media
from django.http import HttpRequest
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import Component

from portal.editorial.site_admin.scope import administers_any
from portal.sites.opening import hidden_sites_of, steps_of

# Network administrators may have many unopened sites; only the newest are shown.
MAX_SITES = 3


class FirstStepsPanel(Component):
    name = "first-steps"
    order = 5
    template_name = "sites/first_steps.html"

    @property
    def media(self) -> Media:
        return Media(css={"all": [versioned_static("css/dashboard.css")]})

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request: HttpRequest = parent_context["request"]
        user: Any = request.user
        sites = hidden_sites_of(user)[:MAX_SITES] if administers_any(user) else []
        return {"sites": [(site, steps_of(site)) for site in sites]}
