from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "knutpunkten.documents"
    label = "documents"
