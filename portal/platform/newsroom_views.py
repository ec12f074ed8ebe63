"""The base class of the newsroom's own views: who may open them, and the head of their pages."""

from typing import Any

from django.contrib.auth.mixins import UserPassesTestMixin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin


def titled(title: str, text: str) -> str:
    """A title with a subtitle; French has a space before the colon."""
    return _("%(title)s: %(subtitle)s") % {"title": title, "subtitle": text}


def crumb(label: Any, url: str = "", sublabel: Any = "") -> dict[str, Any]:
    return {"url": url, "label": label, "sublabel": sublabel}


class NewsroomView(UserPassesTestMixin, ContextMixin):
    """The context of a template that extends `wagtailadmin/generic/base.html`."""

    request: Any
    page_title: Any = ""
    page_subtitle: Any = ""
    header_icon = ""
    header_buttons: Any = ()

    def test_func(self) -> bool:
        """Whether the user may open the page; everybody else is refused."""
        return True

    def breadcrumbs(self) -> list[dict[str, Any]]:
        """The links from the dashboard down to this page."""
        return [crumb(self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title, subtitle = self.page_title, self.page_subtitle
        return super().get_context_data(**kwargs) | {
            "header_title": titled(title, subtitle) if subtitle else title,
            "header_icon": self.header_icon,
            "header_buttons": self.header_buttons,
            "breadcrumbs_items": [crumb(_("Home"), reverse("wagtailadmin_home")), *self.breadcrumbs()],
        }
