"""All addresses. Each package keeps its own; here stands only what is mounted where."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("knutpunkten.desk.urls")),
    path("", include("knutpunkten.accounts.urls")),
    path("", include("knutpunkten.organisations.urls")),
    path("", include("knutpunkten.notices.urls")),
    path("min-sida/", include("knutpunkten.portal.urls")),
    path("loggkontroll/", include("knutpunkten.review.urls")),
    path("siffror/", include("knutpunkten.statistics.urls")),
    path("studiebesok/", include("knutpunkten.visits.urls")),
    path("arendemoten/", include("knutpunkten.meetings.urls")),
    path("veckan/", include("knutpunkten.activities.urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.routine.urls")),
    path("arenden/", include("knutpunkten.referrals.urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.consents.urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.documents.urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.first_meeting.urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.activities.case_urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.plans.urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.followup.urls")),
    path("arenden/<uuid:case_id>/", include("knutpunkten.closing.urls")),
    path("installningar/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [
        path("ui/", include("knutpunkten.ui.urls")),
        path("", include("knutpunkten.demo.urls")),
    ]
