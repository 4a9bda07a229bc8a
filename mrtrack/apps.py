"""The application that wires the others together."""

import gc

from django.apps import AppConfig

# An assessment is thousands of small objects without cycles. With Python's own thresholds the
# collector walks them over and over: a third of the time of a big import. (objects, then runs)
COLLECT_AFTER = (50_000, 20, 20)


class MrtrackConfig(AppConfig):
    """Checks of the installation and the commands that run it."""

    name = "mrtrack"
    verbose_name = "mrtrack"

    def ready(self) -> None:
        """Register the checks of this installation, and let the collector run less often."""
        gc.set_threshold(*COLLECT_AFTER)
        from mrtrack import checks  # noqa: F401
