from django.urls import path

from knutpunkten.routine import views

urlpatterns = [
    path("steg/<slug:step>/", views.step, name="step"),
    path("samtycke/ta-tillbaka/", views.withdraw_consent, name="withdraw_consent"),
]
