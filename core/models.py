"""Abstract models shared by every application."""

import uuid
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class LabelledModel(models.Model):
    """A row whose `get_<field>_display` costs a look-up: Django translates every choice of the field at each call."""

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> Any:  # noqa: N802 -- Django's name
        value = getattr(self, field.attname)
        return value if value is None else _label(field, value, get_language())


@lru_cache(maxsize=2048)
def _label(field: "models.Field[Any, Any]", value: str | int, _language: str | None) -> str:
    return str(dict(field.flatchoices).get(value, value))


class PublicIdModel(LabelledModel):
    """A row that pages and exports name by ``public_id``: the primary key stays inside the database."""

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class TimestampedModel(LabelledModel):
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        abstract = True
