"""The step that founds the first committees."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.models import Committee
from committees.services.committees import CommitteeFields
from dossier.founding_forms.base import Known, StepMixin, Typed

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
