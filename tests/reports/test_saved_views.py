"""Saved views of Today: keeping, sharing, renaming, deleting, and beginning with one."""

import pytest

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from reports.models import SavedView, StartView
from reports.saved_views import MOST_OF_ONE_PERSON, NAME_LENGTH
from tests.factories import records as make

URL, VIEWS = "/today/", "/today/views/"


@pytest.fixture(autouse=True)
def patients(clinic_north, clinic_south):
    """Each clinic follows somebody: else Today says how a clinic begins."""
    for clinic in (clinic_north, clinic_south):
        make.patient_of(clinic)


@pytest.fixture
def saved(alice):
    """`saved("Mine", esc="I")`: a view of Alice's."""

    def made(name="Mine", *, clinic=None, owner=alice, **codes):
        return SavedView.objects.create(owner=owner, clinic=clinic, name=name, codes=codes)

    return made


def save(client, name="Mine", query="?bucket=overdue&sort=due", **typed):
    return client.post(URL + query, {"view-name": name, "save_view": "yes", **typed})


def text_of(answer):
    return " ".join(answer.content.decode().split())


def names_seen(client):
    return [line.view.name for line in client.get(URL).context["views"]]


def test_what_is_chosen_is_kept_and_opened_again(alice, client_of, clinic_north):
    client = client_of(alice)
    assert save(client, " My   overdue ").headers["Location"] == f"{URL}?bucket=overdue&sort=due"
    view = SavedView.objects.get()
    assert (view.name, view.codes) == ("My overdue", {"bucket": "overdue", "sort": "due"})
    (line,) = client.get(f"{URL}?bucket=overdue&sort=due").context["views"]
    assert (line.href, line.is_open) == ("?bucket=overdue&sort=due", True)
    assert line.words == "Follow-up: Overdue; Order: longest overdue"
    assert not client.get(f"{URL}?bucket=overdue").context["views"][0].is_open


def test_it_is_ones_own(alice, bob, charlie, client_of):
    save(client_of(alice))
    assert [names_seen(client_of(who)) for who in (alice, bob, charlie)] == [["Mine"], [], []]


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Give the view a name"), ("  ", "Give the view a name"),
     ("x" * (NAME_LENGTH + 1), "Use at most 60"), ("a\x00b", "Null characters"),
     ("taken", "a view of this name already")],
)  # fmt: skip
def test_a_bad_name_is_refused_beside_its_box_and_kept_there(
    alice, client_of, clinic_north, saved, name, words
):
    saved("Taken")
    answer = save(client_of(alice), name)
    assert answer.status_code == 200
    assert words in str(answer.context["naming"].errors["name"])
    assert words in text_of(answer)
    if name.strip() and "\x00" not in name:
        assert f'value="{name}"' in answer.text
    assert SavedView.objects.count() == 1


def test_enter_saves_only_with_the_button(alice, client_of):
    client_of(alice).post(URL, {"view-name": "Mine"})
    assert not SavedView.objects.exists()


def test_a_clinician_shares_with_the_clinic_and_the_audit_keeps_it(
    alice, bob, charlie, nina, client_of, clinic_north
):
    save(client_of(alice), "Class I", **{"view-shared_with": "north"})
    assert SavedView.objects.get().clinic == clinic_north
    event = AuditEvent.objects.get(record_kind="saved_view")
    assert (event.actor_id, event.clinic_id, event.action) == (alice.pk, clinic_north.pk, "create")
    seen = [names_seen(client_of(who)) for who in (bob, nina, charlie)]
    assert seen == [["Class I"], ["Class I"], []]


def test_a_nurse_shares_nothing_and_changes_nothing_shared(nina, client_of, clinic_north, saved):
    client = client_of(nina)
    assert "view-shared_with" not in client.get(URL).text
    save(client, **{"view-shared_with": "north"})
    assert SavedView.objects.get().clinic is None
    view = saved("Shared", clinic=clinic_north)
    for act in ("rename", "delete"):
        answer = client.post(VIEWS, {"view": view.public_id, "name": "x", act: "yes"})
        assert answer.status_code == 403
    view.refresh_from_db()
    assert view.name == "Shared"


