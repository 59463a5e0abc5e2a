"""Hypothesis strategies for values of msgspec structs, from the types and bounds that the structs declare."""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, Final

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

Strategy = st.SearchStrategy[Any]


def instances(struct: type[msgspec.Struct]) -> Strategy:
    """Any value of ``struct`` that its workers may write."""
    return _strategy(inspect.type_info(struct), {})


def _strategy(info: Any, bounds: Mapping[str, Any]) -> Strategy:
    if isinstance(info, inspect.Metadata):
        return _strategy(info.type, info.extra_json_schema or {})
    if type(info) not in _MAKERS:
        raise TypeError(f"{info} is of no type that a value of Tocsin has: teach it here")
    return _MAKERS[type(info)](info, bounds)


def _floats(_: Any, bounds: Mapping[str, Any]) -> Strategy:
    return st.floats(bounds.get("minimum"), bounds.get("maximum"), allow_nan=False, allow_infinity=False)


def _texts(_: Any, bounds: Mapping[str, Any]) -> Strategy:
    return st.from_regex(bounds["pattern"], fullmatch=True) if "pattern" in bounds else st.text(max_size=40)


_MAKERS: Final[Mapping[type, Callable[[Any, Mapping[str, Any]], Strategy]]] = {
    inspect.StructType: lambda info, _: st.builds(
        info.cls, **{field.name: _strategy(field.type, {}) for field in info.fields}
    ),
    inspect.UnionType: lambda info, _: st.one_of(*(_strategy(member, {}) for member in info.types)),
    inspect.VarTupleType: lambda info, _: st.lists(_strategy(info.item_type, {}), max_size=3).map(tuple),
    inspect.DictType: lambda info, _: st.dictionaries(
        _strategy(info.key_type, {}), _strategy(info.value_type, {}), max_size=3
    ),
    inspect.EnumType: lambda info, _: st.sampled_from(list(info.cls)),
    inspect.LiteralType: lambda info, _: st.sampled_from(info.values),
    inspect.DateTimeType: lambda *_: st.datetimes(timezones=st.just(UTC)),
    inspect.NoneType: lambda *_: st.none(),
    inspect.BoolType: lambda *_: st.booleans(),
    inspect.StrType: _texts,
    inspect.IntType: lambda _, bounds: st.integers(bounds.get("minimum", -(2**63)), bounds.get("maximum", 2**64 - 1)),
    inspect.FloatType: _floats,
}
