import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.colour import SURFACES, accent_for, channels_of, contrast_of

colours = st.integers(min_value=0, max_value=0xFFFFFF).map("#{:06x}".format)
schemes = st.sampled_from(["light", "dark"])


def written(channels):
    return "#{:02x}{:02x}{:02x}".format(*channels)


def test_contrast_runs_from_one_to_twenty_one():
    assert contrast_of("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_of("#123456", "#123456") == pytest.approx(1)
    assert contrast_of("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(colours, schemes)
def test_every_accent_colour_can_be_read_wherever_the_page_uses_it(colour, scheme):
    accent = accent_for(colour, scheme)

    for surface in (*map(written, SURFACES[scheme]), accent.soft):
        assert contrast_of(accent.text, surface) >= 4.5
    for surface in map(written, SURFACES[scheme]):
        assert contrast_of(accent.line, surface) >= 3
    assert contrast_of(accent.on_fill, accent.fill) >= 4.5
    assert contrast_of(accent.on_fill, accent.fill_hover) >= 4.5


def test_a_colour_that_reads_already_is_left_alone():
    accent = accent_for("#1f4e79", "light")

    assert (accent.fill, accent.text, accent.line) == ("#1f4e79",) * 3


def test_translucent_shades_are_written_as_channels():
    assert channels_of("#1f4e79") == "31, 78, 121"
