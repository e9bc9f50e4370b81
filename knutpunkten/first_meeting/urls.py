from django.urls import path

from knutpunkten.first_meeting import views

urlpatterns = [
    path("kontrakt.pdf", views.contract_pdf, name="contract_pdf"),
    path("forsta-mote.ics", views.first_meeting_ics, name="first_meeting_ics"),
]
