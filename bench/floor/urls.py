from django.urls import include, path

from bench.floor.views import floor

urlpatterns = [path("golv/", floor), path("", include("config.urls"))]
