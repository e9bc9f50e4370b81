"""Addresses of work training and internships, within a case."""

from django.urls import path

from knutpunkten.activities import placements

urlpatterns = [
    path("arbetstraning-och-praktik/ny/", placements.new_placement, name="new_placement"),
    path("arbetstraning-och-praktik/<uuid:placement_id>/", placements.placement, name="placement"),
    path("arbetstraning-och-praktik/<uuid:placement_id>/avsluta/", placements.end_placement, name="end_placement"),
]
