from django.urls import path

from knutpunkten.statistics import views

urlpatterns = [path("", views.figures, name="figures")]
