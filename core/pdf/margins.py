"""The margins of a page hold no boxes.

WeasyPrint makes several on each side of each page, with a style each, before it finds that none has content. What stands
in our margins is drawn when the pieces are joined.
"""

from collections.abc import Iterator
from typing import Any

import weasyprint.layout


def _no_boxes(*_page: Any) -> Iterator[Any]:
    return iter(())


def leave_margins_empty() -> None:
    """Have WeasyPrint make no margin boxes, in this process."""
    weasyprint.layout.make_margin_boxes = _no_boxes
