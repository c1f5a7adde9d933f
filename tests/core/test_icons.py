import pytest
from django.template import Context, Template
from lucide import IconDoesNotExist


def rendered(tag):
    return Template(tag).render(Context())


def test_an_icon_is_drawn_with_its_size_and_attributes():
    icon = rendered('{% lucide "menu" size=20 aria_hidden="true" %}')

    assert icon.startswith('<svg width="20" height="20"')
    assert 'aria-hidden="true"' in icon
    assert "\n" not in icon


def test_attributes_are_escaped():
    assert '"><script>' not in rendered("""{% lucide "menu" class='"><script>' %}""")


def test_an_icon_that_does_not_exist_is_an_error():
    with pytest.raises(IconDoesNotExist):
        rendered('{% lucide "no-such-icon" %}')
