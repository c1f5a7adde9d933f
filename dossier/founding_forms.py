"""The forms of the steps by which a candidacy is founded. None of them writes a row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Fieldset, Layout, Row
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from budget.services import MAX_YEARS
from candidacy.call_templates import CallTemplate, PhaseTemplate
from candidacy.forms.fields import CompactField, PeopleCountField
from candidacy.forms.settings import TIME_ZONES
from candidacy.models import Candidacy, Territory, validate_siren
from committees.models import Committee
from committees.services.committees import CommitteeFields
from core.sheets import DayInput
from core.templatetags.formats import short_date
from dossier.founding import PhaseDates

Typed = MultiValueDict[str, Any]

#: The phase that the deposit date belongs to, in every template.
DEPOSIT_PHASE = "depot"
FIRST_YEAR, LAST_YEAR = 1985, 2100


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the other steps have settled, for a step to build on."""

    today: date
    #: What the person may found on, by key.
    offered: Mapping[str, CallTemplate] = field(default_factory=dict)
    template: CallTemplate | None = None
    bearer: Mapping[str, Any] = field(default_factory=dict)
    communes: list[dict[str, Any]] = field(default_factory=list)


class StepMixin:
    """A form without its tag and buttons, which the page of the step prints around it."""

    known: Known
    helper: FormHelper

    def settle(self, known: Known, *layout: Any) -> None:
        self.known = known
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_tag = False
        self.helper.layout = Layout(*layout)

    def typed_again(self, typed: Typed) -> Typed:
        """Return what to show when the step, which was in order, is opened again."""
        return typed


# --- the call ----------------------------------------------------------------------------------------


class CallStepForm(StepMixin, forms.Form):
    template = forms.ChoiceField(
        label=_("Sous quelles règles la candidature se prépare-t-elle ?"), widget=forms.RadioSelect
    )

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        super().__init__(data)
        templates = known.offered.values()
        self.fields["template"].choices = [(row.key, row.title) for row in templates]  # type: ignore[attr-defined]  # a choice field
        chosen = self["template"].value()
        self.cards = [
            CallCard(row, [*_what_was_read(row)], [*_what_to_check(row, known.today)], row.key == chosen)
            for row in templates
        ]
        self.settle(known, Field("template", template="dossier/_call_cards.html"))


@dataclass(frozen=True)
class CallCard:
    """A template to choose: what was read in the call's own texts, and what nobody could confirm."""

    template: CallTemplate
    read: list[str]
    to_check: list[str]
    is_chosen: bool


def _what_was_read(template: CallTemplate) -> list[str]:
    official = sum(criterion.is_official for criterion in template.criteria)
    confirmed = sum(piece.is_confirmed for piece in template.pieces)
    facts = []
    if official:
        facts.append(_t("%(count)d intitulés de critères") % {"count": official})
    if template.population_min or template.population_max:
        facts.append(_t("la fourchette de population"))
    if confirmed:
        facts.append(
            _t("%(count)d pièces sur %(total)d") % {"count": confirmed, "total": len(template.pieces)}
        )
    return facts


def _what_to_check(template: CallTemplate, today: date) -> list[str]:
    facts = []
    if not template.criteria:
        facts.append(_t("les critères, à écrire d’après votre appel"))
    if (template.population_min or template.population_max) and not template.is_population_kind_confirmed:
        facts.append(_t("la population qui compte, municipale ou totale"))
    unconfirmed = sum(not piece.is_confirmed for piece in template.pieces)
    if unconfirmed:
        facts.append(_t("%(count)d pièces non confirmées") % {"count": unconfirmed})
    if template.title_year is not None and template.title_year <= today.year:
        facts.append(
            _t("les dates : celles de l’édition %(year)d sont passées") % {"year": template.title_year}
        )
    facts.append(_t("le plan du dossier, les consignes et les longueurs : des outils de travail"))
    return facts


# --- the candidacy and its bearer --------------------------------------------------------------------


