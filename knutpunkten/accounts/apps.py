from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "knutpunkten.accounts"
    label = "accounts"

    def ready(self) -> None:
        from knutpunkten.accounts import events

        events.listen()
