"""The contract of a section as a form."""

from typing import Any

from crispy_forms.layout import Column, Field, Layout, Row, Submit
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy, Criterion, Membership
from candidacy.permissions import STAFF
from core.forms import LinesField
from core.sheets import SheetForm
from dossier.models import Reviewer, Section
from dossier.services.outline import Contract, contract_fingerprint, contract_of
from partners.models import Contact, Organisation

LONGEST_QUESTION = 500
LONGEST_EXPECTED_PROOF = 200


class _OptionalOrganisation(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, organisation: Organisation) -> str:
        return organisation.label


class _OptionalContact(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, contact: Contact) -> str:
        return _with_structure(contact)


class _Contacts(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, contact: Contact) -> str:
        return _with_structure(contact)


class _Members(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, membership: Membership) -> str:
        return str(membership)


class ContractForm(SheetForm):
    writer = _OptionalContact(
        label=_("Personne responsable"),
        required=False,
        queryset=Contact.objects.none(),
        empty_label=_("Personne en particulier"),
    )
    organisation = _OptionalOrganisation(
        label=_("Structure responsable"),
        required=False,
        queryset=Organisation.objects.none(),
        empty_label=_("L’équipe de la candidature"),
        help_text=_("Ses contacts qui ont un compte écrivent dans la section."),
    )
    due_reason = forms.CharField(
        label=_("Pourquoi l’échéance change"),
        required=False,
        max_length=300,
        help_text=_("À remplir si vous déplacez la date : la raison reste avec le contrat."),
    )
    criteria = forms.ModelMultipleChoiceField(
        label=_("Critères auxquels la section répond"),
        required=False,
        queryset=Criterion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Un critère coché attend un argument de la section ; les autres preuves s’ajoutent sur sa page ou dans la "
            "matrice."
        ),
    )
    questions = LinesField(
        label=_("Questions de l’appel"),
        longest=LONGEST_QUESTION,
        help_text=_("Une par ligne, dans les mots de l’appel ; elles se lisent au-dessus du texte."),
    )
    expected_proofs = LinesField(
        label=_("Preuves attendues"),
        longest=LONGEST_EXPECTED_PROOF,
        help_text=_("Une par ligne : délibération, lettre d’engagement, chiffres… Chacune se coche ensuite."),
    )
    reviewing_members = _Members(
        label=_("Relecture par l’équipe"),
        required=False,
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    reviewing_contacts = _Contacts(
        label=_("Relecture par des contacts"),
        required=False,
        queryset=Contact.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Ces personnes lisent le texte quand il est remis ; elles le renvoient ou recommandent de le valider."
        ),
    )

    class Meta:
        model = Section
        fields = [
            "title",
            "parent",
            "kind",
            "brief",
            "organisation",
            "writer",
            "due_on",
            "limit_value",
            "limit_unit",
            "is_confidential",
            "disclosure",
        ]
        widgets = {
            "brief": forms.Textarea(attrs={"rows": 4}),
            "due_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        help_texts = {
            "brief": _("Ce que l’on attend de la personne qui écrit ; elle le lit au-dessus de son texte."),
            "kind": _("Ce qui est imprimé à la suite du texte, à partir des données de la candidature."),
            "limit_value": _("Laissez vide s’il n’y a pas de limite."),
            "is_confidential": _(
                "La version publique d’une édition garde le titre et dit que la section n’y est pas."
            ),
            "disclosure": _("Ce que la version publique montre des données imprimées à la suite du texte."),
        }

    #: What the contract says beside the fields of the section.
    beside = ("criteria", "questions", "expected_proofs", "reviewing_contacts", "reviewing_members")

    def __init__(self, *args: Any, candidacy: Candidacy, row: Section | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, instance=row or Section(candidacy=candidacy), **kwargs)
        self.state_at_first = self.initial.get(self.mark)
        self.former_due_on = self.instance.due_on
        parts = candidacy.sections.live().filter(parent=None).exclude(pk=self.instance.pk).without_text()
        contacts = candidacy.contacts.select_related("organisation").order_by("last_name", "first_name")
        self._offer("parent", parts.order_by("position", "pk"))
        self._offer("organisation", candidacy.organisations.order_by("name"))
        self._offer("writer", contacts)
        self._offer("criteria", candidacy.criteria.all())
        reviews = Reviewer.objects.filter(section=self.instance.pk, contact=OuterRef("pk"))
        # Those who review already come first: the list is long.
        self._offer(
            "reviewing_contacts", contacts.order_by(Exists(reviews).desc(), "last_name", "first_name")
        )
        members = candidacy.memberships.filter(role__in=STAFF).select_related("user")
        self._offer("reviewing_members", members.in_usual_order())
        self.fields["parent"].empty_label = _t("Aucune : c’est une partie du premier niveau")  # type: ignore[attr-defined]  # a model field
        if self.former_due_on is None:
            del self.fields["due_reason"]
        hidden = [name for name in ("seen", "public_id") if name in self.fields]
        self.fields["disclosure"].required = False
        self.helper.layout = Layout(
            *hidden,
            "title",
            Row(Column("parent", css_class="col-md-6"), Column("kind", css_class="col-md-6")),
            "questions",
            "brief",
            Row(Column("organisation", css_class="col-md-6"), Column("writer", css_class="col-md-6")),
            Row(
                Column("due_on", css_class="col-md-4"),
                Column("limit_value", css_class="col-sm-6 col-md-4"),
                Column("limit_unit", css_class="col-sm-6 col-md-4"),
            ),
            *(["due_reason"] if self.former_due_on else []),
            Row(Column("is_confidential", css_class="col-md-6"), Column("disclosure", css_class="col-md-6")),
            "criteria",
            "expected_proofs",
            Row(
                Column("reviewing_members", css_class="col-md-6"),
                Column(Field("reviewing_contacts", wrapper_class="long-choice"), css_class="col-md-6"),
            ),
            Submit("save", _t("Enregistrer")),
        )

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a model field

    def state_of(self, row: Any) -> str:
        return contract_fingerprint(contract_of(row))

    def read(self, row: Any) -> dict[str, Any]:
        contract = contract_of(row)
        return {name: getattr(contract, name) for name in (*self.names, *self.beside)}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        moved = self.former_due_on is not None and self.cleaned_data.get("due_on") != self.former_due_on
        # Where somebody else has changed the contract, that is what is told first.
        if (
            moved
            and not self._is_overtaken
            and "due_on" in self.cleaned_data
            and not self.cleaned_data.get("due_reason")
        ):
            self.add_error("due_reason", _t("L’échéance change : dites pourquoi."))
        return cleaned

    @property
    def _is_overtaken(self) -> bool:
        return self.row is not None and self.cleaned_data.get(self.mark) != self.state_at_first

    def clean_disclosure(self) -> str:
        """Leave what the section shows as it is where the form does not ask."""
        asked: str = self.cleaned_data["disclosure"]
        return asked or self.instance.disclosure

    def contract(self) -> Contract:
        return Contract(**{name: self.cleaned_data[name] for name in (*self.names, *self.beside)})

    @property
    def why_due_date_moves(self) -> str:
        return str(self.cleaned_data.get("due_reason", ""))


def _with_structure(contact: Contact) -> str:
    return f"{contact} – {contact.organisation.label}"
