"""The application that wires the others together."""

from django.apps import AppConfig


class MrtrackConfig(AppConfig):
    """Checks of the installation and the commands that run it."""

    name = "mrtrack"
    verbose_name = "mrtrack"

    def ready(self) -> None:
        """Register the checks of this installation."""
        from mrtrack import checks  # noqa: F401
