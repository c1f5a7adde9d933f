"""What a list can be narrowed and sorted by. The address carries it, so the names of the fields are French and short."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject, Submit
from django import forms
from django.db.models import F
from django.db.models.expressions import OrderBy
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.template import Context
from django.template.loader import get_template
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

TEMPLATE = "bootstrap5/filter_field.html"


class FilterSelect(forms.Select):
    """Written in one go: Django renders a template for each choice, and a list waits for a hundred of them."""

    def __init__(self, attrs: Any = None, choices: Any = ()) -> None:
        super().__init__({"class": "form-select", **(attrs or {})}, choices)

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        chosen = str(value or "")
        options = "".join(
            f'<option value="{escape(str(key))}"{" selected" if str(key) == chosen else ""}>{escape(str(label))}</option>'
            for key, label in self.choices
        )
        known = {"name": name, **self.build_attrs(self.attrs, attrs)}
        return format_html("<select{}>{}</select>", flatatt(known), SafeString(options))


class ChoiceFilter(forms.ChoiceField):
    """A list to choose from."""

    widget = FilterSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class WordsFilter(forms.CharField):
    """Words to look for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.SearchInput(attrs={"class": "form-control"}), **kwargs)


class TickFilter(forms.BooleanField):
    """A box to tick."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"}), **kwargs
        )


class _FilterBoundField(forms.BoundField):
    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Point at no error and no help: a filter shows neither."""
        return attrs


class _FilterRow(LayoutObject):  # type: ignore[misc]  # crispy ships no types
    """One field of the bar: crispy's own layout objects look for errors, help and a dozen options first."""

    def __init__(self, name: str, wrapper_class: str) -> None:
        self.name, self.wrapper_class = name, wrapper_class

    def render(self, form: forms.Form, context: Context, **kwargs: object) -> str:
        form.rendered_fields.add(self.name)  # type: ignore[attr-defined]  # crispy's own account
        return get_template(TEMPLATE).render({"field": form[self.name], "wrapper_class": self.wrapper_class})


@dataclass(frozen=True)
class Header:
    """A column that sorts: what its link asks for, and how it runs now, in the words of aria-sort."""

    tri: str
    direction: str


class FilterForm(forms.Form):
    """A GET form: a value that makes no sense narrows nothing."""

    bound_field_class = _FilterBoundField

    #: What the form is called by those who do not see it.
    label: ClassVar[str | Promise] = _("Filtrer la liste")
    #: The part of the page that changes as one chooses; without it, the button reads the page again.
    target: ClassVar[str] = ""
    #: Where the list is, for a form with a ``target``.
    address = ""

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.include_media = False
        helper.form_method = "get"
        helper.form_class = "filter-bar"
        helper.attrs = {"role": "search", "aria-label": str(self.label)}
        if self.target:
            while_typing = ", input delay:400ms from:#id_q" if "q" in self.fields else ""
            helper.form_action = self.address
            helper.attrs |= {
                "hx-get": self.address,
                "hx-target": self.target,
                "hx-trigger": f"change, submit{while_typing}",
                "hx-push-url": "true",
            }
        helper.layout = Layout(*self.rows())
        return helper

    def rows(self) -> Iterable[LayoutObject]:
        yield from (self.row(name) for name in self.fields)
        yield self.button()

    def row(self, name: str, wrapper_class: str = "") -> LayoutObject:
        return _FilterRow(name, wrapper_class)

    def button(self) -> Submit:
        return Submit("", _t("Filtrer"), css_class="btn-outline-secondary")

    @cached_property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return getattr(self, "cleaned_data", {})

    @property
    def is_narrowing(self) -> bool:
        return any(value for name, value in self.asked.items() if name != "tri")


class SortedFilterForm(FilterForm):
    """A filter whose columns sort; ``tri`` falls back on the usual order."""

    tri: forms.Field = forms.CharField(required=False, widget=forms.HiddenInput)

    #: Columns that sort, each with the expressions it sorts by; downwards turns them all.
    orders: ClassVar[dict[str, tuple[OrderBy, ...]]]
    usual_sort: ClassVar[str]
    #: What settles the order of equal rows, whichever way the column runs.
    ties: ClassVar[tuple[OrderBy, ...]] = (F("pk").asc(),)

    @property
    def sort(self) -> str:
        """The column sorted by, with a minus sign in front when it runs downwards."""
        asked = str(self.asked.get("tri") or "")
        return asked if asked.removeprefix("-") in self.orders else self.usual_sort

    @property
    def headers(self) -> dict[str, Header]:
        sort = self.sort
        directions = {sort.removeprefix("-"): "descending" if sort.startswith("-") else "ascending"}
        return {
            key: Header(tri=f"-{key}" if sort == key else key, direction=directions.get(key, ""))
            for key in self.orders
        }

    def ordering(self) -> list[OrderBy]:
        expressions = self.orders[self.sort.removeprefix("-")]
        if self.sort.startswith("-"):
            expressions = tuple(_reversed(expression) for expression in expressions)
        return [*expressions, *self.ties]


def _reversed(expression: OrderBy) -> OrderBy:
    turned = expression.expression.desc if not expression.descending else expression.expression.asc
    return turned(nulls_last=True) if expression.nulls_last else turned()
