"""Every test watches that the pages it renders leave their fields to crispy."""

import sys
from contextlib import ExitStack, contextmanager
from functools import wraps
from unittest.mock import patch

from django.forms.boundfield import BoundField, BoundWidget


@contextmanager
def fields_left_to_crispy():
    """Refuse a field, or one choice of it, that a template prints past crispy; a hidden one is nobody's business."""
    with ExitStack() as stack:
        for owner, name in ((BoundField, "as_widget"), (BoundWidget, "tag")):
            stack.enter_context(patch.object(owner, name, _watched(getattr(owner, name))))
        yield


def _watched(draw):
    @wraps(draw)
    def watched(drawn, *args, **kwargs):
        modules = _modules_that_draw()
        if "django.template.base" in modules and not any(
            name.startswith("crispy_forms.") for name in modules
        ):
            html = draw(drawn, *args, **kwargs)
            assert 'type="hidden"' in html, f"printed past crispy: {html}"
            return html
        return draw(drawn, *args, **kwargs)

    return watched


def _modules_that_draw():
    frame, names = sys._getframe(), set()
    while frame is not None:
        names.add(frame.f_globals.get("__name__", ""))
        frame = frame.f_back
    return names
