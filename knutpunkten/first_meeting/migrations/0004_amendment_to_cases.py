from django.db import migrations


class Migration(migrations.Migration):
    """Amendments are kept with the case, for every stage that has them: the rows stay where they are, under another name."""

    dependencies = [
        ("first_meeting", "0003_amended_placement"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("amendment", "cases_amendment")],
            state_operations=[migrations.DeleteModel("amendment")],
        ),
    ]
