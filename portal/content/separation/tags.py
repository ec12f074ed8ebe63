"""The tags that a user may see: those of permitted images and documents."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from taggit.models import Tag, TaggedItem
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

PERMISSIONS = ["add", "change", "delete", "choose"]


def visible_tags(user: Any, *models: Any) -> QuerySet[Tag]:
    seen = Q(pk__in=[])
    for model in models or (get_image_model(), get_document_model()):
        files = policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, PERMISSIONS)
        content_type = ContentType.objects.get_for_model(model)
        items = TaggedItem.objects.filter(content_type=content_type, object_id__in=files.values("pk"))
        seen |= Q(pk__in=items.values("tag"))
    return Tag.objects.filter(seen)
