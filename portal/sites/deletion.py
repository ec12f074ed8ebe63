"""Deletes a site with all rows that the rules of `portal.sites.data` assign to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError
from django_tasks_db.models import DBTaskResult
from wagtail.models import ModelLogEntry, Page, PageLogEntry, ReferenceIndex, Site, Workflow
from wagtail_localize.models import TranslatableObject

from portal.content.mail import deliver
from portal.content.records.settings import SiteSettings
from portal.editorial.roles import groups_of
from portal.media.models import Document, Image
from portal.sites.data.errors import TransferError
from portal.sites.data.rules import exported_models, rule_of
from portal.sites.data.scope import GENERAL_PERMISSIONS, Scope

MAX_NAMED = 5
# The function that exports a site, if `portal.sites.transfer` is installed.
export: Callable[[Site, Path], Any] | None = None


class InUseError(TransferError):
    """Files of this site are used elsewhere. The message says where."""


@transaction.atomic
def delete_site(site: Site) -> None:
    """Delete the site with its pages, media, groups and workflow. Its users remain, without a role here.

    Raises InUseError and deletes nothing if another site or the network uses its images or documents.
    """
    scope = Scope(site)
    if uses := uses_elsewhere(scope):
        raise InUseError(_in_use(site, uses))
    groups = list(Group.objects.filter(pk__in=scope.groups))
    roles = {group.pk for group in groups_of(site)}
    history = [entry for model in (Site, *exported_models()) for entry in _history_of(model, scope)]
    workflows = list(Workflow.objects.filter(pk__in=scope.workflows))
    collections = list(scope.media_root.get_descendants(inclusive=True)) if scope.media_root else []
    pages = list(scope.pages.values_list("pk", "translation_key"))
    try:
        with transaction.atomic():
            for home in scope.homes:
                Page.objects.get(pk=home.pk).delete()
            site.delete()
            for model in (Image, Document):
                for each in model.objects.filter(collection__in=collections):
                    each.delete()
            for collection in reversed(collections):
                collection.delete()
            _delete_unused(workflows)
            for group in groups:
                if group.pk in roles or not _has_permissions(group):
                    group.delete()
    except ProtectedError as error:
        names = sorted({str(each) for each in error.protected_objects})[:MAX_NAMED]
        raise InUseError(
            f"Nothing was deleted: files from {site.site_name} are still used by {', '.join(names)}."
        ) from error
    ModelLogEntry.objects.filter(pk__in=history).delete()
    PageLogEntry.objects.filter(page__in=[key for key, _translation in pages]).delete()
    keys = {translation for _key, translation in pages}
    left = Page.objects.filter(translation_key__in=keys).values("translation_key")
    TranslatableObject.objects.filter(translation_key__in=keys).exclude(translation_key__in=left).delete()
    letters = DBTaskResult.objects.filter(task_path=deliver.module_path)
    letters.filter(args_kwargs__args__0__site=site.pk).delete()


def _history_of(model: Any, scope: Scope) -> list[int]:
    """The primary keys of log entries about the site's own records of a model."""
    entries = ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    if not entries.exists():
        return []
    rows = rule_of(model).rows(model, scope).values_list("pk", flat=True)
    own = {str(scope.site.pk)} if model is Site else {str(key) for key in rows}
    return [key for key, record in entries.values_list("pk", "object_id") if record in own]


def _has_permissions(group: Any) -> bool:
    """Whether a group that is not one of the site's role groups still has permissions elsewhere."""
    objects = (group.page_permissions, group.collection_permissions, group.site_permissions)
    if any(permissions.exists() for permissions in objects):
        return True
    general = set(group.permissions.values_list("content_type__app_label", "codename"))
    return not general <= GENERAL_PERMISSIONS


def uses_elsewhere(scope: Scope) -> list[tuple[str, str]]:
    """The titles of the site's files that another site or the network uses, each with the record that uses it."""
    found: list[tuple[str, str]] = []
    own = set(scope.pages.values_list("pk", flat=True))
    for model in (Image, Document):
        files = {str(each.pk): each.title for each in model.objects.filter(collection__in=scope.collections)}
        references = ReferenceIndex.objects.filter(
            to_content_type=ContentType.objects.get_for_model(model), to_object_id__in=list(files)
        )
        for reference in references.order_by("base_content_type", "object_id").iterator():
            owner: Any = reference.content_type.model_class()
            record = owner._base_manager.filter(pk=reference.object_id).first() if owner else None
            if record is not None and not _is_of(scope, record, own):
                found.append((files[reference.to_object_id], _with_site(record)))
    return found


def _is_of(scope: Scope, record: Any, own: set[int]) -> bool:
    if isinstance(record, Page):
        return record.pk in own
    if hasattr(record, "site_id"):
        return bool(record.site_id == scope.site.pk)
    collection = getattr(record, "collection", None)
    root = scope.media_root
    return collection is not None and root is not None and collection.path.startswith(root.path)


def _with_site(record: Any) -> str:
    site = record.get_site() if isinstance(record, Page) else getattr(record, "site", None)
    where = site.site_name or site.hostname if site else "network"
    return f"“{site if isinstance(record, SiteSettings) else record}” ({where})"


def _in_use(site: Site, uses: list[tuple[str, str]]) -> str:
    named = [f"“{title}” in {record}" for title, record in dict.fromkeys(uses)]
    more = f", and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
    return (
        f"Nothing was deleted. Files from {site.site_name} are used elsewhere: {', '.join(named[:MAX_NAMED])}{more}. "
        "Replace these files there first, or move them to a network folder."
    )


def _delete_unused(workflows: list[Workflow]) -> None:
    """Delete workflows that no other site uses, and then their tasks."""
    for workflow in workflows:
        tasks = [link.task for link in workflow.workflow_tasks.all()]
        used_by = (workflow.workflow_pages, workflow.workflow_states, workflow.workflow_content_types)
        if not any(rows.exists() for rows in used_by):
            workflow.delete()
            for task in tasks:
                if not task.workflow_tasks.exists() and not task.task_states.exists():
                    task.delete()
