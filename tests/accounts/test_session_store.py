"""Requests of one session that overlap: none takes away what another wrote."""

import pytest
from django.contrib.sessions.backends.base import UpdateError

from accounts.session_store import ACTIVE_AT, STARTED_AT, SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    session = SessionStore()
    session.update({"searches": {"a": "Rossi"}, "clinic": 3, "told": "once"})
    session.create()
    return session.session_key


def opened(key):
    session = SessionStore(key)
    assert session["clinic"] == 3
    return session


def test_a_panel_that_ends_late_leaves_the_message_of_the_saved_form(key):
    panel, form = opened(key), opened(key)
    form["_messages"] = "saved as a draft"
    form.save()
    panel["noted"] = 1
    panel.save()
    assert dict(SessionStore(key).items()) == {
        "searches": {"a": "Rossi"},
        "clinic": 3,
        "told": "once",
        "_messages": "saved as a draft",
        "noted": 1,
    }


def test_what_one_took_out_stays_out_when_another_writes(key):
    page, panel = opened(key), opened(key)
    del page["told"]
    page.save()
    panel["noted"] = 1
    panel.save()
    assert "told" not in SessionStore(key)
    assert "told" not in panel


def test_what_this_request_took_out_goes_and_the_others_stay(key):
    page, panel = opened(key), opened(key)
    panel["noted"] = 1
    panel.save()
    page.pop("told")
    page["clinic"] = 4
    page.save()
    assert dict(SessionStore(key).items()) == {
        "searches": {"a": "Rossi"},
        "clinic": 4,
        "noted": 1,
    }


def test_a_change_inside_a_value_is_a_change(key):
    session, panel = opened(key), opened(key)
    panel["noted"] = 1
    panel.save()
    session["searches"]["b"] = "Bianchi"
    session.save()
    assert SessionStore(key)["searches"] == {"a": "Rossi", "b": "Bianchi"}


def test_two_writes_of_one_request_count_from_the_first(key):
    session, panel = opened(key), opened(key)
    session["step"] = 1
    session.save()
    panel["step"] = 2
    panel.save()
    session["noted"] = 1
    session.save()
    assert SessionStore(key)["step"] == 2


def test_a_session_that_has_ended_does_not_come_back(key):
    session = opened(key)
    SessionStore(key).delete()
    session["noted"] = 1
    with pytest.raises(UpdateError):
        session.save()
    assert not SessionStore().exists(key)


def test_a_new_key_takes_everything_along_and_starts_the_clocks(key):
    session = opened(key)
    session.cycle_key()
    session.save()
    assert session.session_key != key
    assert not SessionStore().exists(key)
    stored = dict(SessionStore(session.session_key).items())
    assert stored.pop(STARTED_AT)
    assert stored.pop(ACTIVE_AT)
    assert stored == {"searches": {"a": "Rossi"}, "clinic": 3, "told": "once"}
