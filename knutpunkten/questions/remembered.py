"""Questions that pages ask over and over: built and compiled once, then asked again with other values.

What the models make of a question (filters, joins, columns) costs five times what asking it by an index does, and is the
same every time but for the values. So it is worked out the first time, with a stand-in for each value, and remembered;
afterwards only the values are new. The statement, its parameters and the rows are Django's own.
"""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, update_wrapper
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from psycopg.sql import Literal

from knutpunkten.questions import among  # noqa: F401  -- makes ``among`` a lookup, for questions with lists


class Composite(ABC):
    """A value made of others, as the one who asks: *shape* decides the statement, *parts* are put into it."""

    @property
    @abstractmethod
    def shape(self) -> Hashable: ...

    @property
    @abstractmethod
    def parts(self) -> tuple[Any, ...]: ...

    @abstractmethod
    def with_parts(self, parts: Sequence[Any]) -> Self:
        """The same with other parts, and nothing else that a question could depend on."""


# Far from anything that is ever asked for.
FIRST_UUID = 0x57A9D << 108
FIRST_MOMENT = datetime(1, 2, 3, tzinfo=UTC)


def stand_in(value: Any, number: int) -> Any:
    """A value of the same type that nobody asks for, told apart by *number*. Raises TypeError for other types."""
    if isinstance(value, UUID):
        return UUID(int=FIRST_UUID + number)
    if isinstance(value, datetime):
        return FIRST_MOMENT + timedelta(days=number)
    if isinstance(value, date):
        return FIRST_MOMENT.date() + timedelta(days=number)
    if isinstance(value, str):
        return f"stand-in {number}"
    if isinstance(value, list):
        return [UUID(int=FIRST_UUID + number)]
    raise TypeError(f"{type(value).__name__}: pass it by name, as part of the question's shape")


