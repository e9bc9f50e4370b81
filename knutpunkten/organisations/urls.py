from django.urls import path

from knutpunkten.organisations import views

urlpatterns = [
    path("rutiner/", views.routines, name="routines"),
    path("rutiner/<uuid:document_id>/", views.routine_document, name="routine_document"),
    path("sa-fungerar-det/", views.how_it_works, name="how_it_works"),
    path("favicon.ico", views.favicon),
    path("tillganglighet/", views.accessibility, name="accessibility"),
]
