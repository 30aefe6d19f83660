"""As much of JSON Schema as this project's schema uses; an unknown word in one is an error."""

import re
from collections.abc import Iterator

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = frozenset(
    {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "const", "enum", "pattern"}
    | {"properties", "required", "additionalProperties", "items"}
)

Schema = dict[str, object]


def misfits(value: object, schema: Schema, whole: Schema, path: str = "$") -> Iterator[str]:
    """What of `value` is not as `schema` says; `whole` holds the definitions."""
    assert schema.keys() <= _KNOWN, f"{path}: {schema.keys() - _KNOWN}"
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        yield from misfits(value, _part(_part(whole, "$defs"), name), whole, path)
    kinds = schema.get("type", [])
    for_kinds = kinds if isinstance(kinds, list) else [kinds]
    if for_kinds and not any(_is(value, str(kind)) for kind in for_kinds):
        yield f"{path}: {value!r} is no {kinds}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        yield f"{path}: {value!r} is none of {allowed}"
    if isinstance(value, str) and not re.search(str(schema.get("pattern", "")), value):
        yield f"{path}: {value!r} is not like {schema['pattern']}"
    if isinstance(value, dict):
        yield from _object(value, schema, whole, path)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from misfits(item, _part(schema, "items"), whole, f"{path}[{index}]")


def _object(value: dict[str, object], schema: Schema, whole: Schema, path: str) -> Iterator[str]:
    properties = _part(schema, "properties") if "properties" in schema else {}
    required = schema.get("required", [])
    assert isinstance(required, list)
    yield from (f"{path}: {name} is missing" for name in required if name not in value)
    others = schema.get("additionalProperties", True)
    for name, each in value.items():
        if name in properties:
            yield from misfits(each, _part(properties, name), whole, f"{path}.{name}")
        elif isinstance(others, dict):
            yield from misfits(each, others, whole, f"{path}.{name}")
        elif not others:
            yield f"{path}: {name} is not known"


def _part(schema: Schema, name: str) -> Schema:
    found = schema[name]
    assert isinstance(found, dict)
    return found


def _is(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])
