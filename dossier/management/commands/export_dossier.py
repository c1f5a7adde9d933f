from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.files import write_atomically
from core.pdf import PdfError
from dossier.rendering import build_dossier_pdf


class Command(BaseCommand):
    help = "Print the dossier of a candidacy into a PDF file, in this process: no worker is needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the short address of the candidacy, as in /c/SLUG/")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="the PDF to write")

    def handle(self, *args: Any, slug: str, output: Path, verbosity: int, **options: Any) -> None:
        """Write the file whole, or not at all; what the writers should look at goes to the error stream."""
        candidacy = Candidacy.objects.filter(slug=slug).first()
        if candidacy is None:
            raise CommandError(_("Aucune candidature n’a l’adresse « %(slug)s ».") % {"slug": slug})
        self.last_stage = ""
        try:
            rendered = build_dossier_pdf(candidacy, on_progress=self.tell if verbosity > 1 else _stay_silent)
            write_atomically(output, rendered.content)
        except PdfError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                _("Le fichier %(path)s ne peut pas être écrit : %(reason)s.")
                % {"path": output, "reason": error.strerror}
            ) from error
        for notice in rendered.notices:
            self.stderr.write(str(notice))
        self.stdout.write(
            _("%(path)s : %(pages)d pages, %(size)d octets, SHA-256 %(digest)s")
            % {
                "path": output,
                "pages": rendered.page_count,
                "size": rendered.byte_count,
                "digest": rendered.sha256,
            }
        )

    def tell(self, stage: str, percent: int) -> None:
        if stage != self.last_stage:
            self.stdout.write(f"{percent:3d} %  {stage}")
            self.last_stage = stage


def _stay_silent(stage: str, percent: int) -> None:
    """Say nothing."""
