from django.db import migrations, models


class Migration(migrations.Migration):
    """The newest rows of all patients are found without sorting all rows."""

    dependencies = [
        ("patients", "0003_registration_by_patient"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["entered_at", "id"], name="patient_by_entry"),
        ),
        migrations.AddIndex(
            model_name="echostudy",
            index=models.Index(fields=["-performed_on", "-id"], name="echo_by_day"),
        ),
        migrations.AddIndex(
            model_name="labresult",
            index=models.Index(fields=["-taken_on", "-id"], name="result_by_day"),
        ),
        migrations.AddIndex(
            model_name="symptomlog",
            index=models.Index(fields=["-recorded_on", "-id"], name="symptom_log_by_day"),
        ),
    ]
