from typing import Any, ClassVar, NoReturn, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from core.errors import DomainError

Row = TypeVar("Row", bound=models.Model)


def _refuse_to_alter() -> NoReturn:
    raise DomainError(_("L’historique d’une section ne se modifie plus."))


class HistoryQuerySet(models.QuerySet[Row]):
    """Rows that are added, and go with their section; what they tell never changes."""

    def update(self, **values: Any) -> int:
        if not getattr(self.model, "DATED", frozenset()).issuperset(values):
            _refuse_to_alter()
        return super().update(**values)

    def bulk_create(self, *args: Any, **options: Any) -> list[Row]:
        if options.get("update_conflicts"):
            _refuse_to_alter()
        return super().bulk_create(*args, **options)


class History(models.Model):
    """A row that is added, and goes with its section; see `dossier/history_triggers.py` for what SQL may change."""

    #: When and by whom: the demonstration gives itself a past, and an account that is removed leaves nobody.
    DATED: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse_to_alter()
        # What has a key already must not reach an existing row by another door.
        super().save(force_insert=True, using=kwargs.get("using"))
