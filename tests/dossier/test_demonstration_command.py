import io
import shutil
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

import dossier.demonstration.loading as loading
from accounts.models import User
from accounts.services import create_account
from candidacy.models import Candidacy
from dossier.demonstration.accounts import draw_password
from dossier.demonstration.source import LENS_LIEVIN
from tests.factories import make_candidacy, make_user


@pytest.fixture(autouse=True)
def accounts_file(settings, tmp_path):
    settings.DEMONSTRATION_ACCOUNTS_FILE = tmp_path / "demonstration-accounts.txt"
    return settings.DEMONSTRATION_ACCOUNTS_FILE


@pytest.fixture(autouse=True)
def bid_without_meetings(monkeypatch, tmp_path_factory):
    """The same bid without its meetings, which take most of the time of a loading."""
    folder = tmp_path_factory.mktemp("bid") / "lens_lievin"
    shutil.copytree(LENS_LIEVIN, folder)
    committees = folder / "committees.toml"
    tables = committees.read_text().split("\n[[")
    committees.write_text(
        "\n[[".join(table for table in tables if not table.startswith("committees.meetings"))
    )
    monkeypatch.setattr(loading, "LENS_LIEVIN", folder)


def load(**options):
    out = io.StringIO()
    call_command("load_demonstration", stdout=out, **options)
    return out.getvalue()


def password_in(text):
    return text.rstrip().rpartition(" ")[2]


def media_files(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_the_accounts_are_shown_at_loading_and_at_every_start_with_what_opens_them(client, accounts_file):
    told = load(if_empty=True)

    password = password_in(told)
    assert User.objects.count() == 5
    for user in User.objects.all():
        assert user.email in told
        assert user.check_password(password)
    assert client.login(email="camille.lefevre@ville-lens.example", password=password)
    assert load(if_empty=True) == told
    assert stat.S_IMODE(accounts_file.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="déjà dans cette base"):
        load(force_into_non_empty=True)
    assert Candidacy.objects.count() == 1


def test_each_loading_draws_its_own_password():
    passwords = {draw_password() for _ in range(20)}

    assert len(passwords) == 20
    assert min(len(password) for password in passwords) >= 16


def test_the_password_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("DEMONSTRATION_PASSWORD", "remonter au jour 2026")

    assert draw_password() == "remonter au jour 2026"


def test_a_password_too_weak_for_people_is_too_weak_for_the_demonstration(monkeypatch):
    monkeypatch.setenv("DEMONSTRATION_PASSWORD", "demo")

    with pytest.raises(CommandError, match="DEMONSTRATION_PASSWORD"):
        load()

    assert not User.objects.exists()


def test_accounts_of_another_database_are_not_shown(accounts_file):
    accounts_file.write_text("Mot de passe : secret\n(00000000-0000-0000-0000-000000000000)\n")
    make_candidacy(is_fictitious=True)

    assert "secret" not in load(if_empty=True)


def test_without_the_demonstration_none_of_its_accounts_exists():
    make_candidacy()

    assert load(if_empty=True) == "La base contient déjà des données\u00a0: elle reste comme elle est.\n"
    assert not User.objects.filter(email__endswith="ville-lens.example").exists()


def test_an_installation_whose_first_lead_has_an_account_is_left_alone():
    make_user()

    load(if_empty=True)

    assert not Candidacy.objects.exists()


def test_a_database_that_holds_a_candidacy_is_refused(settings):
    make_candidacy()

    with pytest.raises(CommandError, match="contient déjà une candidature") as refusal:
        load()

    assert refusal.value.returncode == 1
    assert Candidacy.objects.count() == 1
    assert not User.objects.exists()
    assert media_files(settings) == []


def test_told_so_it_joins_a_candidacy_and_keeps_nothing_where_the_settings_name_no_file(settings, tmp_path):
    make_candidacy()
    settings.DEMONSTRATION_ACCOUNTS_FILE = None

    told = load(force_into_non_empty=True)

    assert Candidacy.objects.count() == 2
    assert [path.name for path in tmp_path.iterdir()] == ["media"]
    assert password_in(told) not in load(if_empty=True)


def test_an_address_that_has_an_account_is_not_taken_over():
    owner = create_account(email="camille.lefevre@ville-lens.example", password="le sien, pas le nôtre")

    with pytest.raises(CommandError, match="Un compte existe déjà"):
        load()

    owner.refresh_from_db()
    assert owner.check_password("le sien, pas le nôtre")
    assert not Candidacy.objects.exists()


def test_a_loading_that_fails_leaves_neither_rows_nor_files(settings, monkeypatch):
    def full_disk(candidacy, description):
        raise OSError("no space left on device")

    monkeypatch.setattr(loading, "keep_accounts", full_disk)

    with pytest.raises(OSError):
        load()

    assert not Candidacy.objects.exists()
    assert not User.objects.exists()
    assert media_files(settings) == []
