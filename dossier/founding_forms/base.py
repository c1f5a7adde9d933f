"""What every step of a founding has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django.utils.datastructures import MultiValueDict

from candidacy.call_templates import CallTemplate

Typed = MultiValueDict[str, Any]


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
