"""Addresses of follow-ups, within a case."""

from django.urls import path

from knutpunkten.followup import views

urlpatterns = [
    path("uppfoljning/", views.follow_up, name="follow_up"),
]
