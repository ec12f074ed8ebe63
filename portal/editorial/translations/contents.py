"""Three contents of a page brought together: the original as it was rendered, as it is now, and the translation.

Pure: contents are what a revision holds, as plain values, and texts are named by their path: a field's name, then
the keys of blocks and the names in them, such as `body.6f2c….caption`.
"""

from collections.abc import Collection, Mapping
from typing import Any

# Stands for what is not there.
NOTHING: Any = object()
EMPTY: tuple[Any, ...] = ("", None, [])


def merged(
    base: Mapping[str, Any],
    new: Mapping[str, Any],
    own: Mapping[str, Any],
    texts: Collection[str],
    *,
    always: Collection[str] = (),
    afresh: bool = False,
) -> dict[str, Any]:
    """The translation with what changed in the original, and with all that its translator wrote.

    What the original left as it was stays as the translation has it. A block that is new comes in the language of the
    original; one that is gone goes. A text that was rewritten stays in its present rendering, since readers are better
    served by that than by another language; with `afresh` it comes in the language of the original. Fields named in
    `always` are the original's in any case.
    """
    result = dict(own)
    for name, value in new.items():
        was = NOTHING if name in always else base.get(name, NOTHING)
        result[name] = value if name in always else _merge(was, value, own.get(name, NOTHING), name, texts, afresh)
    return result


def _merge(was: Any, new: Any, own: Any, path: str, texts: Collection[str], afresh: bool) -> Any:
    if own is NOTHING or (own in EMPTY and (was is NOTHING or was in EMPTY)):
        return new
    if was is not NOTHING and was == new:
        return own
    if _are_blocks(new) and _are_blocks(own) and (new or own):
        return _merge_blocks(was if _are_blocks(was) else [], new, own, path, texts, afresh)
    if isinstance(new, dict) and isinstance(own, dict):
        before = was if isinstance(was, dict) else {}
        return {
            key: _merge(before.get(key, NOTHING), value, own.get(key, NOTHING), f"{path}.{key}", texts, afresh)
            for key, value in new.items()
        }
    return own if path in texts and not afresh else new


def _merge_blocks(was: list, new: list, own: list, path: str, texts: Collection[str], afresh: bool) -> list:
    before = {block["id"]: block for block in was}
    theirs = {block["id"]: block for block in own}
    result = []
    for block in new:
        key = block["id"]
        if key in theirs:
            value = _merge(
                before.get(key, {}).get("value", NOTHING),
                block["value"],
                theirs[key]["value"],
                f"{path}.{key}",
                texts,
                afresh,
            )
            result.append({**block, "value": value})
        elif key not in before:
            result.append(block)
    _add_own(result, own, {block["id"] for block in new} | before.keys())
    return result


def _add_own(result: list, own: list, known: Collection[str]) -> None:
    """Put the blocks that only the translation has behind those that they stand behind there."""
    for number, block in enumerate(own):
        if block["id"] in known:
            continue
        above = {each["id"] for each in own[:number]}
        place = max((at + 1 for at, each in enumerate(result) if each["id"] in above), default=0)
        result.insert(place, block)


def _are_blocks(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) and each.get("id") for each in value)
