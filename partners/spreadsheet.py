"""The address book as a table for spreadsheet programs. Internal notes never leave the application."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from core.spreadsheet import Cell
from partners.models import Contact, Organisation


def header() -> list[str]:
    return [
        _("Nom"),
        _("Nom court"),
        _("Nature"),
        _("Cercle"),
        _("Étape"),
        _("Étape atteinte le"),
        _("Rôle"),
        _("Discipline"),
        _("SIREN"),
        _("SIRET"),
        _("Commune"),
        _("Code INSEE"),
        _("Adresse"),
        _("Site"),
        _("Source"),
        _("Nombre de contacts"),
        _("Contacts"),
    ]


def rows(organisations: Iterable[Organisation]) -> Iterator[list[Cell]]:
    """Write one row for each of ``organisations``, read with their territory and their contacts."""
    for organisation in organisations:
        territory = organisation.territory
        contacts = list(organisation.contacts.all())
        yield [
            organisation.name,
            organisation.short_name,
            organisation.get_kind_display(),
            organisation.get_circle_display(),
            organisation.get_stage_display(),
            organisation.stage_changed_on,
            organisation.role,
            organisation.discipline,
            organisation.siren,
            organisation.siret,
            territory.name if territory else "",
            territory.insee_code if territory else "",
            " ".join(organisation.address.split()),
            organisation.website,
            organisation.source,
            len(contacts),
            " ; ".join(map(_person, contacts)),
        ]


def _person(contact: Contact) -> str:
    return ", ".join(filter(None, [str(contact), contact.job_title, contact.email, contact.phone]))
