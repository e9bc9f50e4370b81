from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "knutpunkten.queue"
    label = "queue"
