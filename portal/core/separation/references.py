"""A form of the newsroom that takes up nothing of another site: neither by a chooser nor by a key written by hand."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import CollectionMember, Page, ReferenceIndex
from wagtail.permission_policies.sites import SitePermissionPolicy
from wagtail.permissions import policy_registry

from portal.core.separation.choices import choosable_pages

# A record that is referred to: its content type and its key.
Target = tuple[int, str]


def is_choosable(model: Any, user: Any) -> QuerySet[Any] | None:
    """What a user may choose of a kind of records; None for a kind that has nothing to do with sites."""
    if issubclass(model, Page):
        return Page.objects.filter(choosable_pages(user))
    policy = policy_registry.get_by_type(model)
    if issubclass(model, CollectionMember):
        return policy.instances_user_has_any_permission_for(user, ["choose"])
    if isinstance(policy, SitePermissionPolicy):
        return policy.instances_user_has_any_permission_for(user, ["view"])
    return None


def _references(record: Any) -> Iterator[tuple[Target, str]]:
    """What a record refers to by its fields and texts, its related rows included, each with the field that does."""
    for content_type, key, path, _content_path in ReferenceIndex._extract_references_from_object(record):
        yield (content_type, key), path.split(".", 1)[0]


def _without(value: str, key: str) -> str:
    """What was written in a field, less a key that is all of it, or that a link or a picture in a text has."""
    return "" if value == key else re.sub(rf'("id":\s*"?){re.escape(key)}\b', r"\g<1>0", value)


class SameSiteReferences:
    """Before a form of a model. What the record refers to already stays, though it may have come from elsewhere."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._known: set[Target] = set()
        if self.is_bound and self._asks():  # type: ignore[attr-defined]
            self._known = {target for target, _name in _references(self.instance)}  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        return super().is_valid() and not (self._asks() and self._takes_from_elsewhere())  # type: ignore[misc]

    def _asks(self) -> bool:
        user = self.for_user  # type: ignore[attr-defined]
        return user is not None and not user.is_superuser

    def _takes_from_elsewhere(self) -> bool:
        taken: dict[int, dict[str, tuple[Any, str]]] = defaultdict(dict)
        for form in (self, *self._rows()):
            for (content_type, key), name in _references(form.instance):
                if (content_type, key) not in self._known:
                    taken[content_type][key] = (form, name)
        found = False
        for content_type, keys in taken.items():
            allowed = is_choosable(ContentType.objects.get_for_id(content_type).model_class(), self.for_user)  # type: ignore[attr-defined]
            if allowed is None:
                continue
            mine = {str(key) for key in allowed.filter(pk__in=list(keys)).values_list("pk", flat=True)}
            for key in keys.keys() - mine:
                form, name = keys[key]
                found = True
                message = _("This belongs to another site. Choose something of your site.")
                form.add_error(name if name in form.fields else None, message)
                self._forget(form.add_prefix(name), key)
        return found

    def _forget(self, prefix: str, key: str) -> None:
        """Let the form that is shown again not say what the key stands for."""
        data = self.data.copy()  # type: ignore[has-type]
        for name in [name for name in data if name == prefix or name.startswith(f"{prefix}-")]:
            data.setlist(name, [_without(value, key) for value in data.getlist(name)])
        self.data = data
        for formset in getattr(self, "formsets", {}).values():
            formset.data = data
            for form in formset.forms:
                form.data = data

    def _rows(self) -> list[Any]:
        formsets = getattr(self, "formsets", {}).values()
        return [
            form
            for formset in formsets
            for form in formset.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


class SameSiteForm(SameSiteReferences, WagtailAdminModelForm):
    """For settings and other records without a form of their own."""
