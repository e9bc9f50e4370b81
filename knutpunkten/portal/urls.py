from django.urls import path

from knutpunkten.portal import views

urlpatterns = [
    path("", views.own_page, name="own_page"),
    path("arende/<uuid:case_id>/", views.own_page, name="own_case"),
    path("mitt-konto/", views.own_account, name="own_account"),
    path("vem-har-sett/", views.own_reads, name="own_reads"),
]
