"""The forms of reading links: the lead's, who names the readers, and the reader's, who writes a remark."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from dossier.models import EditionFile, ReadingLink
from dossier.models.reading import MAX_REMARK
from dossier.services.reading_links import MAX_READERS, Reader, Terms

_BARE = re.compile(r"\A[^\s@<>]+@[^\s@<>]+\Z")
_NAMED = re.compile(r'\A"?(?P<name>[^<>]*?)"?\s*<\s*(?P<email>[^<>]*?)\s*>\Z')
_DEFAULT_DAYS = 30
_LONGEST_DAYS = 366


class _ReadersField(forms.CharField):
    """One reader a line: « Name <address> », « Name », or an address alone, which then is the name too."""

    def to_python(self, value: Any) -> Any:
        lines = [line.strip(" \t;,") for line in (super().to_python(value) or "").splitlines()]
        return [_reader(line, number) for number, line in enumerate(lines, start=1) if line]

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MAX_READERS:
            raise ValidationError(_t("Cinquante personnes au plus à la fois."))
        seen = [reader.email.casefold() or reader.name.casefold() for reader in value]
        twice = next(
            (reader.name for reader, key in zip(value, seen, strict=True) if seen.count(key) > 1), None
        )
        if twice:
            raise ValidationError(_t("%(name)s figure deux fois dans la liste."), params={"name": twice})


def _reader(line: str, number: int) -> Reader:
    if _BARE.match(line):
        name, email = line, line
    elif named := _NAMED.match(line):
        name, email = named["name"] or named["email"], named["email"]
    else:
        name, email = line, ""
    try:
        if email or set(line) & set("@<>"):
            validate_email(email)
    except ValidationError as error:
        raise ValidationError(
            _t("Ligne %(number)d : « %(line)s » ne donne pas d’adresse valable. Écrivez « Nom <adresse> ».")
            % {"number": number, "line": line}
        ) from error
    if len(name) > 120:
        raise ValidationError(_t("Ligne %(number)d : le nom dépasse 120 caractères.") % {"number": number})
    return Reader(name, email)


class _DayField(forms.DateField):
    """The last day on which a link opens."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Ouvert jusqu’au"),
            help_text=_("Compris ; un an au plus."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        today = timezone.localdate()
        if day < today:
            raise ValidationError(_t("Cette date est passée."))
        if day > today + timedelta(days=_LONGEST_DAYS):
            raise ValidationError(_t("Un lien reste ouvert un an au plus."))
        return _end_of(day)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


def _in_a_month() -> date:
    return timezone.localdate() + timedelta(days=_DEFAULT_DAYS)


class SharingForm(forms.Form):
    readers = _ReadersField(
        label=_("Lecteurs et lectrices"),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_(
            "Une personne par ligne : « Mathilde Caron &lt;m.caron@ville.example&gt; », ou son nom seul."
        ),
    )
    variant = forms.ChoiceField(
        label=_("Version"),
        choices=[
            (choice.value, choice.label) for choice in (EditionFile.Variant.FULL, EditionFile.Variant.PUBLIC)
        ],
        help_text=_("La version publique laisse de côté ce que les contrats disent confidentiel."),
    )
    expires_on = _DayField(initial=_in_a_month)
    may_comment = forms.BooleanField(label=_("Peut vous écrire des remarques"), required=False, initial=True)
    may_approve = forms.BooleanField(
        label=_("Peut approuver l’édition"),
        required=False,
        help_text=_("Un bouton le lui demande ; ouvrir le lien n’approuve rien."),
    )
    is_watermarked = forms.BooleanField(
        label=_("Son nom au bas de chaque page du PDF"), required=False, initial=True
    )
    by_mail = forms.BooleanField(
        label=_("Envoyer le lien par courriel à qui a une adresse"),
        required=False,
        help_text=_("Sinon, les liens vous sont montrés une seule fois, à copier."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", _t("Créer les liens")))

    @property
    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            variant=data["variant"],
            expires_at=data["expires_on"],
            is_watermarked=data["is_watermarked"],
            may_comment=data["may_comment"],
            may_approve=data["may_approve"],
        )


class RenewalForm(forms.Form):
    expires_on = _DayField(initial=_in_a_month)

    def __init__(self, *args: Any, link: ReadingLink, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if link.email:
            self.fields["by_mail"] = forms.BooleanField(
                label=_t("Envoyer le nouveau lien à %(address)s") % {"address": link.email},
                required=False,
                initial=True,
                help_text=_t("Sinon, il vous est montré une seule fois, à copier."),
            )
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", _t("Renouveler le lien")))


class RemarkForm(forms.Form):
    public_id = forms.UUIDField(widget=forms.HiddenInput)
    place = forms.ChoiceField(label=_("À propos de"), required=False)
    page = forms.IntegerField(
        label=_("Page du PDF"),
        required=False,
        min_value=1,
        max_value=9999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("Si vous lisez le PDF."),
    )
    body = forms.CharField(
        label=_("Votre remarque"), max_length=MAX_REMARK, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(places)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page knows the address
        self.helper.disable_csrf = True  # decision 0018
        self.helper.layout = Layout(
            "public_id", "place", Field("page", css_class="reading__page-number"), "body"
        )

    def offer(self, places: Mapping[str, str]) -> None:
        """Let the remark be about one of ``places``, or about the whole."""
        field = self.fields["place"]
        field.choices = [("", _t("l’ensemble du dossier")), *places.items()]  # type: ignore[attr-defined]
