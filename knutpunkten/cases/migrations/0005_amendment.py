import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # The table is there since the first meeting had it alone; that app gives it the name it has here.

    dependencies = [
        ('cases', '0004_only_for'),
        ('first_meeting', '0004_amendment_to_cases'),
        ('organisations', '0003_timetable'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='Amendment',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('of', models.CharField(choices=[('service_decision', 'Beslut om insats'), ('first_meeting', 'Första mötet'), ('placement', 'Arbetsträning eller praktik')], max_length=16)),
                    ('about', models.UUIDField(null=True)),
                    ('category', models.CharField(choices=[('grund', 'Grunduppgifter'), ('social', 'Social situation och ekonomi'), ('halsa', 'Fysisk och psykisk hälsa'), ('arbete', 'Tidigare arbete'), ('arbetsmarknad', 'Arbetsmarknad'), ('planering', 'Planering')], max_length=20)),
                    ('reason', models.TextField()),
                    ('changes', models.JSONField()),
                    ('amended_at', models.DateTimeField()),
                    ('amended_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('author_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.unit')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('changes', []), _negated=True)), name='amended_for_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('category', 'grund'), ('of', 'service_decision')), models.Q(('category', 'planering'), ('of__in', ['first_meeting', 'placement'])), _connector='OR'), name='amended_as_it_is_shared'), models.CheckConstraint(condition=models.Q(models.Q(('of', 'placement'), _negated=True), ('about__isnull', False), _connector='OR'), name='amended_one_of_several')],
                },
            ),
        ]),
    ]
