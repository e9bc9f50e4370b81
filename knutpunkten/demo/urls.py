from django.urls import path

from knutpunkten.demo import views

urlpatterns = [
    path("kliv-in/", views.step_in, name="step_in"),
    path("demo/post/", views.demo_post, name="demo_post"),
]
