"""The stream field of all models. Its blocks are not part of migrations."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from wagtail.fields import StreamField


class PortalStreamField(StreamField):
    """A stream that migrations see as a plain JSON column, so a new block needs no migration.

    Data migrations read and write the raw JSON: a list of blocks with `type`, `value` and `id`.
    """

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> Any: ...
        def __set__(self, instance: Any, value: Any) -> None: ...

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = models.Field.deconstruct(self)
        return name, "django.db.models.JSONField", list(args), kwargs

    def clone(self) -> Self:
        kwargs = self.deconstruct()[3]
        options = {name: value for name, value in self.block_opts.items() if name != "required"}
        return type(self)(self.block_types_arg, **options, **kwargs)
