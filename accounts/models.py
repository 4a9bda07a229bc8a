"""Users, clinics, and which role a user holds in a clinic."""

import datetime
import uuid
import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.permissions import Role


def validate_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError("“%(name)s” is not a time zone.", params={"name": name})


def validate_phones(phones: object) -> None:
    """Refuse anything but a list of {"label": ..., "number": ...}, neither empty."""
    if not isinstance(phones, list) or not all(_is_phone(phone) for phone in phones):
        raise ValidationError('Enter a list such as [{"label": "Ward", "number": "112"}].')


def validate_roles(roles: object) -> None:
    """Refuse anything but a list of roles, each at most once."""
    if not isinstance(roles, list) or not all(role in Role.values for role in roles):
        raise ValidationError("Choose among: %(roles)s.", params={"roles": ", ".join(Role.values)})
    if len(set(roles)) != len(roles):
        raise ValidationError("A role was given twice.")


def _is_phone(phone: object) -> bool:
    return (
        isinstance(phone, dict)
        and phone.keys() == {"label", "number"}
        and all(isinstance(text, str) and text.strip() for text in phone.values())
    )


class User(AbstractUser):
    """Somebody who logs in; what they may do is in their memberships."""

    class Meta(AbstractUser.Meta):
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_unique",
                violation_error_message="A user with this e-mail address exists already.",
            ),
        )

    @property
    def display_name(self) -> str:
        """The name shown to colleagues."""
        return self.get_full_name() or self.username


class Clinic(models.Model):
    """A place with its own cohort, members and calendar."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text="Defines which day is today, for example Europe/Paris.",
    )
    emergency_phones = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_phones],
        help_text='Shown on the acute page: [{"label": "Cardiac surgeon on call", "number": "…"}].',
    )
    requires_second_factor = models.BooleanField(
        "second factor required",
        default=False,
        help_text="Members log in with a passkey, or with a code of an app beside the password.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    def today(self, at: datetime.datetime | None = None) -> datetime.date:
        """Return the calendar day in the clinic's time zone, now or at the given instant."""
        return timezone.localdate(at, zoneinfo.ZoneInfo(self.time_zone))


class ClinicSetting(models.Model):
    """A setting of a clinic from one day on; a later row replaces it, none is edited."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="settings")
    name = models.SlugField(max_length=80)
    value = models.JSONField()
    from_on = models.DateField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("clinic_id", "name", "-from_on", "-id")
        indexes = (models.Index(fields=("clinic", "name", "from_on"), name="clinic_setting_on"),)

    def __str__(self) -> str:
        return f"{self.name} from {self.from_on}"


class Membership(models.Model):
    """The roles a user holds in a clinic; an empty list means that they were withdrawn."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    roles = models.JSONField(default=list, blank=True, validators=[validate_roles])
    history = HistoricalRecords()

    class Meta:
        ordering = ("clinic__name", "user__username", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "clinic"),
                name="membership_once",
                violation_error_message="This user is a member of the clinic already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.clinic}"

    @property
    def role_labels(self) -> list[str]:
        """The roles in words."""
        return [str(Role(role).label) for role in self.roles]


class KeptPost(models.Model):
    """A form that could not be saved when it was sent, sealed; for one person in one browser.

    No clinical record: it is deleted when the form is saved, and after a day in any case.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # SHA-256 of the name that the browser's cookie holds.
    browser = models.CharField(max_length=64, editable=False)
    # Address, names and values: see accounts/kept/sealing.py.
    sealed = models.TextField(editable=False)
    kept_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-kept_at", "-id")
        indexes = (
            models.Index(fields=("user", "browser"), name="kept_post_of_user"),
            models.Index(fields=("kept_at",), name="kept_post_age"),
        )

    def __str__(self) -> str:
        return f"kept {self.kept_at:%Y-%m-%d %H:%M}"


class Invitation(models.Model):
    """Somebody asked to join a clinic, by a link that is good for one use and for a week.

    The link holds a random word of which only a digest is kept. An invitation is open until it is
    accepted, withdrawn, or past its time.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail address")
    roles = models.JSONField(default=list, validators=[validate_roles])
    # SHA-256 of the word in the link.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ("-invited_at", "-id")

    def __str__(self) -> str:
        return f"invitation to {self.clinic}"

    def is_open(self, at: datetime.datetime) -> bool:
        """Whether the link still opens the door at this instant."""
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at

    @property
    def role_labels(self) -> list[str]:
        """The roles in words."""
        return [str(Role(role).label) for role in self.roles]
