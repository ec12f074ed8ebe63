"""Claims of a provider as plain values; uses no model and no request."""

from collections.abc import Mapping
from typing import Any

Claims = Mapping[str, Any]


def merged(data: Claims) -> dict[str, Any]:
    """The claims of ID token and userinfo endpoint combined.

    Microsoft Entra has roles in the ID token only, ProConnect has the person at the endpoint only, Keycloak has both in
    both. The endpoint takes precedence, as it is read later.
    """
    return {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}


def values_of(claims: Claims, path: str) -> set[str]:
    """The values of a claim; a path such as `realm_access.roles` leads into a claim that is an object.

    A text is one value. A provider may omit groups if there are too many (Entra's `_claim_names`): then there are no
    values.
    """
    found: Any = claims
    # The name of a claim may contain dots itself, such as `https://example.org/roles`.
    steps = [path] if path in claims else path.split(".")
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return {found} if found else set()
    if isinstance(found, list | tuple):
        return {value for value in found if isinstance(value, str) and value}
    return set()
