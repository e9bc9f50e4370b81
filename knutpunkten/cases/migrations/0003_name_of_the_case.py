from django.db import migrations, models
from django.db.models import Q

# Nothing is changed of what the case is about: so the routine's triggers, and the history, are not asked.
COPY = """
alter table cases_case disable trigger user;
update cases_case c
   set first_name = p.first_name, last_name = p.last_name, sort_key = p.sort_key, protection = p.protection
  from people_person p where p.id = c.person_id;
set constraints all immediate;
alter table cases_case enable trigger user;
"""


class Migration(migrations.Migration):
    """The person's name, and which protection, stand with each case."""

    dependencies = [
        ("cases", "0002_change"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField("case", "first_name", models.CharField(max_length=80, default=""), preserve_default=False),
        migrations.AddField("case", "last_name", models.CharField(max_length=80, default=""), preserve_default=False),
        migrations.AddField("case", "sort_key", models.CharField(max_length=400, default=""), preserve_default=False),
        migrations.AddField(
            "case",
            "protection",
            models.CharField(
                choices=[
                    ("none", "Nej"),
                    ("sekretessmarkering", "Sekretessmarkering"),
                    ("skyddad folkbokföring", "Skyddad folkbokföring"),
                ],
                default="none",
                max_length=24,
            ),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Q(is_protected=False, protection="none") | Q(("is_protected", True), ~Q(protection="none")),
                name="protected_in_some_way",
            ),
        ),
    ]
