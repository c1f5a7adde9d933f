import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("dossier", "0009_link_checks")]

    operations = [
        migrations.RemoveConstraint("Passage", "passage_goes_somewhere"),
        migrations.RemoveConstraint("Passage", "passage_out_of_frozen_says_why"),
        migrations.RenameModel("Passage", "StateChange"),
        migrations.AlterModelOptions(
            "StateChange",
            {"verbose_name": "changement d’état", "verbose_name_plural": "changements d’état"},
        ),
        migrations.AlterField(
            "StateChange",
            "section",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="state_changes",
                to="dossier.section",
            ),
        ),
        migrations.AddConstraint(
            "StateChange",
            models.CheckConstraint(
                condition=~Q(source=F("target")) | Q(target="in_review"), name="statechange_goes_somewhere"
            ),
        ),
        migrations.AddConstraint(
            "StateChange",
            models.CheckConstraint(
                condition=~Q(source="frozen") | ~Q(reason=""), name="statechange_out_of_frozen_says_why"
            ),
        ),
    ]
