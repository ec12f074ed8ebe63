"""Receivers of signals about acts: sign-ins, Wagtail's log, changes to accounts and settings."""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.log_actions import get_active_log_context
from wagtail.models import ModelLogEntry, PageLogEntry, Site

from portal.audit.log import MASK, SECRET, record
from portal.audit.sites import site_of_path, site_of_record
from portal.content.personal_data import personal_data_sources

SIGNED_IN, SIGNED_OUT, SIGN_IN_FAILED = "portal.session.begin", "portal.session.end", "portal.session.fail"
CHANGED, CREATED, DELETED = "portal.settings.change", "portal.settings.create", "portal.settings.delete"
ACCOUNT, FACTOR = "portal.account.", "portal.factor."
# Work on drafts is in the page history. An autosave is not an act to audit.
OF_DRAFTS = frozenset(
    f"wagtail.{action}" for action in ("create", "edit", "rename", "reorder", "lock", "unlock", "workflow.start")
)
COMMENTS = "wagtail.comments."
# Settings that Wagtail does not count as such.
WATCHED = frozenset(
    {
        "core.NetworkRetention",
        "editorial.ClaimedRole",
        "editorial.SignInRule",
        "editorial.SiteChecklist",
        "socialaccount.SocialApp",
    }
)


def signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    record(SIGNED_IN, actor=user, request=request, site=_site_with_role(request, pk=user.pk))


def signed_out(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record(SIGNED_OUT, actor=user, request=request, site=_site_with_role(request, pk=user.pk))


def sign_in_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Log an existing account by its key. The input is not logged, because it may be a password."""
    model = get_user_model()
    name = str(credentials.get(model.USERNAME_FIELD) or credentials.get("username") or "")
    key = model._default_manager.filter(**{model.USERNAME_FIELD: name}).values_list("pk", flat=True).first()
    site = _site_with_role(request, **{model.USERNAME_FIELD: name})
    record(SIGN_IN_FAILED, request=request, site=site, target=(model._meta.label, key or ""))


def _site_with_role(request: HttpRequest | None, **account: Any) -> int | None:
    """The site of this host if the account has a role there. Other sites must not learn of the account."""
    edition = getattr(request, "edition", None)
    if edition is None:
        return None
    lookups = {f"user__{name}": value for name, value in account.items()}
    has_role = Group.objects.filter(newsroom_role__site=edition.site, **lookups).exists()
    return edition.site.pk if has_role else None


def factor_changed(change: str) -> Any:
    """Receiver of django-allauth's signals about passkeys, codes and passwords. The code itself is not logged."""

    def receive(sender: Any, request: HttpRequest, user: Any, authenticator: Any = None, **kwargs: Any) -> None:
        kind = getattr(authenticator, "type", None)
        record(f"{FACTOR}{change}", actor=user, request=request, target=user, data={"kind": kind} if kind else {})

    return receive


def page_logged(sender: Any, instance: PageLogEntry, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw and instance.action not in OF_DRAFTS and not instance.action.startswith(COMMENTS):
        site = site_of_path(instance.page.url_path)
        _record_logged(instance, site, ("wagtailcore.Page", instance.page_id), instance.label)


def record_logged(sender: Any, instance: ModelLogEntry, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Log Wagtail's entry. Leave out the title of a reader's record, because it contains the reader's name."""
    model = instance.content_type.model_class() if instance.content_type else None
    if not created or raw or model is None:
        return
    if instance.action == "wagtail.edit" and model in watched():
        # Recorded elsewhere, with the previous values.
        return
    is_of_people = any(model in source.models for source in personal_data_sources())
    site, target = site_of_record(model, instance.object_id), (model._meta.label, instance.object_id)
    _record_logged(instance, site, target, title="" if is_of_people else instance.label)


def _record_logged(entry: Any, site: int | None, target: tuple[str, Any], title: str) -> None:
    revision = {"revision": entry.revision_id} if entry.revision_id else {}
    # Wagtail's data about the revision, such as when it goes live, remain.
    record(entry.action, actor=entry.user, site=site, target=target, title=title, data={**revision, **entry.data})


def account_changed(sender: Any, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """`post_save` receiver for `editorial.AccountChange`, which has the old and the new value in one text."""
    if not created or raw:
        return
    before, arrow, after = instance.details.partition(" → ")
    if not arrow:
        sign, _space, names = instance.details.partition(" ")
        before, after = {"+": ("", names), "−": (names, "")}.get(sign, ("", instance.details))
    target = (get_user_model()._meta.label, instance.account_id)
    words = {"before": before, "after": after}
    record(f"{ACCOUNT}{instance.kind}", actor=instance.actor, site=instance.site_id, target=target, **words)


def watched() -> set[type[Model]]:
    """The models of which all changes are recorded, whether made by a form, a command or a shell."""
    return {Site, *settings_registry, *(model for model in apps.get_models() if model._meta.label in WATCHED)}


def settings_saving(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    old = None if raw or instance._state.adding else sender._base_manager.filter(pk=instance.pk).first()
    instance._audited_before = _values(old) if old else {}


def settings_saved(sender: Any, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Record new and changed records, but not a site's new settings: a reader's first request may create them."""
    before, after = instance._audited_before, _values(instance)
    changed = [name for name in after if before.get(name) != after[name]]
    if raw or (created and sender in settings_registry) or not changed:
        return
    was, now = ({name: values[name] for name in changed if name in values} for values in (before, after))
    _record_settings(CREATED if created else CHANGED, instance, before=was, after=now)


def settings_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    _record_settings(DELETED, instance, before=_values(instance))


def _record_settings(action: str, instance: Any, **words: dict[str, Any]) -> None:
    """Record the change; for a secret, without its value."""
    shown: dict[str, Any] = {
        kind: {name: MASK if value and SECRET.search(name) else value for name, value in values.items()}
        for kind, values in words.items()
    }
    user = getattr(get_active_log_context(), "user", None)
    site = instance.pk if isinstance(instance, Site) else getattr(instance, "site_id", None)
    record(action, actor=user, site=site, target=instance, title=str(instance), **shown)


def _values(instance: Any) -> dict[str, Any]:
    return {
        field.name: field.get_prep_value(field.value_from_object(instance)) for field in instance._meta.concrete_fields
    }