@dataclass(frozen=True)
class Statement:
    """A compiled question: its SQL and, for each parameter, the value itself or the place of the value to put there."""

    queryset: Any  # a QuerySet, and what of it Django keeps to itself
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: tuple[int | None, ...]
    said: str = ""  # the SQL as it is sent: what is the same whoever asks stands in it

    @cached_property
    def converters(self) -> dict[int, Any]:
        """By the column's place, what makes a value of what the database answers: half a page's columns need nothing."""
        return self.compiler.get_converters([column for column, *_ in self.compiler.select[: self.compiler.col_count]])

    @property
    def fixed(self) -> list[Any]:
        """The parameters that are the same whoever asks about what."""
        return [param for param, place in zip(self.params, self.places, strict=True) if place is None]

    def asked(self, values: Sequence[Any]) -> list[Any]:
        if not self.sql:
            return []
        params = tuple(values[place] for place in self.places if place is not None)
        # Only what makes the statement is replaced, and what is the same of every answer: rows are made by Django, as ever.
        compiler, query = like(self.compiler), like(self.queryset.query)
        compiler.connection = connections[self.queryset.db]  # each thread has its own
        compiler.as_sql = lambda *of, **more: (self.said, params)
        compiler.get_converters = lambda columns: self.converters
        query.get_compiler = lambda *of, **more: compiler
        queryset = type(self.queryset)(self.queryset.model, query, self.queryset.db)
        queryset._fields = self.queryset._fields
        return list(self.queryset._iterable_class(queryset))

    def filled(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """All parameters of ``sql``, with *values* in their places."""
        return tuple(
            param if place is None else values[place] for param, place in zip(self.params, self.places, strict=True)
        )

    def with_constants(self) -> str:
        """``sql`` with each parameter that has no place written out, so that PostgreSQL plans once for all values.

        An index over open cases alone, say, is of use only to a plan that knows which states are asked for.
        """
        given = iter(zip(self.params, self.places, strict=True))
        raw = connections[self.queryset.db].connection

        def written(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%%"
            param, place = next(given)
            return "%s" if place is not None else Literal(param).as_string(raw).replace("%", "%%")

        return re.sub("%%|%s", written, self.sql)


# So many shapes of one question are remembered; then it begins anew.
MANY = 200


class Remembered[**P, Row]:
    """A function that answers a queryset, called as one that answers its rows (``remembered``)."""

    # How many times each statement is worked out anew and compared, where a mistake is to be found: in tests.
    doubts = 0

    def __init__(self, ask: Callable[P, QuerySet[Any, Row]]) -> None:
        self.ask: Callable[..., QuerySet[Any, Row]] = ask
        self.name = ask.__name__
        self.known: dict[Hashable, Statement] = {}
        self.doubted: Counter[Hashable] = Counter()
        update_wrapper(self, ask)

    def __call__(self, *given: P.args, **shape: P.kwargs) -> list[Row]:
        key = (tuple(map(shape_of, given)), tuple(shape.items()))
        statement = self.known.get(key)
        if statement is None:
            if len(self.known) >= MANY:
                self.forget()
            statement = self.known[key] = self.worked_out(given, shape)
        values = [part for value in given for part in parts_of(value)]
        if self.doubted[key] < self.doubts:
            self.doubted[key] += 1
            self.compare(statement, values, given, shape)
        return statement.asked(values)

    def first(self, *given: P.args, **shape: P.kwargs) -> Row | None:
        """The first row, or None: of a question that is asked for one."""
        rows = self(*given, **shape)
        return rows[0] if rows else None

    def worked_out(self, given: Sequence[Any], shape: dict[str, Any]) -> Statement:
        """The statement for this shape. Worked out twice, with other stand-ins: what still differs cannot be remembered.

        Raises LookupError if something is worked out from a value: give it ready.
        """
        first, second = self.compiled(given, shape, 0), self.compiled(given, shape, 1000)
        if first.sql != second.sql or first.fixed != second.fixed:
            raise LookupError(f"{self.name}: the question works something out from a value")
        return replace(first, said=first.with_constants())

    def compiled(self, given: Sequence[Any], shape: dict[str, Any], begin: int) -> Statement:
        """The statement with stand-ins numbered from *begin*."""
        stand_ins: list[Any] = []
        queryset = self.ask(*(with_stand_ins(value, stand_ins, begin) for value in given), **shape)
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:  # by its shape: nobody is asked about
            sql, params = "", ()
        places = tuple(next((n for n, one in enumerate(stand_ins) if same(one, param)), None) for param in params)
        return Statement(queryset, compiler, sql, tuple(params), places)

    def compare(self, statement: Statement, values: list[Any], given: Sequence[Any], shape: dict[str, Any]) -> None:
        """Raises AssertionError if the question, worked out anew, is another than what is remembered of it."""
        try:
            anew = self.ask(*given, **shape).query.sql_with_params()
        except EmptyResultSet:
            anew = ("", ())
        assert anew == (statement.sql, statement.filled(values)), f"{self.name} is not what is remembered"

    def forget(self) -> None:
        self.known.clear()
        self.doubted.clear()


def remembered[**P, Row](ask: Callable[P, QuerySet[Any, Row]]) -> Remembered[P, Row]:
    """Make *ask*, which answers a queryset, answer its rows, and remember the statement.

    What is given by position are values: UUIDs, days, moments, words, a list of UUIDs (with ``among``), or a
    ``Composite``. What is given by name shapes the statement (a role, a number of rows) and must be hashable. The queryset
    may depend on nothing else, and prefetches nothing. None is no value: "is null" is another statement.
    """
    return Remembered(ask)


def shape_of(value: Any) -> Hashable:
    return value.shape if isinstance(value, Composite) else type(value).__name__


def parts_of(value: Any) -> Iterable[Any]:
    return value.parts if isinstance(value, Composite) else (value,)


def with_stand_ins(value: Any, stand_ins: list[Any], begin: int) -> Any:
    """*value* with a stand-in for each of its parts, numbered from *begin* and added to *stand_ins*."""
    begun = len(stand_ins)
    stand_ins.extend(stand_in(part, begin + begun + n) for n, part in enumerate(parts_of(value)))
    return value.with_parts(stand_ins[begun:]) if isinstance(value, Composite) else stand_ins[begun]


def like[Thing](thing: Thing) -> Thing:
    """Another *thing* with the same attributes: as ``copy``, at a tenth of what that costs."""
    other = object.__new__(type(thing))
    other.__dict__.update(thing.__dict__)
    return other


def same(one: Any, param: Any) -> bool:
    return type(one) is type(param) and bool(one == param)
