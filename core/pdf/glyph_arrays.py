"""Arrays of glyph numbers are declared once.

WeasyPrint declares each to cffi with its length, and cffi reads a declaration it has not met with a parser of C, written
in Python: six times for each piece, a tenth of the time of a chapter. One without a length is read once, before the
pieces part ways; cffi takes the length from what it is given.
"""

import re
from typing import Any

from weasyprint.pdf import fonts
from weasyprint.text.ffi import ffi

_LENGTH = re.compile(r"(?<=^hb_codepoint_t)\[\d+\]$")


class _Declared:
    """cffi as WeasyPrint's fonts use it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(ffi, name)

    def new(self, declaration: str, *content: Any) -> Any:
        return ffi.new(_LENGTH.sub("[]", declaration) if content else declaration, *content)


def declare_glyph_arrays_once() -> None:
    """Have WeasyPrint's fonts use such declarations, in this process."""
    fonts.ffi = _Declared()
