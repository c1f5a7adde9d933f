"""How forms are drawn: through crispy, each control as Django writes it."""

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from django.template import Context, Template
from django.test.html import parse_html

from core.filters import ChoiceFilter, FilterForm, TickFilter, WordsFilter
from core.form_renderer import FormRenderer

HOSTILE = "\"><script>alert('é & x')</script>"


class Sheet(forms.Form):
    title = forms.CharField(label="Titre")
    seen = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=[("a", "Un"), ("b", "Deux")], widget=forms.RadioSelect)


def drawn(template, **context):
    return Template("{% load crispy_forms_tags %}" + template).render(Context(context))


@pytest.mark.parametrize(
    "printed", ["{{ form.title }}", "{{ form }}", "{% for one in form.kind %}{{ one.tag }}{% endfor %}"]
)
def test_a_page_that_prints_a_field_past_crispy_fails_its_test(printed):
    with pytest.raises(AssertionError, match="past crispy"):
        drawn(printed, form=Sheet())


@pytest.mark.parametrize(
    "printed",
    ["{% crispy form %}", "{{ form|crispy }}", "{{ form.title|as_crispy_field }}", "{{ form.seen }}"],
)
def test_a_page_that_leaves_its_fields_to_crispy_passes(printed):
    assert "<input" in drawn(printed, form=Sheet())


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (
            forms.TextInput(attrs={"data-x": HOSTILE, "data-is": True, "data-not": False, "maxlength": 1200}),
            HOSTILE,
        ),
        (forms.SearchInput(), None),
        (forms.PasswordInput(), "secret"),
        (forms.HiddenInput(), ""),
        (forms.NumberInput(), 12345),
        (forms.EmailInput(), "a@b.example"),
        (forms.URLInput(), "https://a.example/?b=1&c=2"),
        (forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), date(2023, 3, 14)),
        (forms.FileInput(attrs={"accept": ".docx"}), None),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), False),
        (forms.RadioSelect(choices=[("a", HOSTILE), (1200, "Deux")]), "a"),
        (forms.CheckboxSelectMultiple(choices=[("a", HOSTILE), (1200, "Deux")]), ["a", 1200]),
        (forms.Textarea(), HOSTILE),
        (forms.Select(choices=[("a", HOSTILE)]), "a"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, forms.Widget) else "",
)
def test_a_control_is_what_django_writes(widget, value):
    attrs = {"id": "id_x", "aria-label": HOSTILE}
    django, ours = (
        [
            widget.render("x", value, attrs, renderer=renderer),
            *(
                renderer.render(part["template_name"], {"widget": {**part, "wrap_label": False}})
                for part in widget.subwidgets("x", value, attrs)
            ),
        ]
        for renderer in (DjangoTemplates(), FormRenderer())
    )

    assert [parsed(html) for html in ours] == [parsed(html) for html in django]


def parsed(html):
    return parse_html(html)


class ListFilter(FilterForm):
    q = WordsFilter(label="Mots", max_length=100)
    etat = ChoiceFilter(label="État", choices=[("", "Tous"), ("a", HOSTILE), ("b", "Deux")])
    retard = TickFilter(label="En retard")


def test_a_filter_shows_what_is_asked_for_as_text():
    html = drawn("{% crispy form %}", form=ListFilter(given(q=HOSTILE, etat="b", retard="on")))

    assert "<script>" not in html
    assert '<option value="b" selected>Deux</option>' in html
    assert html.count(" selected") == 1
    assert html.count(" checked") == 1
    assert 'maxlength="100"' in html


def test_a_filter_that_makes_no_sense_points_at_nothing():
    html = drawn("{% crispy form %}", form=ListFilter(given(etat="zzz")))

    assert "aria-" not in html.replace('aria-label="Filtrer la liste"', "")
    assert " selected" not in html


def given(**asked):
    query = QueryDict(mutable=True)
    query.update(asked)
    return query
