"""The checker of PDF, checked."""

from io import BytesIO

import pikepdf
import pytest
from page import ValidationProfile

from tests.pdf_checks import pdf_failures

ARCHIVE = ValidationProfile.PDF_A_3A


def written(data):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.pages[0].Contents = pdf.make_stream(data)
    out = BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"q Q ", b"q Q\n", b"q Q\r", b"q Q\r\n"])
def test_a_stream_of_the_right_length_is_not_reported_whatever_it_ends_with(data):
    assert not [failure for failure in pdf_failures(written(data), ARCHIVE) if "LENGTH" in failure]


def test_a_stream_of_a_wrong_length_is_reported():
    content = written(b"q Q\r").replace(b"/Length 4", b"/Length 2")

    assert [failure for failure in pdf_failures(content, ARCHIVE) if "LENGTH" in failure]


def test_a_document_without_tags_is_not_accessible():
    assert pdf_failures(written(b"q Q "))
