from django.urls import path

from knutpunkten.statistics import views

urlpatterns = [
    path("", views.figures, name="figures"),
    path("tabeller.csv", views.figures_csv, name="figures_csv"),
]
