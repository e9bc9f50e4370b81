"""Every address there is, as the resolver knows them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(the address as a pattern, the row of the urls file)."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, where)
        else:
            yield where, pattern


def filled(where: str, arguments: Mapping[str, Any]) -> str:
    """The address with what *arguments* has in its places."""
    return "/" + ARGUMENT.sub(lambda match: str(arguments[match[1] or match[2]]), where).replace("^", "").replace(
        "$", ""
    )


def made_up(where: str) -> str:
    """The address with things that do not exist."""
    kinds = {"uuid": lambda: str(uuid4()), "int": lambda: "1"}
    found = re.sub(r"<(\w+):\w+>", lambda match: kinds.get(match[1], lambda: "x")(), where)
    return "/" + ARGUMENT.sub("organisations", found).replace("^", "").replace("$", "")
