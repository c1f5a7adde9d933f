"""What still refers to a row, told from the models themselves: no application has to know those above it."""

from django.db import models
from django.utils.translation import gettext as _


def dependants_of(row: models.Model) -> list[tuple[str, int]]:
    """Name what refers to ``row`` and count it, whatever the database would do of it at a deletion.

    History rows are no dependants: they outlive what they tell of.
    """
    found = []
    for relation in row._meta.related_objects:
        model = relation.related_model
        count = model._base_manager.filter(**{relation.field.name: row}).count()
        if count:
            name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
            found.append((str(name), count))
    return found


def enumerate_dependants(found: list[tuple[str, int]]) -> str:
    """Write « 2 invitations, 1 action et 3 contacts »."""
    parts = [f"{count} {name}" for name, count in found]
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s et %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
