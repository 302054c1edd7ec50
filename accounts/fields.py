"""A column that follows from another one."""

from typing import Any

from django.db import models

from accounts.lookalikes import skeleton


class SkeletonField(models.CharField):  # type: ignore[type-arg]
    """What the person's handle looks like, written whenever the row is; unique, so that no two names can be taken for each other."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        look = skeleton(model_instance.handle)  # type: ignore[attr-defined]
        known = getattr(model_instance, self.attname) or ""
        if known.startswith(
            f"{look}#"
        ):  # an older name that looked like another before this was checked (migration 0004)
            return known
        setattr(model_instance, self.attname, look)
        return look

    def deconstruct(self) -> Any:
        name, _path, arguments, options = super().deconstruct()
        return name, "accounts.fields.SkeletonField", arguments, options
