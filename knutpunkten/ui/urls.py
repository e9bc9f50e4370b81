from django.urls import path

from knutpunkten.ui import views

urlpatterns = [
    path("", views.components, name="components"),
    path("sparat/", views.saved, name="components_saved"),
]
