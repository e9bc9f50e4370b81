"""Meeting mode, and what changes a whole meeting, stand at the desk, for they take the routine's steps."""

from django.urls import path

from knutpunkten.desk import change_meeting, meeting_mode

urlpatterns = [
    path("arenden/<uuid:case_id>/mote/", meeting_mode.meeting_of_case, name="meeting"),
    path("arendemoten/nytt/", change_meeting.new_meeting, name="new_meeting"),
    path("arendemoten/<uuid:meeting_id>/andra/", change_meeting.change_meeting, name="change_meeting"),
    path("arendemoten/<uuid:meeting_id>/stall-in/", change_meeting.call_off_meeting, name="call_off_meeting"),
    path("arendemoten/<uuid:meeting_id>/blir-av/", change_meeting.restore_meeting, name="restore_meeting"),
    path("arendemoten/<uuid:meeting_id>/lage/", meeting_mode.meeting_mode, name="meeting_mode"),
    path("arendemoten/<uuid:meeting_id>/lage/<uuid:case_id>/", meeting_mode.meeting_case, name="meeting_case"),
    path("arendemoten/<uuid:meeting_id>/dagordning/", meeting_mode.set_agenda, name="set_agenda"),
    path("arendemoten/<uuid:meeting_id>/narvaro/", meeting_mode.attendance, name="meeting_attendance"),
    path("arendemoten/<uuid:meeting_id>/borja/", meeting_mode.begin_meeting, name="begin_meeting"),
    path("arendemoten/<uuid:meeting_id>/avsluta/", meeting_mode.end_meeting, name="end_meeting"),
    path("arendemoten/<uuid:meeting_id>/ta-upp-senare/", meeting_mode.take_up_later, name="take_up_later"),
]
