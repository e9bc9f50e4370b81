from django.db import migrations


class Migration(migrations.Migration):
    """The name stands with the case, as the unit that refers wrote it; it has been copied there."""

    dependencies = [
        ("people", "0001_initial"),
        ("cases", "0003_name_of_the_case"),
    ]

    operations = [
        migrations.RemoveField(model_name="person", name="first_name"),
        migrations.RemoveField(model_name="person", name="last_name"),
        migrations.RemoveField(model_name="person", name="sort_key"),
    ]
