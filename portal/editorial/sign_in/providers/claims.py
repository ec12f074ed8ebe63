"""Claims of a provider, as plain values; knows no model and no request."""

from collections.abc import Mapping
from typing import Any

Claims = Mapping[str, Any]


def merged(data: Claims) -> dict[str, Any]:
    """The claims of the ID token and of the userinfo endpoint in one.

    Microsoft Entra sends roles in the ID token alone, ProConnect the person at the endpoint alone; Keycloak both. What
    both say, the endpoint says later.
    """
    return {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}


def values_of(claims: Claims, path: str) -> set[str]:
    """The values of a claim; a path such as `realm_access.roles` leads into a claim that is an object.

    A claim that is one text is one value. A provider that sends too many groups to be told (Entra's `_claim_names`)
    tells none.
    """
    found: Any = claims
    # A claim's own name may have dots, such as `https://example.org/roles`.
    steps = [path] if path in claims else path.split(".")
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return {found} if found else set()
    if isinstance(found, list | tuple):
        return {value for value in found if isinstance(value, str) and value}
    return set()
