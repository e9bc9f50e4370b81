"""The stage's pages that belong to a case: mounted at /arenden/<case_id>/."""

from django.urls import path

from knutpunkten.meetings import knowledge_views

urlpatterns = [
    path("uppgifter/", knowledge_views.knowledge, name="knowledge"),
]
