"""A request as every view gets it: with who is asking."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from knutpunkten.access.who import Who

if TYPE_CHECKING:
    from knutpunkten.access.denials import Denial


class Request(HttpRequest):
    """What ``WallMiddleware`` adds; a name for types only, no view makes one."""

    who: Who
    denials: list["Denial"]
    raised: bool
    # What writes that something was read, for ``traces.write_shown``: a form that is taken is no reading.
    unshown: list[Callable[[], None]]
    # What was saved of the settings, for ``traces.write_opened``: words from fixed lists and an id.
    settled: dict[str, str]
    htmx: HtmxDetails
