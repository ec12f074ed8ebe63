"""Writes acts into the audit log, for every part of the portal."""

import re
from collections.abc import Mapping
from secrets import token_hex
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from portal.accounts.names import name_of
from portal.audit.chain import canonical, chain_soon, digest_of
from portal.audit.models import AuditWords, UnchainedAct
from portal.content.readers.sources import network_of
from portal.platform.operation.log_lines import current_request

# Longer values are truncated. The log records that a value changed, and need not store the whole value.
LONGEST_VALUE = 2000
# Names of values that are masked.
SECRET = re.compile(r"password|secret|token|(api|private)_?key", re.IGNORECASE)
MASK = "…"


def record(
    action: str,
    *,
    actor: Any = None,
    site: int | None = None,
    target: Any = None,
    title: str = "",
    request: HttpRequest | None = None,
    **words: Any,
) -> None:
    """Write an act in the transaction of the change that it records; it is chained after the commit.

    `site` is a key, or None for the network. `target` is a record, or a model's label and a key. `before` and `after`
    are the values that changed, as JSON; `data` has other JSON values. `request` defaults to the current one. For
    people without an account, `who` replaces the actor's name and network.
    """
    who = words.pop("who", None) or _who(actor, request or current_request())
    keys = {"site_key": site, "actor_key": getattr(actor, "pk", None), **_place(target)}
    with transaction.atomic(savepoint=False):
        new_act(action, who=who, what={"title": title, **words}, **keys).save(force_insert=True)
        if not any(each[1] is chain_soon for each in connection.run_on_commit):
            transaction.on_commit(chain_soon, robust=True)


def new_act(action: str, *, who: Mapping[str, Any] = {}, what: Mapping[str, Any] = {}, **keys: Any) -> UnchainedAct:
    """An unsaved act, whose words are saved."""
    act = UnchainedAct(event=uuid4().hex, at=timezone.now(), action=action, **keys)
    stored = []
    for kind, words in (("who", who), ("what", what)):
        if filled := {name: _plain(value) for name, value in words.items() if value not in (None, "", {}, [])}:
            text, salt = canonical(filled), token_hex(16)
            setattr(act, kind, digest_of(salt, text))
            stored.append(AuditWords(event=act.event, kind=kind, salt=salt, text=text))
    AuditWords.objects.bulk_create(stored)
    return act


def _who(actor: Any, request: HttpRequest | None) -> dict[str, str]:
    return {"name": name_of(actor), "source": network_of(request) if request else ""}


def _place(target: Any) -> dict[str, str]:
    if target is None:
        return {}
    model, key = target if isinstance(target, tuple) else (target._meta.label, target.pk)
    return {"model": model, "object_key": str(key)}


def _plain(value: Any) -> Any:
    """A JSON value that every database returns unchanged."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    text = str(value).replace("\x00", "")
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
