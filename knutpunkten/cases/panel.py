"""A stage's part of the case page: a template and what it shows. The desk puts the panels in order."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Panel:
    """*template* is rendered with what *context* holds, beside ``opened`` (``cases.access.OpenCase``) and ``today``."""

    id: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
