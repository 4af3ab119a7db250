from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0013_sector_key'),
        ('funding', '0027_sectors_by_key'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sector',
            name='key',
            field=models.CharField(max_length=80, unique=True),
        ),
    ]