class BearerStepForm(StepMixin, forms.ModelForm):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    bearer_siren = CompactField(label=_("SIREN du porteur"), help_text=_("Neuf chiffres, espaces admis."))
    population = PeopleCountField(label=_("Population retenue"))
    time_zone = forms.ChoiceField(
        label=_("Fuseau horaire"), choices=TIME_ZONES, help_text=_("Heures des réunions et des rappels.")
    )

    class Meta:
        model = Candidacy
        fields = [
            "title",
            "tagline",
            "slug",
            "bearer_name",
            "bearer_kind",
            "bearer_siren",
            "population",
            "population_kind",
            "population_source",
            "population_on",
            "time_zone",
        ]
        widgets = {"population_on": DayInput()}
        help_texts = {
            "title": _("Le nom de votre projet ; il se change plus tard."),
            "tagline": _("Imprimée sous le titre, sur la couverture du dossier."),
            "slug": _(
                "Dans l’adresse des pages : lettres sans accent, chiffres, tirets. Vide : formée de l’intitulé."
            ),
            "bearer_name": _("Une seule personne morale dépose, même au nom de plusieurs communes."),
            "population_source": _(
                "Par exemple : Insee, populations légales en vigueur au 1er janvier 2024."
            ),
        }

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        super().__init__(data, initial={"bearer_kind": Candidacy.BearerKind.COMMUNE})
        self.fields["slug"].required = False
        self.fields["slug"].widget.attrs["autocomplete"] = "off"
        self.settle(
            known,
            Fieldset(_t("La candidature"), "title", "tagline", "slug"),
            Fieldset(
                _t("Le porteur"),
                "bearer_name",
                Row(
                    Column("bearer_kind", css_class="col-sm-6"), Column("bearer_siren", css_class="col-sm-6")
                ),
            ),
            Fieldset(
                _t("La population"),
                HTML(
                    "<p class='form-text'>"
                    + _t(
                        "Celle du territoire qui se présente. Laissez vide si elle reste à établir : rien n’est bloqué."
                    )
                    + "</p>"
                ),
                Row(
                    Column("population", css_class="col-sm-6"),
                    Column("population_kind", css_class="col-sm-6"),
                ),
                Row(
                    Column("population_source", css_class="col-sm-8"),
                    Column("population_on", css_class="col-sm-4"),
                ),
            ),
            Fieldset(_t("L’heure"), "time_zone"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("population") is not None:
            for name in ("population_source", "population_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _t("Une population s’indique avec sa source et sa date."))
        return cleaned


# --- territories -------------------------------------------------------------------------------------


class CommuneForm(forms.Form):
    """One commune: typed in the fields of the step, or read from a line that was pasted."""

    insee_code = CompactField(label=_("Code INSEE"))
    name = forms.CharField(label=_("Nom"), max_length=120, required=False)
    siren = CompactField(label=_("SIREN"), validators=[validate_siren])
    population_municipal = PeopleCountField(label=_("Population municipale"))
    population_total = PeopleCountField(label=_("Population totale"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["insee_code"].widget.attrs["inputmode"] = "text"  # 2A004
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(
                Column("insee_code", css_class="col-sm-4 col-lg-2"),
                Column("name", css_class="col-sm-8 col-lg-4"),
                Column("siren", css_class="col-sm-4 col-lg-2"),
                Column("population_municipal", css_class="col-6 col-sm-4 col-lg-2"),
                Column("population_total", css_class="col-6 col-sm-4 col-lg-2"),
                css_class="align-items-end",
            )
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the code and the name of a commune of which anything is said; of none, nothing is needed."""
        cleaned = super().clean() or {}
        for name in ("insee_code", "name"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _t("Ce champ est obligatoire."))
        return cleaned

    def clean_insee_code(self) -> str:
        code = str(self.cleaned_data["insee_code"]).upper()
        if not code:
            return code
        if re.fullmatch(r"[0-9]{4}", code):  # a spreadsheet drops the first zero of 01001
            code = f"0{code}"
        Territory._meta.get_field("insee_code").run_validators(code)
        return code


#: The columns of a pasted line, in their order.
COLUMNS = tuple(CommuneForm.base_fields)


@dataclass(frozen=True)
class CommuneRow:
    """One commune accepted before, as the table of the step shows it."""

    values: Mapping[str, Any]
    is_bearing: bool
    is_removed: bool


class TerritoriesStepForm(StepMixin, forms.Form):
    """Adds communes to those accepted before, one by one or as a list, and takes some off."""

    removed = forms.MultipleChoiceField(label=_("Retirer"), required=False)
    bearing = forms.MultipleChoiceField(label=_("Territoire candidat"), required=False)
    pasted = forms.CharField(
        label=_("Coller une liste"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "founding-paste"}),
        help_text=_(
            "Une commune par ligne : code INSEE;nom;SIREN;population municipale;population totale. Les colonnes "
            "copiées d’un tableur conviennent. Le SIREN et les populations peuvent manquer."
        ),
    )
    population_source = forms.CharField(
        label=_("Source des populations"),
        required=False,
        max_length=200,
        help_text=_("Par exemple : Insee, populations légales en vigueur au 1er janvier 2024."),
    )
    population_on = forms.DateField(label=_("Populations au"), required=False, widget=DayInput)

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        initial = {name: known.bearer.get(name) for name in ("population_source", "population_on")}
        super().__init__(data, initial=initial)
        self.one = CommuneForm(data, prefix="one", empty_permitted=True, use_required_attribute=False)
        codes = [(row["insee_code"], row["name"]) for row in known.communes]
        self.fields["removed"].choices = codes  # type: ignore[attr-defined]  # a choice field
        self.fields["bearing"].choices = codes  # type: ignore[attr-defined]  # a choice field
        self.rows = known.communes
        self.settle(
            known,
            HTML("{% include 'dossier/_founding_communes.html' %}"),
            Fieldset(_t("Ajouter une commune"), HTML("{% load crispy_forms_tags %}{% crispy form.one %}")),
            Fieldset(_t("Ajouter plusieurs communes"), "pasted"),
            Fieldset(
                _t("D’où viennent les populations ?"),
                Row(
                    Column("population_source", css_class="col-sm-8"),
                    Column("population_on", css_class="col-sm-4"),
                ),
            ),
        )

    @property
    def table(self) -> list[CommuneRow]:
        bearing = self._ticked(
            "bearing", [row["insee_code"] for row in self.known.communes if row["is_bearing"]]
        )
        removed = self._ticked("removed", [])
        return [
            CommuneRow(row, row["insee_code"] in bearing, row["insee_code"] in removed)
            for row in self.known.communes
        ]

    def clean(self) -> dict[str, Any]:
        """Work out the list as it will be: kept, added one by one, read from what was pasted."""
        cleaned = super().clean() or {}
        bearing, removed = cleaned.get("bearing", []), cleaned.get("removed", [])
        rows = [
            {**row, "is_bearing": row["insee_code"] in bearing}
            for row in self.known.communes
            if row["insee_code"] not in removed
        ]
        if self.one.is_valid() and self.one.cleaned_data:
            self._add(rows, self.one.cleaned_data, lambda text: self.one.add_error("insee_code", text))
        self._read_lines(rows, cleaned.get("pasted", ""))
        if any(row["population_municipal"] or row["population_total"] for row in rows):
            for name in ("population_source", "population_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _t("Une population s’indique avec sa source et sa date."))
        self.rows = rows
        return cleaned

    def is_valid(self) -> bool:
        return super().is_valid() and self.one.is_valid()

    def typed_again(self, typed: Typed) -> Typed:
        """Keep what is not in the list by now: what was added or taken off is."""
        kept = {name: typed.getlist(name) for name in ("population_source", "population_on")}
        kept["bearing"] = [row["insee_code"] for row in self.rows if row["is_bearing"]]
        return MultiValueDict(kept)

    def _ticked(self, name: str, settled: list[str]) -> set[str]:
        return set(self.data.getlist(name) if self.is_bound else settled)  # type: ignore[attr-defined]  # always many-valued

    def _read_lines(self, rows: list[dict[str, Any]], text: str) -> None:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        for number, line in lines:
            cells = [cell.strip().strip('"') for cell in re.split(r"[;\t]", line)]
            if number == lines[0][0] and not re.search(r"[0-9]", cells[0]):
                continue  # the names of the columns
            say = partial(self._say_of_line, number)
            if len(cells) > len(COLUMNS):
                say(_t("cinq colonnes au plus sont attendues."))
                continue
            commune = CommuneForm(dict(zip(COLUMNS, cells, strict=False)))
            if commune.is_valid():
                self._add(rows, commune.cleaned_data, say)
            for name, errors in commune.errors.items():
                say(f"{commune.fields[name].label} : {' '.join(map(str, errors))}")

    def _say_of_line(self, number: int, text: str) -> None:
        self.add_error("pasted", _t("Ligne %(number)d : %(text)s") % {"number": number, "text": text})

    def _add(
        self, rows: list[dict[str, Any]], commune: Mapping[str, Any], refuse: Callable[[str], None]
    ) -> None:
        if any(row["insee_code"] == commune["insee_code"] for row in rows):
            refuse(_t("la commune %(code)s est déjà dans la liste.") % {"code": commune["insee_code"]})
            return
        siren = self.known.bearer.get("bearer_siren")
        rows.append({**commune, "is_bearing": bool(siren) and commune["siren"] == siren})


# --- dates -------------------------------------------------------------------------------------------


class DatesStepForm(StepMixin, forms.Form):
    title_year = forms.IntegerField(
        label=_("Année du titre"), min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=forms.TextInput
    )
    deposit_on = forms.DateField(
        label=_("Date de dépôt"),
        required=False,
        widget=DayInput,
        help_text=_("Le tableau de bord compte les jours jusque-là."),
    )
    first_year = forms.IntegerField(
        label=_("Le plan de financement va de"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput,
        help_text=_("Vide : l’année qui précède le titre."),
    )
    last_year = forms.IntegerField(
        label=_("à"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput,
        help_text=_("Vide : l’année qui le suit."),
    )

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        super().__init__(data)
        template = known.template
        self.phases = template.phases if template else ()
        if template and template.title_year and template.title_year > known.today.year:
            self.initial["title_year"] = template.title_year
        for name in ("title_year", "first_year", "last_year"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "class": "year-input"}
        rows = [self._add_phase(phase, known) for phase in self.phases]
        self.settle(
            known,
            Fieldset(
                _t("Le titre"),
                Row(Column("title_year", css_class="col-sm-6"), Column("deposit_on", css_class="col-sm-6")),
                Row(Column("first_year", css_class="col-sm-6"), Column("last_year", css_class="col-sm-6")),
            ),
            Fieldset(
                _t("Les étapes de l’appel"),
                HTML(
                    "<p class='form-text'>"
                    + _t(
                        "Ce que vous savez aujourd’hui : un jour, ou quelques mots comme « fin juin ». Tout se change "
                        "ensuite, et les dates réelles se notent à mesure."
                    )
                    + "</p>"
                ),
                *rows,
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        year = cleaned.get("title_year")
        if year:
            cleaned["first_year"] = cleaned.get("first_year") or year - 1
            cleaned["last_year"] = cleaned.get("last_year") or year + 1
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and not first <= last < first + MAX_YEARS:
            self.add_error(
                "last_year", _t("Un plan couvre de une à %(max)d années, dans l’ordre.") % {"max": MAX_YEARS}
            )
        return cleaned

    @property
    def phase_dates(self) -> dict[str, PhaseDates]:
        """Return the dates of each phase; a deposit that is left blank is on the day of the deposit."""
        dates = {
            phase.key: PhaseDates(
                planned_on=self.cleaned_data[f"planned_on_{phase.key}"],
                planned_label=self.cleaned_data[f"planned_label_{phase.key}"],
            )
            for phase in self.phases
        }
        if dates.get(DEPOSIT_PHASE) == PhaseDates():
            dates[DEPOSIT_PHASE] = PhaseDates(planned_on=self.cleaned_data["deposit_on"])
        return dates

    def _add_phase(self, phase: PhaseTemplate, known: Known) -> Fieldset:
        """Add the two fields of a phase, filled in from the template where its dates are still ahead."""
        edition = known.template.title_year if known.template else None
        is_ahead = edition is None or edition > known.today.year
        planned_on = phase.planned_on if phase.planned_on and phase.planned_on >= known.today else None
        former = "" if is_ahead else _former_date(phase)
        notes = [_t("Édition %(year)s : %(date)s.") % {"year": edition, "date": former}] if former else []
        if phase.key == DEPOSIT_PHASE:
            notes.append(_t("Vide : la date de dépôt ci-dessus."))
        self.fields[f"planned_on_{phase.key}"] = forms.DateField(
            label=_t("Date prévue"), required=False, widget=DayInput, initial=planned_on
        )
        self.fields[f"planned_label_{phase.key}"] = forms.CharField(
            label=_t("ou en clair"),
            required=False,
            max_length=80,
            initial=phase.planned_label if is_ahead and not planned_on else "",
            help_text=" ".join(notes),
        )
        return Fieldset(
            phase.name,
            Row(
                Column(f"planned_on_{phase.key}", css_class="col-sm-5"),
                Column(f"planned_label_{phase.key}", css_class="col-sm-7"),
            ),
            css_class="founding-part",
        )


def _former_date(phase: PhaseTemplate) -> str:
    day = phase.planned_on or phase.actual_on
    return phase.planned_label or (short_date(day) if day else "")


# --- committees --------------------------------------------------------------------------------------

#: What most bids begin with; everything is there to be changed.
USUAL_COMMITTEES: tuple[dict[str, Any], ...] = (
    {
        "name": _("Comité technique"),
        "acronym": "COTECH",
        "kind": Committee.Kind.COTECH,
        "rhythm_min": 1,
        "rhythm_max": 2,
        "rhythm_period": Committee.Period.MONTH,
        "notice_days": 7,
    },
    {
        "name": _("Comité de pilotage"),
        "acronym": "COPIL",
        "kind": Committee.Kind.COPIL,
        "rhythm_min": 1,
        "rhythm_max": 2,
        "rhythm_period": Committee.Period.QUARTER,
        "notice_days": 15,
    },
)
MAX_COMMITTEES = 10


class CommitteeRowForm(forms.ModelForm):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    class Meta:
        model = Committee
        fields = ["name", "acronym", "kind", "rhythm_min", "rhythm_max", "rhythm_period", "notice_days"]
        help_texts = {"acronym": _("En capitales. Il numérote les décisions : COPIL-2026-03-D2.")}

    def clean_acronym(self) -> str:
        return " ".join(str(self.cleaned_data["acronym"]).upper().split())

    def has_changed(self) -> bool:
        """A row of which nothing was typed is no committee: what the page filled in by itself does not count."""
        typed = ("name", "acronym", "rhythm_min", "rhythm_max")
        return any(self.data.get(self.add_prefix(name)) for name in typed)


class _CommitteeRows(forms.BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    def initial_form_count(self) -> int:
        """Say that no row is there to stay: one that is emptied is no committee, not an unfinished one."""
        return 0

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            acronym = form.cleaned_data.get("acronym") if form not in self.deleted_forms else None
            if acronym in seen:
                form.add_error("acronym", _t("Un comité porte déjà ce sigle."))
            if acronym:
                seen.add(acronym)


CommitteeFormSet = forms.formset_factory(
    CommitteeRowForm,
    formset=_CommitteeRows,
    can_delete=True,
    extra=len(USUAL_COMMITTEES) + 1,
    max_num=MAX_COMMITTEES,
)


class CommitteesStepForm(StepMixin, forms.Form):
    """The committees that the bid begins with; members are seated later, from the partners' contacts."""

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        super().__init__(data)
        self.rows = CommitteeFormSet(data, prefix="committees", initial=[*USUAL_COMMITTEES])
        for row in self.rows.forms:
            row.fields["DELETE"].label = _t("Ne pas créer ce comité")
        self.rows.helper = FormHelper()  # type: ignore[attr-defined]  # crispy looks for it there
        self.rows.helper.include_media = False  # type: ignore[attr-defined]  # as above
        self.rows.helper.form_tag = False  # type: ignore[attr-defined]  # as above
        self.rows.helper.layout = Layout(  # type: ignore[attr-defined]  # as above
            Fieldset(
                _t("Comité") + " {{ forloop.counter }}",
                Row(Column("name", css_class="col-sm-8"), Column("acronym", css_class="col-sm-4")),
                "kind",
                Row(
                    Column("rhythm_min", css_class="col-6 col-sm-3"),
                    Column("rhythm_max", css_class="col-6 col-sm-3"),
                    Column("rhythm_period", css_class="col-sm-3"),
                    Column("notice_days", css_class="col-sm-3"),
                    css_class="align-items-end",
                ),
                "DELETE",
                css_class="founding-part",
            )
        )
        self.settle(known, HTML("{% load crispy_forms_tags %}{% crispy form.rows %}"))

    def is_valid(self) -> bool:
        return super().is_valid() and self.rows.is_valid()

    def typed_again(self, typed: Typed) -> Typed:
        """Keep the committees that are to be, and a blank row for one more."""
        kept = {
            f"committees-{rank}-{name}": ["" if value is None else str(value)]
            for rank, committee in enumerate(self.committees)
            for name, value in committee.items()
        }
        count = min(len(self.committees) + 1, MAX_COMMITTEES)
        kept |= {"committees-TOTAL_FORMS": [str(count)], "committees-INITIAL_FORMS": ["0"]}
        blank = CommitteeRowForm(prefix=f"committees-{count - 1}")
        if count > len(self.committees):
            kept |= {
                blank.add_prefix(name): [str(blank[name].value())]
                for name in ("rhythm_period", "notice_days")
            }
        return MultiValueDict(kept)

    @property
    def committees(self) -> list[CommitteeFields]:
        return [
            cast(CommitteeFields, {name: form.cleaned_data[name] for name in form.Meta.fields})
            for form in self.rows.forms
            if form.has_changed() and not form.cleaned_data.get("DELETE")
        ]
