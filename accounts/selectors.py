"""Reading clinics' settings and accounts."""

import datetime
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q

from accounts.models import Clinic, ClinicSetting, Membership, User
from accounts.permissions import Role


def clinic_settings(
    clinic: Clinic, on: datetime.date, known_at: datetime.datetime | None = None
) -> dict[str, Any]:
    """Return all settings of the clinic that hold on this day, by name.

    The row with the latest `from_on` holds; of two for the same day, the one entered last. With
    `known_at`, rows entered after that instant are left out: what was believed then.
    """
    rows = ClinicSetting.objects.filter(clinic=clinic, from_on__lte=on)
    if known_at is not None:
        rows = rows.filter(entered_at__lte=known_at)
    return dict(rows.order_by("from_on", "entered_at", "id").values_list("name", "value"))


def clinic_setting(
    clinic: Clinic,
    name: str,
    on: datetime.date,
    *,
    default: Any = None,
    known_at: datetime.datetime | None = None,
) -> Any:
    """Return one setting of the clinic as it holds on this day, else the default."""
    return clinic_settings(clinic, on, known_at).get(name, default)


def clinicians_of(clinics: Iterable[Clinic]) -> list[Membership]:
    """Return the memberships of active clinicians in these clinics, by clinic and name."""
    rows = Membership.objects.filter(clinic__in=list(clinics), user__is_active=True)
    found = [row for row in rows.select_related("clinic", "user") if Role.CLINICIAN in row.roles]
    return sorted(found, key=lambda row: (row.clinic.name, row.clinic_id, row.user.display_name))


def account_named(login: str) -> User | None:
    """Return the account that somebody means by a typed user name or e-mail address.

    Names differ by more than capitals; where they do not, the one typed exactly is meant.
    """
    if not login or "\x00" in login:
        return None
    named = Q(username__iexact=login) | Q(email__iexact=login)
    confirmed = Q(emailaddress__email__iexact=login, emailaddress__verified=True)
    found = list(User.objects.filter(named | confirmed).distinct().order_by("pk"))
    return next((user for user in found if user.username == login), found[0] if found else None)


def clinic_named(code: str) -> Clinic:
    """The clinic of this code. Raises ``ValueError`` naming those there are."""
    clinic: Clinic | None = Clinic.objects.filter(code=code).first()
    if clinic is None:
        codes = ", ".join(Clinic.objects.order_by("code", "id").values_list("code", flat=True))
        raise ValueError(f"There is no clinic {code!r}. There are: {codes or 'none'}.")
    return clinic


def address_is_taken(email: str, *, by_other_than: User | None = None) -> bool:
    """Whether another account uses this e-mail address."""
    users = User.objects.filter(email__iexact=email)
    addresses = EmailAddress.objects.filter(email__iexact=email)
    if by_other_than is not None and by_other_than.pk is not None:
        users = users.exclude(pk=by_other_than.pk)
        addresses = addresses.exclude(user_id=by_other_than.pk)
    return users.exists() or addresses.exists()
