"""Three-way merge of a page's translation with two versions of its original.

Pure: contents are plain values by field name, as in a revision. A text's path is its field name followed by block keys
and names, such as `body.6f2c….caption`.
"""

from collections.abc import Collection, Mapping
from typing import Any

# Stands for a missing value; None is a value.
ABSENT: Any = object()
EMPTY: tuple[Any, ...] = ("", None, [])


def merge_translation(
    base: Mapping[str, Any],
    new: Mapping[str, Any],
    translated: Mapping[str, Any],
    texts: Collection[str],
    *,
    synchronized: Collection[str] = (),
    replace_texts: bool = False,
) -> dict[str, Any]:
    """Apply the original's changes from `base` to `new` to the translation; `texts` are the paths of all text.

    Values unchanged in the original stay as translated. New blocks are added in the original's language; deleted blocks
    are removed. Changed text keeps its translation, unless `replace_texts` replaces it with the original's. Fields in
    `synchronized` always have the original's value.
    """
    result = dict(translated)
    for name, value in new.items():
        if name in synchronized:
            result[name] = value
        else:
            before, current = base.get(name, ABSENT), translated.get(name, ABSENT)
            result[name] = _merge(before, value, current, name, texts, replace_texts)
    return result


def _merge(base: Any, new: Any, translated: Any, path: str, texts: Collection[str], replace_texts: bool) -> Any:
    if translated is ABSENT or (translated in EMPTY and (base is ABSENT or base in EMPTY)):
        return new
    if base is not ABSENT and base == new:
        return translated
    if _are_blocks(new) and _are_blocks(translated) and (new or translated):
        return _merge_blocks(base if _are_blocks(base) else [], new, translated, path, texts, replace_texts)
    if _is_table_part(base, new, translated) and any(text.startswith(f"{path}.0.") for text in texts):
        pairs = zip(base, new, translated, strict=True)
        return [_merge(*pair, f"{path}.{number}", texts, replace_texts) for number, pair in enumerate(pairs)]
    if isinstance(new, dict) and isinstance(translated, dict):
        base_values = base if isinstance(base, dict) else {}
        return {
            key: _merge(
                base_values.get(key, ABSENT), value, translated.get(key, ABSENT), f"{path}.{key}", texts, replace_texts
            )
            for key, value in new.items()
        }
    return translated if path in texts and not replace_texts else new


def _merge_blocks(
    base: list, new: list, translated: list, path: str, texts: Collection[str], replace_texts: bool
) -> list:
    base_by_key = {block["id"]: block for block in base}
    translated_by_key = {block["id"]: block for block in translated}
    result = []
    for block in new:
        key = block["id"]
        if key in translated_by_key:
            value = _merge(
                base_by_key.get(key, {}).get("value", ABSENT),
                block["value"],
                translated_by_key[key]["value"],
                f"{path}.{key}",
                texts,
                replace_texts,
            )
            result.append({**block, "value": value})
        elif key not in base_by_key:
            result.append(block)
    _insert_added_blocks(result, translated, {block["id"] for block in new} | base_by_key.keys())
    return result


def _insert_added_blocks(result: list, translated: list, original_keys: Collection[str]) -> None:
    """Insert the blocks that only the translation has, each after the blocks that precede it there."""
    for number, block in enumerate(translated):
        if block["id"] in original_keys:
            continue
        above = {each["id"] for each in translated[:number]}
        place = max((at + 1 for at, each in enumerate(result) if each["id"] in above), default=0)
        result.insert(place, block)


def _is_table_part(*versions: Any) -> bool:
    """Whether these are rows, columns or cells, equal in number in each version. They have no ids."""
    return all(isinstance(version, list) for version in versions) and len({len(version) for version in versions}) == 1


def _are_blocks(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) and each.get("id") for each in value)
