import pytest

from committees import convocation


@pytest.fixture(autouse=True)
def _convocations_are_not_laid_out(request, monkeypatch):
    """Laying out a page takes a second; the tests that look at one ask for ``prints``."""
    if "prints" not in request.fixturenames:
        monkeypatch.setattr(convocation, "_printed", lambda printout: printout.html.encode())


@pytest.fixture
def prints():
    """Let the PDF door lay convocations out."""
    convocation._printed.cache_clear()
