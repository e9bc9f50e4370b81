from django.urls import path

from knutpunkten.notices import views

urlpatterns = [
    path("nytt/", views.inbox, name="inbox"),
    path("nytt/last/", views.mark_read, name="mark_read"),
]
