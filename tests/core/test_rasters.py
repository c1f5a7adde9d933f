from io import BytesIO

import pytest
from PIL import Image, ImageFile

from core.errors import DomainError
from core.rasters import rewrite_as_png


def test_half_a_picture_is_refused_even_where_pillow_was_made_tolerant(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = BytesIO()
    Image.effect_noise((60, 40), 80).save(whole, "PNG")

    with pytest.raises(DomainError, match="abîmée"):
        rewrite_as_png(BytesIO(whole.getvalue()[:200]), longest_side=50)
