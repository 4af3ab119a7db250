from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0012_raised_hedge'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sector',
            name='name',
            field=models.CharField(max_length=80),
        ),
        migrations.AddField(
            model_name='sector',
            name='key',
            field=models.CharField(db_default='', max_length=80),
        ),
    ]
