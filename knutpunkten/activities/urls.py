from django.urls import path

from knutpunkten.activities import timetable, views

urlpatterns = [
    path("", views.week, name="week"),
    path("deltagare/", views.participants, name="participants"),
    path("kopiera/", views.copy_week, name="copy_week"),
    path("pass/nytt/", timetable.new_session, name="new_session"),
    path("pass/<uuid:session_id>/", timetable.session, name="session"),
    path("pass/<uuid:session_id>/deltagare/", timetable.enrol, name="enrol"),
    path("pass/<uuid:session_id>/stall-in/", timetable.cancel, name="cancel_session"),
    path("pass/<uuid:session_id>/ta-upp/", timetable.restore, name="restore_session"),
    path("pass/<uuid:session_id>/narvaro/", views.attendance, name="attendance"),
    path("pass/<uuid:session_id>/narvaro/angra/", views.undo, name="undo_attendance"),
]
