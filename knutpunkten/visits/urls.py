from django.urls import path

from knutpunkten.visits import views

urlpatterns = [
    path("", views.visits, name="visits"),
    path("boka/", views.book_visit, name="book_visit"),
    path("<uuid:booking_id>/byt-tid/", views.change_visit_time, name="change_visit_time"),
    path("<uuid:booking_id>/avboka/", views.cancel_booking, name="cancel_booking"),
    path("<uuid:booking_id>/efter/", views.report_visit, name="report_visit"),
    path("<uuid:booking_id>/studiebesok.ics", views.visit_ics, name="visit_ics"),
    path("tider/<uuid:slot_id>/behall/", views.confirm_slot, name="confirm_slot"),
    path("tider/<uuid:slot_id>/stall-in/", views.cancel_slot, name="cancel_slot"),
    path("tider/<uuid:slot_id>/flytta/", views.move_slot, name="move_slot"),
]
