"""Forms of the pages on members and invitations."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html

from accounts.models import Clinic, Membership
from accounts.permissions import Role


class RolesForm(forms.Form):
    """Which roles a member holds."""

    roles = forms.MultipleChoiceField(
        choices=[(role.value, role.label.capitalize()) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="None at all ends the membership.",
    )


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail address")
    roles = forms.MultipleChoiceField(
        choices=RolesForm.base_fields["roles"].choices,  # type: ignore[attr-defined]
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )

    def __init__(self, data: Any = None, *, clinic: Clinic) -> None:
        super().__init__(data)
        self.clinic = clinic
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def clean_email(self) -> str:
        """Refuse somebody who is a member of this clinic; of others nothing is told."""
        email: str = self.cleaned_data["email"]
        members = Membership.objects.filter(clinic=self.clinic, user__email__iexact=email)
        if any(membership.roles for membership in members):
            raise forms.ValidationError("This person is a member already: change the roles above.")
        return email


class AcceptForm(forms.Form):
    """The account of somebody who was invited."""

    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150)
    username = forms.CharField(
        label="User name", max_length=150, help_text="With it, or your address, you log in."
    )
    password1 = forms.CharField(
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=password_validators_help_text_html(),
    )
    password2 = forms.CharField(
        label="Password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any] | None:
        """Both passwords are the same."""
        cleaned = super().clean() or self.cleaned_data
        if {"password1", "password2"} <= cleaned.keys() and (
            cleaned["password1"] != cleaned["password2"]
        ):
            self.add_error("password2", "The two passwords differ.")
        return cleaned

    def take(self, messages: dict[str, list[str]]) -> None:
        """Show what the action found beside the fields it is about."""
        for name, found in messages.items():
            beside = "password1" if name in {"password", "__all__"} else name
            if name == "email":
                found = [
                    "With this address no new account can be made. If you have one here, log in "
                    "with it and open the invitation again."
                ]
                beside = "__all__"
            for text in found:
                self.add_error(beside if beside in self.fields else None, text)
