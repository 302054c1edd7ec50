from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiscussionsConfig(AppConfig):
    name = "discussions"
    verbose_name = _("Discussions")

    def ready(self) -> None:
        from accounts.forms import NAMES_ELSEWHERE
        from discussions.aliases import is_used

        NAMES_ELSEWHERE.append(is_used)
