"""Column types that mean the same on both engines, and the ids and secrets that the program makes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeAlias

from sqlalchemy import JSON, DateTime, Dialect, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

Id: TypeAlias = str
Points: TypeAlias = int


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in, the same instant in UTC out; a naive one is refused.

    TIMESTAMPTZ on PostgreSQL. SQLite has no such type and would drop the zone, so there it is ISO 8601 text
    of fixed width, which sorts as the instants do and which `datetime` reads and writes in C.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _from_text if dialect.name == "sqlite" else _to_utc


def _to_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value!r}")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    instant = _to_utc(value)
    return None if instant is None else instant.isoformat(timespec="microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


class JsonDict(TypeDecorator[dict[str, Any]]):
    """A JSON object: text on SQLite, JSONB on PostgreSQL. None is SQL's NULL, never JSON's null."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = JSONB if dialect.name == "postgresql" else JSON
        return dialect.type_descriptor(kind(none_as_null=True))


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def new_token() -> str:
    """A secret for a link: 256 random bits in 43 characters that stand in any address. Only its hash is stored."""
    return secrets.token_urlsafe(32)


class Ids:
    """Makes ids of 28 hex digits: 48 bits of milliseconds, then 64 random bits.

    Ids of one process only ever grow, also within a millisecond and when the clock steps back, so that rows
    made together lie together in the index. Safe to share between threads.
    """

    def __init__(
        self,
        milliseconds: Callable[[], int] = _milliseconds,
        random_bits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._milliseconds = milliseconds
        self._random_bits = random_bits
        self._last = 0
        self._lock = Lock()

    def __call__(self) -> Id:
        fresh = self._milliseconds() << 64 | self._random_bits(64)
        with self._lock:
            self._last = max(fresh, self._last + 1)
            return f"{self._last:028x}"
