from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def give_to_rules(apps, schema_editor):
    """Each reminder of a committee keeps the words and the days that held for all of them."""
    committees = apps.get_model("committees", "Committee").objects.filter(pk=OuterRef("committee"))
    apps.get_model("committees", "ReminderRule").objects.update(
        text=Subquery(committees.values("reminder_text")),
        working_days=Subquery(committees.values("reminders_on_working_days")),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("committees", "0008_action_item"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminderrule",
            name="text",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="première phrase"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reminderrule",
            name="working_days",
            field=models.BooleanField(default=False, verbose_name="jours ouvrés seulement"),
        ),
        migrations.RunPython(give_to_rules, migrations.RunPython.noop),
        migrations.RemoveField(model_name="committee", name="reminder_text"),
        migrations.RemoveField(model_name="committee", name="reminders_on_working_days"),
        migrations.RemoveField(model_name="historicalcommittee", name="reminder_text"),
        migrations.RemoveField(model_name="historicalcommittee", name="reminders_on_working_days"),
    ]
