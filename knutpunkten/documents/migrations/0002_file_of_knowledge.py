from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='storedfile',
            name='purpose',
            field=models.CharField(choices=[('investigation', 'Utredning'), ('knowledge', 'Uppgift till mötet'), ('consent', 'Påskrivet samtycke'), ('contract', 'Påskrivet kontrakt')], max_length=15),
        ),
    ]
