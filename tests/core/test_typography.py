"""The spaces of French print: which are replaced, and where none is."""

import pytest

from core.templatetags.formats import NARROW_NBSP, NBSP
from core.typography import space_html, space_text

FINE = NARROW_NBSP


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Qui ? Lens ! Bien ; sûr", f"Qui{FINE}? Lens{FINE}! Bien{FINE}; sûr"),
        ("Objet : la mine", f"Objet{NBSP}: la mine"),
        ("dit « demain » ici", f"dit «{NBSP}demain{NBSP}» ici"),
        ("Quoi ?!", f"Quoi{FINE}?!"),
        ("Deux  : espaces", f"Deux{NBSP}: espaces"),
        ("<strong>Objet</strong> : la mine", f"<strong>Objet</strong>{NBSP}: la mine"),
        ("Objet <em>: la mine</em>", f"Objet{NBSP}<em>: la mine</em>"),
        ("<p>« <em>demain</em> »</p>", f"<p>«{NBSP}<em>demain</em>{NBSP}»</p>"),
        (f"Déjà{NBSP}; dit{FINE}!", f"Déjà{NBSP}; dit{FINE}!"),
    ],
)
def test_a_typed_space_becomes_the_one_that_print_asks_for(typed, printed):
    assert space_html(typed) == printed


@pytest.mark.parametrize(
    "typed",
    [
        "https://lens.example/a?b=1;c=2",
        "à 14:30, 16:9, {a:b;c!d}",
        "Sans espace: rien; n’est «ajouté»!",
        "L&amp;P ici",
        '<img alt="Quoi ? « oui » : non" src="/a">',
        '<a title="a > b : c" href="https://lens.example/?x=a ; b">lien</a>',
    ],
)
def test_nothing_is_added_and_attributes_are_left_alone(typed):
    assert space_html(typed) == typed


def test_plain_text_is_not_read_as_markup():
    assert space_text('a < b : c & "d" ?') == f'a < b{NBSP}: c & "d"{FINE}?'
    assert space_text("&amp; : &lt;") == f"&amp;{NBSP}: &lt;"


@pytest.mark.parametrize("piece", [" ", "<", '<b a="', " <b>", "« ", "<b>", '"', "a : "])
def test_a_long_or_broken_text_is_gone_through_once(piece):
    """A pattern that went back would take hours here."""
    assert len(space_html(piece * (400_000 // len(piece)))) <= 400_000
