"""Panels that stay folded until they are needed."""

from typing import Any

from wagtail.admin.panels import MultiFieldPanel

from portal.content.editing.paper import names_in


class FoldedPanel(MultiFieldPanel):
    """Panels folded behind `summary`; open if one of their fields has a value or an error.

    `opens_with` is the name of a sibling choice field and one of its values. That value also opens the panels.
    """

    def __init__(self, children: Any = (), *, summary: Any, opens_with: tuple[str, str] | None = None, **kwargs: Any):
        super().__init__(children, **kwargs)
        self.summary, self.opens_with = summary, opens_with

    def clone_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().clone_kwargs()
        return kwargs | {"summary": self.summary, "opens_with": self.opens_with}

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "editing/folded.html"

        @property
        def is_open(self) -> bool:
            fields = [self.form[name] for name in names_in(self.panel)]
            return self._is_chosen() or any(field.errors or field.value() for field in fields)

        def _is_chosen(self) -> bool:
            if self.panel.opens_with is None or "__prefix__" in self.form.prefix:
                return False
            name, value = self.panel.opens_with
            return bool(self.form[name].value() == value)
