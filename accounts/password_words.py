"""A password is not made of words that anybody would try first in this clinic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import Clinic, User

HERE = ("mrtrack", "mitral", "valve", "heart", "cardiology", "clinic", "hospital", "password")
SHORTEST_WORD = 4  # letters: shorter ones stand in too many others
LEAST_LEFT = 8  # signs
# What people write for letters.
INSTEAD = str.maketrans("013457@$", "oleastas")
WORDS = "your name, or the name of the clinic, the hospital or mrtrack"


class LocalWordsValidator:
    """Refuses a password of which less than eight signs are left without words of this place.

    The words are the product's, those of the clinics' names, of the footer's name for the
    installation (`MRTRACK_INSTANCE_NAME`), of `MRTRACK_PASSWORD_WORDS`, and the person's own name
    and address. A passphrase may hold one of them among others.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ``ValidationError``; it names no word, for clinics are not told to strangers."""
        words = sorted(set(chain(_words_here(), _words_of(user))), key=len, reverse=True)
        known = re.compile("|".join(map(re.escape, words)))
        lower = password.casefold()
        for spelled in (lower, lower.translate(INSTEAD)):
            if (
                known.search(spelled)
                and len(re.sub(r"\W", "", known.sub("", spelled))) < LEAST_LEFT
            ):
                raise ValidationError(
                    f"This password is little more than {WORDS}. Add other words.",
                    code="password_local_words",
                )

    def get_help_text(self) -> str:
        """Shown below the box."""
        return f"Your password can’t be little more than {WORDS}."


def _words_here() -> Iterator[str]:
    yield from HERE
    for name, code in Clinic.objects.order_by("id").values_list("name", "code"):
        yield from _parts(name)
        yield from _parts(code)
    yield from _parts(settings.INSTANCE_NAME)
    for word in settings.PASSWORD_WORDS:
        yield from _parts(word)


def _words_of(user: User | None) -> Iterator[str]:
    if user is not None:
        for text in (user.username, user.first_name, user.last_name, user.email):
            yield from _parts(text)


def _parts(text: str) -> Iterator[str]:
    return (part for part in re.split(r"[\W_]+", text.casefold()) if len(part) >= SHORTEST_WORD)
