from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_section


def test_the_command_prints_the_dossier_into_a_file_without_a_worker(tmp_path, capsys):
    section = make_section(title="Vision", body="<p>Un texte.</p>")
    output = tmp_path / "ici" / "dossier.pdf"

    call_command("export_dossier", section.candidacy.slug, output=output)

    content = output.read_bytes()
    assert content.startswith(b"%PDF-")
    assert sha256(content).hexdigest() in capsys.readouterr().out
    assert list(output.parent.iterdir()) == [output]


def test_the_command_refuses_an_unknown_candidacy_in_french(tmp_path):
    with pytest.raises(CommandError, match="Aucune candidature"):
        call_command("export_dossier", "nulle-part", output=tmp_path / "x.pdf")

    assert list(tmp_path.iterdir()) == []


def test_a_failed_printing_leaves_the_file_that_was_there(settings, tmp_path):
    settings.PDF_WALL_SECONDS = 0
    section = make_section(body="<p>Un texte.</p>")
    output = tmp_path / "dossier.pdf"
    output.write_bytes(b"le dernier bon")

    with pytest.raises(CommandError, match="durée permise"):
        call_command("export_dossier", section.candidacy.slug, output=output)

    assert output.read_bytes() == b"le dernier bon"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    section = make_section(body="<p>Un texte.</p>")
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        call_command("export_dossier", section.candidacy.slug, output=tmp_path / "file" / "dossier.pdf")
