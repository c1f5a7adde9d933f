"""The bid that shows what the application does, with an account for each role."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from candidacy.models import Candidacy
from core.errors import DomainError
from dossier.demonstration.accounts import recall_accounts
from dossier.demonstration.loading import load_demonstration


class Command(BaseCommand):
    help = "Load the fictitious bid « Remonter au jour » and print its accounts. DEMONSTRATION_PASSWORD sets theirs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="Where the database holds anything, load nothing, show the accounts that are there and succeed.",
        )
        parser.add_argument(
            "--force-into-non-empty",
            action="store_true",
            help="Load the demonstration beside the candidacies that are already there.",
        )

    def handle(self, *, if_empty: bool, force_into_non_empty: bool = False, **options: Any) -> None:
        # A database where the first lead has an account belongs to somebody, before any candidacy is founded.
        if if_empty and (Candidacy.objects.exists() or User.objects.exists()):
            self.stdout.write(
                recall_accounts() or "La base contient déjà des données : elle reste comme elle est."
            )
            return
        try:
            loaded = load_demonstration(into_used_database=force_into_non_empty)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(loaded.accounts)
