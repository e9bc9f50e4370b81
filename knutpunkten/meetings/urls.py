from django.urls import path

from knutpunkten.meetings import views

urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("<uuid:meeting_id>/", views.agenda, name="agenda"),
    path("<uuid:meeting_id>/ordning/", views.order_agenda, name="order_agenda"),
]
