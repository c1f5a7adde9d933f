"""Frozen dataclasses as JSON and back: one text for one value, so that its digest names the value."""

import json
from collections.abc import Container, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from django.utils.functional import Promise

T = TypeVar("T")


def canonical_json(value: Any, *, without: Container[str] = ()) -> str:
    """Write a dataclass in the one way it can be written: names sorted, no space, sums without idle zeros.

    The fields named in ``without`` are left to the caller to keep elsewhere.
    """
    plain = {name: item for name, item in _to_plain(value).items() if name not in without}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def read_canonical(kind: type[T], text: str, **kept_elsewhere: Any) -> T:
    """Make the dataclass ``kind`` again; what the text does not name yet takes its default."""
    made: T = _from_plain(kind, json.loads(text), **kept_elsewhere)
    return made


def _to_plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_to_plain(item) for item in value]
    if isinstance(value, Decimal):
        return format((value + 0).normalize(), "f")
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    if isinstance(value, UUID | Promise):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _from_plain(kind: Any, plain: Any, **made: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        if plain is None:
            return None
        return _from_plain(next(part for part in arguments if part is not NoneType), plain)
    if origin is tuple:
        return tuple(_from_plain(arguments[0], item) for item in plain)
    if origin is dict:
        return {
            _from_plain(arguments[0], key): _from_plain(arguments[1], item) for key, item in plain.items()
        }
    if isinstance(kind, type) and is_dataclass(kind):
        named = {name: _from_plain(hint, plain[name]) for name, hint in _hints(kind).items() if name in plain}
        return kind(**named, **made)
    if kind in {date, datetime}:
        return kind.fromisoformat(plain)
    return kind(plain)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
