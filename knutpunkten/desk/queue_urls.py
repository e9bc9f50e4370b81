from django.urls import path

from knutpunkten.desk import offer_another, queue_page

urlpatterns = [
    path("ko/", queue_page.queue, name="queue"),
    path("arenden/<uuid:case_id>/nagon-annan/", offer_another.offer_another, name="offer_another"),
]
