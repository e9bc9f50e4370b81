from django.urls import path

from knutpunkten.desk import queue_page

urlpatterns = [path("ko/", queue_page.queue, name="queue")]
