"""Addresses of the closing, within a case."""

from django.urls import path

from knutpunkten.closing import views

urlpatterns = [
    path("avslut/", views.closing, name="closing"),
    path("avslut/<slug:part>/", views.closing_part, name="closing_part"),
    path("slutdokumentation.pdf", views.report_pdf, name="report_pdf"),
]