def test_a_nurse_who_administers_the_clinic_may_share(client_of, clinic_north, django_user_model):
    person = django_user_model.objects.create_user("nora")
    roles = [Role.NURSE, Role.CLINIC_ADMINISTRATOR]
    grant_membership(user=person, clinic=clinic_north, roles=roles, by=None)
    save(client_of(person), **{"view-shared_with": "north"})
    assert SavedView.objects.get().clinic == clinic_north


def test_it_is_renamed_and_deleted(alice, client_of, saved):
    view, client = saved("Old"), client_of(alice)
    client.post(VIEWS, {"view": view.public_id, "name": "New", "rename": "yes"})
    assert SavedView.objects.get().name == "New"
    client.post(VIEWS, {"view": view.public_id, "name": "New", "delete": "yes"})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "Give the view a name"), ("OTHER", "a view of this name already"),
     ("x" * 61, "Use at most 60"), ("a\x07", "cannot be printed")],
)  # fmt: skip
def test_a_bad_new_name_is_refused_beside_its_box(alice, client_of, saved, name, words):
    view = saved("Old")
    saved("Other")
    answer = client_of(alice).post(VIEWS, {"view": view.public_id, "name": name, "rename": "yes"})
    assert (answer.status_code, answer.context["wrong"]) == (200, view)
    assert words in text_of(answer)
    view.refresh_from_db()
    assert view.name == "Old"


@pytest.mark.parametrize("other", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_view_that_one_does_not_see_is_not_there(alice, bob, client_of, saved, other):
    theirs = saved("Theirs", owner=bob)
    client = client_of(alice)
    for view in (other, theirs.public_id):
        assert client.post(VIEWS, {"view": view, "delete": "yes"}).status_code == 404
    assert SavedView.objects.count() == 1


def test_one_may_begin_with_a_view_and_today_stays_whole(alice, bob, client_of, saved):
    view = saved(bucket="overdue")
    client = client_of(alice)
    client.post(VIEWS, {"view": view.public_id, "start": "yes"})
    assert client.get("/").headers["Location"] == f"{URL}?bucket=overdue"
    assert client.get(URL).context["form"].chosen == {}
    assert client_of(bob).get("/").headers["Location"] == URL
    other = saved("Other", sort="name")
    client.post(VIEWS, {"view": other.public_id, "start": "yes"})
    assert client.get("/").headers["Location"] == f"{URL}?sort=name"
    client.post(VIEWS, {"view": other.public_id, "no_start": "yes"})
    assert client.get("/").headers["Location"] == URL


def test_who_no_longer_sees_a_view_begins_with_the_whole_list(
    alice, bob, client_of, clinic_south, saved
):
    StartView.objects.create(user=bob, view=saved(clinic=clinic_south, bucket="overdue"))
    assert client_of(bob).get("/").headers["Location"] == URL


def test_a_choice_that_no_longer_exists_is_said_and_narrows_nothing(alice, client_of, saved):
    saved(stage="Z9", colour="red", sort="name")
    client = client_of(alice)
    (line,) = client.get(URL).context["views"]
    assert line.gone == ["Stage", "Colour"]
    assert "Stage, Colour: no longer a choice" in text_of(client.get(URL))
    assert "the choice no longer exists" in text_of(client.get(VIEWS))
    opened = client.get(URL + line.href)
    assert "Not one of the choices, so not used" in text_of(opened)
    assert opened.context["form"].chosen == {"sort": "name"}


def test_nobody_keeps_more_than_the_most(alice, client_of, saved):
    for number in range(MOST_OF_ONE_PERSON):
        saved(f"View {number}")
    answer = save(client_of(alice), "One more")
    assert "which is the most" in text_of(answer)


def test_the_pages_need_a_login_and_a_role(client, rita, client_of):
    assert client.get(VIEWS).status_code == 302
    assert client_of(rita).get(VIEWS).status_code == 403
