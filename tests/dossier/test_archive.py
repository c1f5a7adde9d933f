"""The archive: PDF/A-3a and PDF/UA-1 in one file, with the funding plan as a spreadsheet inside."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from page import ValidationProfile
from pypdf import PdfReader

from core.pdf import Attachment, Document
from dossier import building
from dossier.models import EditionFile
from dossier.services.editions import print_version
from tests.factories import (
    make_candidacy,
    make_edition,
    make_expense_line,
    make_picture,
    make_plan,
    make_section,
)
from tests.pdf_checks import pdf_failures


def printed(candidacy):
    edition = make_edition(candidacy=candidacy, content=False)
    variant = EditionFile.Variant.ARCHIVE
    building.build(print_version(edition=edition, variant=variant, by=edition.author).pk)
    with edition.files.get(variant=variant).file.open() as content:
        return edition, content.read()


def make_bid():
    candidacy = make_candidacy()
    picture = make_picture(candidacy=candidacy)
    source = f"/c/{candidacy.slug}/dossier/images/{picture.public_id}/"
    make_section(
        candidacy=candidacy,
        body=f'<p>Un <a href="https://a.example">lien</a>.</p><figure><img src="{source}" alt=""></figure>',
        kind="funding_plan",
    )
    make_expense_line(plan=make_plan(candidacy=candidacy), label="=CONCERTS()", amounts={2029: 120})
    return candidacy


@pytest.mark.parametrize("profile", [ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1])
def test_the_archive_is_both_things_it_claims(profile):
    _edition, content = printed(make_bid())

    assert not pdf_failures(content, profile)
    assert b"pdfaid:part" in content
    assert b"pdfuaid:part" in content


def test_the_plan_travels_inside_as_a_spreadsheet():
    _edition, content = printed(make_bid())

    [(name, [sheet])] = PdfReader(BytesIO(content)).attachments.items()

    assert name == "plan-de-financement.xlsx"
    book = load_workbook(BytesIO(sheet))
    assert book.sheetnames == ["Charges", "Produits"]
    label, amount = book["Charges"]["B2"], book["Charges"]["E2"]
    assert (label.value, label.data_type) == ("=CONCERTS()", "s")
    assert 120 in [cell.value for cell in book["Charges"][2]], amount


def test_the_same_archive_twice_is_the_same_file():
    candidacy = make_bid()
    edition, content = printed(candidacy)
    claim = building._Claim(edition.printings.get())
    claim.report, claim.is_lost = (lambda stage, percent: None), (lambda: False)

    assert building._print_edition(claim, edition).content == content


def test_without_a_plan_nothing_is_attached():
    _edition, content = printed(make_section(body="<p>Texte.</p>").candidacy)

    assert not PdfReader(BytesIO(content)).attachments


def test_only_an_archive_carries_files():
    with pytest.raises(ValueError, match="archive"):
        Document(
            lang="fr",
            title="T",
            author="A",
            identifier="x",
            dated=make_candidacy().created_at,
            style="",
            cover="",
            parts=(),
            attachments=(Attachment("a", "text/plain", b"", ""),),
        )
