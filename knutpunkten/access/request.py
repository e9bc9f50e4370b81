"""A request as every view gets it: with who is asking."""

from uuid import UUID

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from knutpunkten.access.who import Who


class Request(HttpRequest):
    """What ``WallMiddleware`` adds; a name for types only, no view makes one."""

    who: Who
    denials: list[UUID | None]
    raised: bool
    htmx: HtmxDetails
