"""Compatibility of two versions of a schema, by the rules for a new minor version.

Old and new workers run side by side while an upgrade rolls, and consumers lag behind for weeks: so a minor version is
BACKWARD compatible (the new reader reads every old record) and FORWARD compatible (the old reader reads every new
one), as Confluent's schema registry names them. Readers ignore unknown fields, so an optional field may be added.
Everything that tells how a field is read stays: its type, its bounds, its default, and the values of an enum, which
closed decoders refuse when they do not know them. Words for people (titles, descriptions, examples) are free.
"""

from collections.abc import Mapping
from typing import Any

ANNOTATIONS = frozenset({"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "deprecated"})
STRUCTURE = frozenset({"$ref", "type", "enum", "default", "properties", "required", "items", "anyOf"})

Schema = Mapping[str, Any]


def compatible(old: Schema, new: Schema) -> list[str]:
    """What makes ``new`` no minor version after ``old``, each with the path of the field; empty when it is one."""
    return _Comparison(old, new).compare(old, new, "$")


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str]] = set()

    def compare(self, old: Schema, new: Schema, path: str) -> list[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        old, new = _resolve(old, self._old), _resolve(new, self._new)
        faults = self._defaults(old, new, path)
        if all(pair) and pair in self._seen:
            return faults
        self._seen.add(pair)
        if _is_union(old) or _is_union(new):
            return faults + self._unions(old, new, path)
        faults += [*_constraints(old, new, path), *self._fields(old, new, path)]
        if "items" in old and "items" in new:
            faults += self.compare(old["items"], new["items"], f"{path}[]")
        return faults

    def _defaults(self, old: Schema, new: Schema, path: str) -> list[str]:
        if ("default" in old, old.get("default")) == ("default" in new, new.get("default")):
            return []
        return [f"{path}: the default changed, and with it the meaning of records that leave the field out"]

    def _unions(self, old: Schema, new: Schema, path: str) -> list[str]:
        before, after = self._alternatives(old, self._old), self._alternatives(new, self._new)
        return [
            *(f"{path}: may no longer be {name}, as old records are" for name in sorted(before.keys() - after.keys())),
            *(f"{path}: may now be {name}, which old readers refuse" for name in sorted(after.keys() - before.keys())),
            *(fault for name in before if name in after for fault in self.compare(before[name], after[name], path)),
        ]

    def _alternatives(self, node: Schema, document: Schema) -> dict[str, Schema]:
        """The alternatives of a union by name: a definition's title, else the type."""
        branches = node["anyOf"] if _is_union(node) else [node]
        named = [(_resolve(branch, document), branch) for branch in branches]
        return {str(body.get("title") or body.get("type") or body): branch for body, branch in named}

    def _fields(self, old: Schema, new: Schema, path: str) -> list[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        demanded, demands = set(old.get("required", ())), set(new.get("required", ()))
        closed = old.get("additionalProperties", True) is not True
        faults = [f"{path}.{name}: the field is gone" for name in before if name not in after]
        for name, field in after.items():
            where = f"{path}.{name}"
            if name not in before:
                if name in demands:
                    faults.append(f"{where}: a new field that is required, which old records lack")
                if closed:
                    faults.append(f"{where}: a new field where old readers refuse unknown ones")
                continue
            if name in demands - demanded:
                faults.append(f"{where}: became required, and old records may lack it")
            if name in demanded - demands:
                faults.append(f"{where}: is no longer required, and old readers need it")
            faults += self.compare(before[name], field, where)
        return faults


def _constraints(old: Schema, new: Schema, path: str) -> list[str]:
    faults = []
    if old.get("type") != new.get("type"):
        faults.append(f"{path}: the type changed from {old.get('type')} to {new.get('type')}")
    before, after = old.get("enum"), new.get("enum")
    if (before is None) != (after is None):
        faults.append(f"{path}: an enum came or went")
    elif before is not None and after is not None:
        faults += [f"{path}: the value {value!r} is gone, and old records may hold it" for value in before
                   if value not in after]  # fmt: skip
        faults += [f"{path}: the value {value!r} is new, and old readers refuse it" for value in after
                   if value not in before]  # fmt: skip
    keywords = sorted((old.keys() | new.keys()) - ANNOTATIONS - STRUCTURE)
    faults += [f"{path}: {keyword} changed" for keyword in keywords if old.get(keyword) != new.get(keyword)]
    if not _is_union(old) and old.get("anyOf") != new.get("anyOf"):
        faults.append(f"{path}: anyOf changed")
    return faults


def _is_union(node: Schema) -> bool:
    """True for alternatives of types; False where anyOf adds a rule to a type that stands beside it."""
    return "anyOf" in node and "type" not in node


def _resolve(node: Schema, document: Schema) -> Schema:
    """``node`` with the definition that it names in its place; what stands beside the reference wins."""
    if "$ref" not in node:
        return node
    prefix, _, name = str(node["$ref"]).rpartition("/")
    if prefix != "#/$defs":
        raise ValueError(f"{node['$ref']!r}: schemas of subjects refer to their own $defs only")
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**document["$defs"][name], **beside}
