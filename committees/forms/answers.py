"""The form by which somebody says whether they come, or who stands in for them."""

from typing import Any

from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.forms.rows import DeedForm
from committees.models import Invitation
from committees.representation import deputies_of, proxy_holders_for
from partners.models import Contact

Answer = Invitation.Answer


class AnswerForm(DeedForm):
    answer = forms.ChoiceField(label=_("Réponse"), widget=forms.RadioSelect)
    deputy = forms.ChoiceField(label=_("Suppléant·e"), required=False)
    holder = forms.ChoiceField(
        label=_("Pouvoir donné à"),
        required=False,
        help_text=_("Un membre votant de cette réunion\u00a0; convenez-en d’abord ensemble."),
    )
    comment = forms.CharField(
        label=_("Un mot"), required=False, max_length=300, help_text=_("Facultatif\u00a0: lu par l’équipe.")
    )

    def __init__(
        self,
        *args: Any,
        invitation: Invitation,
        may_withdraw: bool,
        action: str = "",
        has_csrf: bool = True,
        **kwargs: Any,
    ) -> None:
        self.invitation = invitation
        said = str(invitation.stand_in.public_id) if invitation.stand_in else ""
        kwargs.setdefault(
            "initial",
            {
                "answer": invitation.answer,
                "comment": invitation.answer_comment,
                "deputy": said if invitation.answer == Answer.DEPUTY else "",
                "holder": said if invitation.answer == Answer.PROXY else "",
            },
        )
        super().__init__(*args, **kwargs)
        offered = {
            Answer.NONE: may_withdraw and invitation.answer != Answer.NONE,
            Answer.DEPUTY: bool(self._deputies),
            Answer.PROXY: bool(self._holders),
        }
        self.fields["answer"].choices = [  # type: ignore[attr-defined]  # a choice field
            (value, label) for value, label in Answer.choices if offered.get(Answer(value), True)
        ]
        self._offer("deputy", self._deputies, is_offered=offered[Answer.DEPUTY])
        self._offer("holder", self._holders, is_offered=offered[Answer.PROXY])
        self.helper.form_class = "answer-form"
        self.helper.form_action = action
        self.helper.disable_csrf = not has_csrf
        shown = [name for name in ("answer", "deputy", "holder", "comment") if name in self.fields]
        self.helper.layout = Layout(*shown, Submit("save", _t("Répondre")))

    @cached_property
    def _deputies(self) -> dict[str, Contact]:
        return {str(contact.public_id): contact for contact in deputies_of(self.invitation)}

    @cached_property
    def _holders(self) -> dict[str, Contact]:
        return {str(contact.public_id): contact for contact in proxy_holders_for(self.invitation)}

    def _offer(self, name: str, people: dict[str, Contact], *, is_offered: bool) -> None:
        if not is_offered:
            del self.fields[name]
            return
        self.fields[name].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _t("Personne")),
            *((key, f"{contact} – {contact.organisation.label}") for key, contact in people.items()),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for answer, name in ((Answer.DEPUTY, "deputy"), (Answer.PROXY, "holder")):
            if cleaned.get("answer") == answer and name not in self.errors and not cleaned.get(name):
                self.add_error(name, _t("Choisissez qui vous représente."))
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """The answer for the service; a button that carries no word leaves the earlier word as it was."""
        answer = self.cleaned_data["answer"]
        people = {
            Answer.DEPUTY: self._deputies.get(self.cleaned_data.get("deputy", "")),
            Answer.PROXY: self._holders.get(self.cleaned_data.get("holder", "")),
        }
        comment = self.cleaned_data["comment"] if "comment" in self.data else None
        return {"answer": answer, "comment": comment, "stand_in": people.get(Answer(answer))}
