from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "knutpunkten.consultations"
    label = "consultations"
