"""A consultation is presented at a case meeting: the same meetings and people as there."""

from tests.meetings.conftest import ahead, decision, johan, karin, mats, meeting, nadja

__all__ = ["ahead", "decision", "johan", "karin", "mats", "meeting", "nadja"]
