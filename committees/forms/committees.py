from collections.abc import Iterable
from datetime import time
from typing import Any

from crispy_forms.layout import HTML, Column, Div, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from committees.forms.rows import ContactField, DeedForm, RowForm
from committees.models import Committee, CommitteeMember, ReminderRule
from committees.services.committees import DEFAULT_REMINDERS, Reminder
from core.sheets import ClockInput, DayInput
from partners.models import Contact

REMINDER_ROWS = 4
MORNING = time(8)


#: What a committee that says nothing of proxies allows.
ONE_PROXY = 1


class CommitteeForm(RowForm):
    """A committee and its reminders; an empty reminder row is no reminder."""

    animator = ContactField(label=_("Animation"), empty_label=_("Personne en particulier"), required=False)
    co_animator = ContactField(
        label=_("Avec"),
        empty_label=_("Personne en particulier"),
        required=False,
        help_text=_("À deux, par exemple une personne de l’équipe et une d’une structure partenaire."),
    )
    default_video_url = forms.URLField(
        label=_("Lien de visioconférence habituel"), required=False, assume_scheme="https"
    )

    class Meta:
        model = Committee
        fields = [
            "name",
            "acronym",
            "kind",
            "mandate",
            "rhythm_min",
            "rhythm_max",
            "rhythm_period",
            "notice_days",
            "quorum",
            "max_proxies",
            "decision_mode",
            "default_place",
            "default_minutes",
            "default_video_url",
            "animator",
            "co_animator",
            "minutes_due_days",
            "minutes_silence_days",
        ]
        widgets = {"mandate": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "rhythm_min": _("Vide\u00a0: aucun minimum."),
            "rhythm_max": _("Vide\u00a0: aucun maximum."),
            "notice_days": _("Une convocation plus tardive reste possible\u00a0; la page le signale."),
            "minutes_silence_days": _("Vide\u00a0: il faut l’approuver expressément."),
        }

    def __init__(self, *args: Any, candidacy: Candidacy, row: Committee | None = None, **kwargs: Any) -> None:
        rules = _reminders_of(row) if row else DEFAULT_REMINDERS
        initial = dict(kwargs.pop("initial", None) or {})
        for rank, reminder in enumerate(rules[:REMINDER_ROWS], start=1):
            initial |= {
                f"days_{rank}": reminder.days_before,
                f"at_{rank}": reminder.local_time,
                f"audience_{rank}": reminder.audience,
                f"working_days_{rank}": reminder.working_days,
                f"text_{rank}": reminder.text,
            }
        super().__init__(*args, row=row, initial=initial, **kwargs)
        self.fields["max_proxies"].required = False
        contacts = Contact.objects.filter(candidacy=candidacy).select_related("organisation")
        for name in ("animator", "co_animator"):
            self.fields[name].queryset = contacts.order_by("last_name", "first_name", "pk")  # type: ignore[attr-defined]  # a model field
        for rank in range(1, REMINDER_ROWS + 1):
            self.fields[f"days_{rank}"] = forms.IntegerField(
                label=_t("Rappel %(rank)d, jours avant") % {"rank": rank},
                required=False,
                min_value=0,
                max_value=60,
            )
            self.fields[f"at_{rank}"] = forms.TimeField(
                label=_t("Rappel %(rank)d, heure") % {"rank": rank}, required=False, widget=ClockInput
            )
            self.fields[f"audience_{rank}"] = forms.ChoiceField(
                label=_t("Rappel %(rank)d, à qui") % {"rank": rank},
                required=False,
                choices=ReminderRule.Audience.choices,
            )
            self.fields[f"working_days_{rank}"] = forms.BooleanField(
                label=_t("Rappel %(rank)d, jours ouvrés seulement") % {"rank": rank}, required=False
            )
            self.fields[f"text_{rank}"] = forms.CharField(
                label=_t("Rappel %(rank)d, première phrase") % {"rank": rank}, required=False, max_length=300
            )
        self.helper.layout = self._layout()

    def clean_max_proxies(self) -> int:
        given: int | None = self.cleaned_data["max_proxies"]
        return ONE_PROXY if given is None else given

    def clean_acronym(self) -> str:
        return " ".join(str(self.cleaned_data["acronym"]).upper().split())

    def clean(self) -> dict[str, Any]:
        """Gather the reminder rows into ``reminders``."""
        cleaned = super().clean()
        reminders: list[Reminder] = []
        for rank in range(1, REMINDER_ROWS + 1):
            days, at, audience, working_days, text = (
                cleaned.pop(f"{name}_{rank}", None)
                for name in ("days", "at", "audience", "working_days", "text")
            )
            if days is None:
                continue
            if days in {reminder.days_before for reminder in reminders}:
                self.add_error(f"days_{rank}", _t("Un rappel est déjà prévu à ce délai."))
            reminders.append(
                Reminder(
                    days,
                    at or MORNING,
                    audience or ReminderRule.Audience.EXPECTED,
                    working_days=bool(working_days),
                    text=text or "",
                )
            )
        return {**cleaned, "reminders": reminders}

    def _layout(self) -> Layout:
        rows = [
            Div(
                Row(
                    Column(f"days_{rank}", css_class="col-6 col-md-3"),
                    Column(f"at_{rank}", css_class="col-6 col-md-3"),
                    Column(f"audience_{rank}", css_class="col-md-6"),
                ),
                f"text_{rank}",
                f"working_days_{rank}",
                css_class="border-top pt-3",
            )
            for rank in range(1, REMINDER_ROWS + 1)
        ]
        return Layout(
            *self.hidden_names,
            Fieldset(
                _t("L’instance"),
                Row(Column("name", css_class="col-sm-8"), Column("acronym", css_class="col-sm-4")),
                "kind",
                "mandate",
                Row(Column("animator", css_class="col-sm-6"), Column("co_animator", css_class="col-sm-6")),
            ),
            Fieldset(
                _t("Rythme et convocation"),
                Row(
                    Column("rhythm_min", css_class="col-sm-4"),
                    Column("rhythm_max", css_class="col-sm-4"),
                    Column("rhythm_period", css_class="col-sm-4"),
                ),
                Row(
                    Column("notice_days", css_class="col-sm-6"),
                    Column("decision_mode", css_class="col-sm-6"),
                ),
                Row(
                    Column("quorum", css_class="col-sm-6"),
                    Column("max_proxies", css_class="col-sm-6"),
                ),
                Row(
                    Column("default_place", css_class="col-sm-8"),
                    Column("default_minutes", css_class="col-sm-4"),
                ),
                "default_video_url",
            ),
            Fieldset(
                _t("Compte rendu"),
                Row(
                    Column("minutes_due_days", css_class="col-sm-6"),
                    Column("minutes_silence_days", css_class="col-sm-6"),
                ),
            ),
            Fieldset(
                _t("Rappels avant chaque réunion"),
                HTML(
                    "<p class='form-text'>"
                    + _t(
                        "Chaque ligne envoie un message aux personnes convoquées, tant de jours avant, à l’heure "
                        "locale dite. Zéro jour\u00a0: le matin même. Une ligne sans nombre de jours n’envoie rien. "
                        "Qui s’est excusé n’est jamais rappelé. Sans première phrase, c’est la phrase habituelle\u00a0; "
                        "les jours ouvrés seulement, ce qui tomberait un week-end ou un jour férié part le jour "
                        "ouvré précédent."
                    )
                    + "</p>"
                ),
                *rows,
            ),
            Submit("save", _t("Enregistrer")),
        )


