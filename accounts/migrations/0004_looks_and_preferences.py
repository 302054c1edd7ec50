"""How a name looks (no two alike), how pages shall look, passkeys' own number for a person, recovery codes."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.fields
from accounts.lookalikes import skeleton

SIZES = [("", "Normal"), ("large", "Larger"), ("largest", "Largest")]
MODES = [("", "As my browser says"), ("low", "Low: no pictures, no web font, text before video"), ("full", "Full")]
SCHEMES = [("", "As my device"), ("light", "Light"), ("dark", "Dark")]


def fill(apps, schema_editor):
    """Who was here first keeps the look; a later name that looks the same stays too, marked with a sign that no name can have."""
    User = apps.get_model("accounts", "User")
    known = set()
    for pk, handle in User.objects.order_by("pk").values_list("pk", "handle"):
        look = skeleton(handle)
        look = f"{look}#{pk}" if look in known else look
        known.add(look)
        User.objects.filter(pk=pk).update(skeleton=look, passkey_id=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_unread_notifications")]

    operations = [
        migrations.AddField("user", "skeleton", accounts.fields.SkeletonField(max_length=120, null=True, editable=False)),
        migrations.AddField("user", "passkey_id", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "user", "skeleton", accounts.fields.SkeletonField(max_length=120, unique=True, editable=False)
        ),
        migrations.AlterField("user", "passkey_id", models.UUIDField(default=uuid.uuid4, unique=True, editable=False)),
        migrations.AddField("user", "language", models.CharField("language", max_length=12, blank=True, default=""), preserve_default=False),
        migrations.AddField("user", "time_zone", models.CharField("time zone", max_length=64, blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "user", "text_size", models.CharField("text size", max_length=8, blank=True, choices=SIZES, default=""), preserve_default=False
        ),
        migrations.AddField(
            "user", "data_mode", models.CharField("pictures and films", max_length=8, blank=True, choices=MODES, default=""), preserve_default=False
        ),
        migrations.AddField(
            "user", "scheme", models.CharField("colours", max_length=8, blank=True, choices=SCHEMES, default=""), preserve_default=False
        ),
        migrations.CreateModel(
            "RecoveryCode",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_hash", models.CharField(max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recovery_codes", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "code_hash"), name="one_row_per_recovery_code")]
            },
        ),
    ]
