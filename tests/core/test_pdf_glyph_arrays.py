"""Glyph numbers are handed to the font library by declarations that are read once."""

from weasyprint.pdf import fonts
from weasyprint.text.ffi import ffi

from core.pdf.glyph_arrays import declare_glyph_arrays_once


def test_arrays_of_any_length_share_one_declaration():
    declare_glyph_arrays_once()

    two = fonts.ffi.new("hb_codepoint_t[2]", [7, 9])
    three = fonts.ffi.new("hb_codepoint_t[3]", (1, 2, 3))

    assert (list(two), list(three)) == ([7, 9], [1, 2, 3])
    assert ffi.typeof(two) is ffi.typeof(three) is ffi.typeof("hb_codepoint_t[]")


def test_other_declarations_are_as_they_were():
    declare_glyph_arrays_once()

    assert len(fonts.ffi.new("hb_tag_t[100]")) == 100
    assert fonts.ffi.NULL is ffi.NULL
