"""The case and person by reference, the hat, and the seals. What stands in the log keeps its meaning."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

# The policies ask the columns that go; the wall is raised anew after migrating.
POLICIES = "drop policy if exists app_select on audit_entry; drop policy if exists app_insert on audit_entry"
KEYS = """
insert into audit_subject (id, kind, ref)
select id, kind, gen_random_uuid()
  from (select distinct case_id as id, 'case' as kind from audit_entry where case_id is not null
        union
        select distinct person_id, 'person' from audit_entry where person_id is not null) known
"""
ENTRIES = """
update audit_entry e
   set case_ref = (select ref from audit_subject k where k.id = e.case_id),
       person_ref = (select ref from audit_subject k where k.id = e.person_id),
       is_reading = e.event in ('read', 'read_file', 'opened', 'searched', 'listed')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('case', 'case'), ('person', 'person')], max_length=6)),
                ('ref', models.UUIDField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('sealed_at', models.DateTimeField()),
                ('form', models.PositiveSmallIntegerField()),
                ('count', models.PositiveIntegerField()),
                ('root', models.BinaryField()),
                ('previous', models.BinaryField()),
                ('hash', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Sealed',
            fields=[
                ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                ('digest', models.BinaryField()),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='audit.seal')),
            ],
        ),
        migrations.AddField('entry', 'case_ref', models.UUIDField(null=True)),
        migrations.AddField('entry', 'person_ref', models.UUIDField(null=True)),
        migrations.AddField('entry', 'hat_id', models.UUIDField(null=True)),
        migrations.AddField('entry', 'is_reading', models.BooleanField(default=False)),
        migrations.RunSQL(POLICIES),
        migrations.RunSQL(KEYS),
        migrations.RunSQL(ENTRIES),
        migrations.RemoveIndex('entry', 'audit_by_case'),
        migrations.RemoveIndex('entry', 'audit_by_person'),
        migrations.RemoveField('entry', 'case_id'),
        migrations.RemoveField('entry', 'person_id'),
        migrations.AddIndex('entry', models.Index(fields=['case_ref', 'is_reading', '-at'], name='audit_by_case')),
        migrations.AddIndex('entry', models.Index(fields=['person_ref', 'is_reading', '-at'], name='audit_by_person')),
        migrations.AddIndex('entry', models.Index(fields=['user_id', '-at'], name='audit_by_user')),
        migrations.AddIndex('entry', models.Index(fields=['recorded_at'], name='audit_as_recorded')),
    ]
