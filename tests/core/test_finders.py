import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from core.finders import NodeModulesFinder


@pytest.mark.parametrize(
    "path",
    [
        "vendor/bootstrap/dist/css/bootstrap.min.css",
        "vendor/@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff2",
    ],
)
def test_listed_files_are_served(path):
    assert finders.find(path)


@pytest.mark.parametrize(
    "path",
    [
        "vendor/bootstrap/package.json",
        "vendor/bootstrap/dist/css/../../package.json",
        "bootstrap/dist/css/bootstrap.min.css",
        "vendor/../package.json",
    ],
)
def test_no_other_file_of_node_modules_is_served(path):
    assert NodeModulesFinder().find(path) is None


def test_a_missing_file_is_named_by_the_check(settings):
    settings.NODE_MODULES_FILES = ["bootstrap/dist/css/absent.css"]

    (error,) = NodeModulesFinder().check()

    assert "bootstrap/dist/css/absent.css" in error.msg
    assert "npm ci" in error.hint


def test_the_files_of_every_page_survive_being_collected_with_their_digests(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert len(list((tmp_path / "vendor/bootstrap/dist").rglob("*.js"))) == 0
    (base,) = (tmp_path / "css").glob("base.*.css")
    assert "../vendor/@fontsource/source-sans-3/files/source-sans-3-latin-400-normal." in base.read_text()
