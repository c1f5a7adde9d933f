"""What is not asked of the library for each page, because it would cost time and print nothing."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from core.pdf import Limits
from core.pdf.ingredients import Ingredients
from tests.core.pdf_documents import STYLE, make_document, render_parts


def test_the_margins_of_a_page_hold_no_boxes(tmp_path):
    style = f"{STYLE} @page {{ @top-left {{ content: 'En marge' }} }}"

    result = render_parts(tmp_path, style=style)

    assert "En marge" not in "".join(page.extract_text() for page in PdfReader(BytesIO(result.content)).pages)


@pytest.mark.parametrize(
    ("style", "resolved"),
    [
        (":root { --ink: #111; --line: #222 } p { color: var(--ink) }", "p { color: #111 }"),
        (":root{--ink:#111} :root{--ink:#333} p{color:var(--ink)}", "p{color:#333}"),
        ("p { --ink: #111; color: var(--ink) }", "color: var(--ink)"),
        ("h1 { border: 1pt solid var(--accent) }", "h1 { border: 1pt solid #aa3300 }"),
    ],
)
def test_custom_properties_of_the_root_are_put_where_they_are_used(style, resolved):
    document = make_document(style=style, accent="#aa3300")

    assert resolved in Ingredients(document, Limits(), ()).style
