"""Form validation that rejects new references to another site's records, even if somebody tampers with a key."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import CollectionMember, Page
from wagtail.permission_policies.sites import SitePermissionPolicy
from wagtail.permissions import policy_registry

from portal.content.separation.choices import choosable_pages
from portal.content.upstream import references_in
from portal.platform.newer_values import SparesNewerValues

# The error code of a rejected reference; its parameter `paths` has the positions in the record.
OF_ANOTHER_SITE = "of_another_site"
# The target of a reference: the primary keys of its content type and of itself.
Target = tuple[int, str]


def choosable_records(model: Any, user: Any) -> QuerySet[Any] | None:
    """The records of a model that a user may choose; None for a model not separated by site."""
    if issubclass(model, Page):
        return Page.objects.filter(choosable_pages(user))
    policy = policy_registry.get_by_type(model)
    if issubclass(model, CollectionMember):
        return policy.instances_user_has_any_permission_for(user, ["choose"])
    if isinstance(policy, SitePermissionPolicy):
        return policy.instances_user_has_any_permission_for(user, ["view"])
    return None


# Inputs that describe the structure of blocks and rows.
STRUCTURE = re.compile(r"-(count|type|id|order|deleted)$")


def _references(record: Any) -> Iterator[tuple[Target, str]]:
    for content_type, key, _path, content_path in references_in(record):
        yield (content_type, key), content_path


def _without_key(value: str, key: str) -> str:
    """Remove a key from field data. The data is either the key itself or rich text with links and images."""
    return "" if value == key else re.sub(rf'("id":\s*"?){re.escape(key)}\b', r"\g<1>0", value)


class SameSiteReferences:
    """Mixin for a model form. References that the record already has may stay, even those to another site."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._existing: set[Target] = set()
        if self.is_bound and self._is_restricted():  # type: ignore[attr-defined]
            self._existing = {target for target, _path in _references(self.instance)}  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        return super().is_valid() and not (self._is_restricted() and self._adds_records_of_other_sites)  # type: ignore[misc]

    def forget_references(self) -> None:
        """Discard the references found in the submitted data after the record has changed."""
        if self.__dict__.pop("_adds_records_of_other_sites", False):
            self._set_data(self._sent)

    def _is_restricted(self) -> bool:
        user = self.for_user  # type: ignore[attr-defined]
        return user is not None and not user.is_superuser

    @cached_property
    def _adds_records_of_other_sites(self) -> bool:
        added: dict[int, dict[str, list[tuple[Any, str]]]] = defaultdict(lambda: defaultdict(list))
        for form in (self, *self._rows()):
            for (content_type, key), path in _references(form.instance):
                if (content_type, key) not in self._existing:
                    added[content_type][key].append((form, path))
        self._sent = self.data  # type: ignore[has-type]
        found = False
        for content_type, keys in added.items():
            allowed = choosable_records(ContentType.objects.get_for_id(content_type).model_class(), self.for_user)  # type: ignore[attr-defined]
            if allowed is None:
                continue
            permitted = {str(key) for key in allowed.filter(pk__in=list(keys)).values_list("pk", flat=True)}
            for key in keys.keys() - permitted:
                found = True
                self._refuse(keys[key], key)
        return found

    def _refuse(self, places: list[tuple[Any, str]], key: str) -> None:
        message = _("This belongs to another site. Choose something from your site.")
        paths_by_name = defaultdict(list)
        for form, path in places:
            paths_by_name[form, path.split(".", 1)[0]].append(path)
        for (form, name), paths in paths_by_name.items():
            error = ValidationError(message, code=OF_ANOTHER_SITE, params={"paths": paths})
            form.add_error(name if name in form.fields else None, error)
            for path in paths:
                self._remove_key(self._name_in_data(form, path), key)

    def _name_in_data(self, form: Any, path: str) -> str:
        """The name of the input at a path, or its first part."""
        field, *parts = path.split(".")
        name = form.add_prefix(field)
        for part in parts:
            ids = re.compile(rf"({re.escape(name)}-\d+)-id")
            blocks = (match[1] for match in map(ids.fullmatch, self.data) if match and self.data[match[0]] == part)
            block = next(blocks, "")
            inner = f"{block}-value" if block else f"{name}-{part}"
            if not any(each == inner or each.startswith(f"{inner}-") for each in self.data):
                break
            name = inner
        return name

    def _remove_key(self, prefix: str, key: str) -> None:
        """Remove a rejected key from the data, so that the redisplayed form does not reveal its target."""
        data = self.data.copy()  # type: ignore[has-type]
        for name in [name for name in data if name == prefix or name.startswith(f"{prefix}-")]:
            if not STRUCTURE.search(name):
                data.setlist(name, [_without_key(value, key) for value in data.getlist(name)])
        self._set_data(data)

    def _set_data(self, data: Any) -> None:
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


class SameSiteForm(SparesNewerValues, SameSiteReferences, WagtailAdminModelForm):
    """The form of settings and other records that need no further validation."""
