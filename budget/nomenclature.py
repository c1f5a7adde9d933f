"""Accounts of the provisional budget form CERFA 12156*06, with the details that the State's portal uses.

The form was made for associations; a local authority reuses its layout by convention.
"""

from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Account(NamedTuple):
    code: str
    label: str | Promise

    @property
    def chapter(self) -> str:
        """The two-digit account that the line is added up under."""
        return self.code[:2]


EXPENSE_CHAPTERS: dict[str, str | Promise] = {
    "60": _("Achats"),
    "61": _("Services extérieurs"),
    "62": _("Autres services extérieurs"),
    "63": _("Impôts et taxes"),
    "64": _("Charges de personnel"),
    "65": _("Autres charges de gestion courante"),
    "66": _("Charges financières"),
    "67": _("Charges exceptionnelles"),
    "68": _("Dotations aux amortissements, provisions et engagements"),
    "69": _("Impôt sur les bénéfices, participation des salariés"),
}
INCOME_CHAPTERS: dict[str, str | Promise] = {
    "70": _("Vente de produits finis, de marchandises, prestations de services"),
    "73": _("Dotations et produits de tarification"),
    "74": _("Subventions d’exploitation"),
    "75": _("Autres produits de gestion courante"),
    "76": _("Produits financiers"),
    "77": _("Produits exceptionnels"),
    "78": _("Reprises sur amortissements et provisions"),
    "79": _("Transferts de charges"),
}
IN_KIND_EXPENSE_CHAPTERS: dict[str, str | Promise] = {
    "86": _("Emplois des contributions volontaires en nature")
}
IN_KIND_INCOME_CHAPTERS: dict[str, str | Promise] = {"87": _("Contributions volontaires en nature")}

EXPENSE_ACCOUNTS = (
    Account("601", _("Achats de matières et fournitures")),
    Account("604", _("Prestations de services")),
    Account("606", _("Autres fournitures")),
    Account("613", _("Locations")),
    Account("615", _("Entretien et réparation")),
    Account("616", _("Assurances")),
    Account("618", _("Documentation")),
    Account("622", _("Rémunérations intermédiaires et honoraires")),
    Account("623", _("Publicité, publications")),
    Account("625", _("Déplacements, missions")),
    Account("626", _("Services bancaires et autres")),
    Account("631", _("Impôts et taxes sur rémunération")),
    Account("635", _("Autres impôts et taxes")),
    Account("641", _("Rémunération des personnels")),
    Account("645", _("Charges sociales")),
    Account("647", _("Autres charges de personnel")),
    Account("65", _("Autres charges de gestion courante")),
    Account("66", _("Charges financières")),
    Account("67", _("Charges exceptionnelles")),
    Account("68", _("Dotations aux amortissements, provisions et engagements")),
    Account("69", _("Impôt sur les bénéfices, participation des salariés")),
    Account("860", _("Secours en nature")),
    Account("861", _("Mise à disposition gratuite de biens et services")),
    Account("862", _("Prestations")),
    Account("864", _("Personnel bénévole")),
)
INCOME_ACCOUNTS = (
    Account("70", _("Ventes et prestations de services")),
    Account("73", _("Dotations et produits de tarification")),
    Account("741", _("État")),
    Account("742", _("Régions")),
    Account("743", _("Départements")),
    Account("744", _("Intercommunalités")),
    Account("745", _("Communes")),
    Account("746", _("Organismes sociaux")),
    Account("747", _("Fonds européens")),
    Account("748", _("Autres établissements publics")),
    Account("749", _("Aides privées, fondations")),
    Account("750", _("Autres produits de gestion courante")),
    Account("756", _("Cotisations")),
    Account("758", _("Dons manuels, mécénat")),
    Account("76", _("Produits financiers")),
    Account("77", _("Produits exceptionnels")),
    Account("78", _("Reprises sur amortissements et provisions")),
    Account("79", _("Transferts de charges")),
    Account("870", _("Bénévolat")),
    Account("871", _("Prestations en nature")),
    Account("875", _("Dons en nature")),
)

EXPENSE_CHOICES = [(account.code, account.label) for account in EXPENSE_ACCOUNTS]
INCOME_CHOICES = [(account.code, account.label) for account in INCOME_ACCOUNTS]


class Nature(models.TextChoices):
    """Whether a line is run or built: the legal minimum of own money concerns investment alone."""

    OPERATING = "operating", _("fonctionnement")
    INVESTMENT = "investment", _("investissement")
