from django.urls import path

from knutpunkten.ui.views import components, saved

urlpatterns = [
    path("", components, name="components"),
    path("sparat/", saved, name="components_saved"),
]
