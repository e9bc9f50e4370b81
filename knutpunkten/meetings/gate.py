"""A meeting is opened by being of its group: its own coordinator, or a unit on the programme's contact list."""

from uuid import UUID

from knutpunkten.access.denials import deny
from knutpunkten.access.request import Request
from knutpunkten.access.roles import Permission
from knutpunkten.meetings.models import Meeting
from knutpunkten.meetings.rules import meetings_of


def meeting_for(request: Request, meeting_id: UUID, permission: Permission) -> Meeting:
    """The meeting if the hat has *permission* and is of its group; otherwise a 404 and a denial. One statement."""
    meeting = None
    if request.who.may(permission):
        meeting = meetings_of(request.who).select_related("programme__team").filter(pk=meeting_id).first()
    if meeting is None:
        raise deny(request, None)
    return meeting
