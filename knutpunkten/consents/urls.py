from django.urls import path

from knutpunkten.consents import views

urlpatterns = [
    path("samtycke/", views.consent, name="consent"),
    path("samtycke.pdf", views.consent_pdf, name="consent_pdf"),
]