def _reminders_of(committee: Committee) -> list[Reminder]:
    return [
        Reminder.of(rule)
        for rule in sorted(committee.reminder_rules.all(), key=lambda rule: -rule.days_before)
    ]


class SeatForm(DeedForm):
    contact = ContactField(label=_("Personne"), empty_label=_("Choisissez une personne"))
    quality = forms.ChoiceField(label=_("Qualité"), choices=CommitteeMember.Quality.choices)
    is_voting = forms.BooleanField(label=_("Voix délibérative"), required=False)
    deputy_of = forms.ModelChoiceField(
        label=_("Supplée"),
        queryset=CommitteeMember.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Personne en particulier"),
        help_text=_("Pour un·e suppléant·e\u00a0: leur voix ne compte qu’une fois pour le quorum."),
    )
    since = forms.DateField(label=_("Depuis le"), required=False, widget=DayInput)
    until = forms.DateField(label=_("Jusqu’au"), required=False, widget=DayInput)

    def __init__(
        self,
        *args: Any,
        committee: Committee,
        seat: CommitteeMember | None = None,
        contacts: Iterable[Contact] | None = None,
        **kwargs: Any,
    ) -> None:
        if seat is not None:
            kwargs["initial"] = {name: getattr(seat, name) for name in self.base_fields}
        else:
            kwargs["initial"] = {"is_voting": True, "quality": CommitteeMember.Quality.TITULAR}
        super().__init__(*args, **kwargs)
        others = committee.members.exclude(quality=CommitteeMember.Quality.DEPUTY).select_related("contact")
        if seat is not None:
            others = others.exclude(pk=seat.pk)
            del self.fields["contact"]
        else:
            self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]  # a model field
        self.fields["deputy_of"].queryset = others.order_by("contact__last_name", "pk")  # type: ignore[attr-defined]  # likewise
        self.helper.layout = Layout(
            *(["contact"] if seat is None else []),
            Row(Column("quality", css_class="col-sm-6"), Column("deputy_of", css_class="col-sm-6")),
            "is_voting",
            Row(Column("since", css_class="col-sm-6"), Column("until", css_class="col-sm-6")),
            Submit("save", _t("Enregistrer")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _t("La fin du mandat précède son début."))
        return cleaned
