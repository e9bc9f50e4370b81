from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "knutpunkten.accounts"
    label = "accounts"

    def ready(self) -> None:
        from knutpunkten.accounts import checks, events

        assert checks  # registers itself
        events.listen()
