"""The pages: list, file, columns, preview, result, refused rows, templates."""

import csv
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from interop import actions, storage
from interop.models import ColumnMapping, ImportBatch
from interop.spreadsheets.rows import KINDS
from patients.models import EchoStudy, Registration

ECHO = "Patient,Date,EF,Comment\nN-1,2012-03-04,60,=1+1\n"


@pytest.fixture
def visitor(client_of, alice) -> Client:
    return client_of(alice)


def upload(client: Client, text: str | bytes, kind: str = "echo_studies", **more: str):
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("list.csv", content)
    return client.post(reverse("interop:import-start"), {"file": file, "kind": kind, **more})


def uploaded(
    client: Client, text: str | bytes, kind: str = "echo_studies", **more: str
) -> ImportBatch:
    assert upload(client, text, kind, **more).status_code == 302
    return ImportBatch.objects.latest("id")


def page(name: str, batch: ImportBatch) -> str:
    return reverse(f"interop:{name}", args=[batch.public_id])


def answers(client: Client, batch: ImportBatch, **changes: str) -> dict[str, str]:
    """What a browser would send back from the page of columns without a change."""
    form = client.get(page("import-map", batch)).context["form"]
    data = {bound.html_name: bound.value() or "" for bound in form}
    return data | changes


def test_it_works_from_file_to_result(visitor, anna):
    batch = uploaded(visitor, ECHO)
    assert visitor.get(page("import-map", batch)).status_code == 200
    sent = visitor.post(page("import-map", batch), answers(visitor, batch))
    assert sent.url == page("import-preview", batch)
    shown = visitor.get(sent.url)
    assert "LVEF 60 %" in shown.content.decode()
    assert EchoStudy.objects.count() == 0
    done = visitor.post(sent.url)
    assert done.url == page("import-result", batch)
    assert "1 echo study added" in visitor.get(done.url).content.decode()
    assert EchoStudy.objects.get().comment == "=1+1"


@pytest.mark.parametrize("name", ["import-list", "import-start"])
def test_it_requires_login(client, db, name):
    assert client.get(reverse(f"interop:{name}")).status_code == 302


@pytest.mark.parametrize("person", ["rita", "otto", "ada"])
def test_it_is_refused_to_other_roles_and_remembered(client_of, request, person):
    user = request.getfixturevalue(person)
    assert client_of(user).get(reverse("interop:import-start")).status_code == 403
    assert AuditEvent.objects.filter(action=AuditAction.REFUSED, actor_id=user.pk).exists()


@pytest.mark.parametrize(
    "name", ["import-map", "import-preview", "import-result", "import-refused"]
)
def test_it_hides_other_clinics(visitor, client_of, charlie, anna, name):
    batch = uploaded(visitor, ECHO)
    assert client_of(charlie).get(page(name, batch)).status_code == 404


def test_another_clinic_cannot_cancel_or_commit(visitor, client_of, charlie, anna):
    batch = uploaded(visitor, ECHO)
    for name in ("import-cancel", "import-preview", "import-map"):
        assert client_of(charlie).post(page(name, batch)).status_code == 404
    assert ImportBatch.objects.get().status == "uploaded"


def test_a_colleague_can_go_on_with_an_import(visitor, client_of, bob, anna):
    batch = uploaded(visitor, ECHO)
    assert client_of(bob).get(page("import-map", batch)).status_code == 200


def test_the_list_shows_imports_of_ones_clinics_only(visitor, client_of, charlie, anna):
    uploaded(visitor, ECHO)
    assert "list.csv" in visitor.get(reverse("interop:import-list")).content.decode()
    other = client_of(charlie).get(reverse("interop:import-list")).content.decode()
    assert "list.csv" not in other


def test_the_list_asks_the_database_the_same_for_few_and_many(
    visitor, anna, django_assert_num_queries
):
    uploaded(visitor, ECHO)
    with CaptureQueriesContext(connection) as few:
        visitor.get(reverse("interop:import-list"))
    queries = len(few)
    for _ in range(5):
        uploaded(visitor, ECHO)
    with django_assert_num_queries(queries):
        visitor.get(reverse("interop:import-list"))


def test_who_imports_in_several_clinics_is_asked_which(visitor, alice, clinic_south, anna):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    answer = upload(visitor, ECHO)
    assert answer.status_code == 422
    assert "clinic" in answer.context["form"].errors
    batch = uploaded(visitor, ECHO, clinic=str(clinic_south.public_id))
    assert batch.clinic == clinic_south


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"mrn,ef\n", "no rows"),
        (b"PK\x03\x04" + b"\x00" * 99, "save it as CSV"),
        (bytes(range(256)) * 9, "not a text file"),
    ],
)
def test_it_rejects_a_file_that_is_no_table(visitor, anna, content, words):
    answer = upload(visitor, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_it_asks_what_a_mapping_lacks_and_keeps_the_choices(visitor, anna):
    batch = uploaded(visitor, "Patient,When,EF\nN-1,2012-03-04,60\n")
    answer = visitor.post(page("import-map", batch), answers(visitor, batch, all_reader="Dr. Grey"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the column that holds: Date of the study." in text
    assert 'value="Dr. Grey"' in text


def test_two_columns_for_one_field_are_refused(visitor, anna):
    batch = uploaded(visitor, "Patient,Date,EF,Other\nN-1,2012-03-04,60,61\n")
    answer = visitor.post(
        page("import-map", batch), answers(visitor, batch, column_3="lvef_percent", unit_3="kept")
    )
    assert "Two columns are mapped to LVEF" in answer.content.decode()


def test_ambiguous_dates_are_asked(visitor, anna):
    batch = uploaded(visitor, "Patient,Date,EF\nN-1,03/04/2012,60\n")
    answer = visitor.post(page("import-map", batch), answers(visitor, batch))
    assert "Day first or month first?" in answer.content.decode()
    visitor.post(page("import-map", batch), answers(visitor, batch, order_1="mdy"))
    visitor.post(page("import-preview", batch))
    assert str(EchoStudy.objects.get().performed_on) == "2012-03-04"


def test_a_heading_in_another_unit_is_asked_and_never_guessed(visitor, anna):
    batch = uploaded(visitor, "Patient,Date,LVESD (cm)\nN-1,2012-03-04,4.1\n")
    answer = visitor.post(page("import-map", batch), answers(visitor, batch))
    assert "Which unit is it?" in answer.content.decode()
    visitor.post(page("import-map", batch), answers(visitor, batch, unit_2="cm"))
    visitor.post(page("import-preview", batch))
    assert EchoStudy.objects.get().lvesd_mm == 41


def test_a_field_chosen_anew_asks_its_unit_before_the_check(visitor, anna):
    batch = uploaded(visitor, "Patient,Date,EF,x\nN-1,2012-03-04,60,4.1\n")
    data = answers(visitor, batch, column_3="lvesd_mm")
    assert "in which unit" in visitor.post(page("import-map", batch), data).content.decode()


def test_unknown_texts_are_asked(visitor, clinic_north, alice):
    batch = uploaded(visitor, "mrn,sex\nA,1\nB,2\n", "patients")
    answer = visitor.post(page("import-map", batch), answers(visitor, batch))
    assert "Say what “1” means." in answer.content.decode()
    data = answers(visitor, batch, value_1_0="male", value_1_1="female")
    visitor.post(page("import-map", batch), data)
    visitor.post(page("import-preview", batch))
    found = dict(Registration.objects.values_list("record_number", "patient__sex"))
    assert found == {"A": "male", "B": "female"}


def test_a_kept_mapping_can_be_used_again(visitor, anna):
    text = "Nr,Tag,Fraction\nN-1,2012-03-04,0.60\n"
    batch = uploaded(visitor, text)
    data = answers(
        visitor, batch, column_0="record_number", column_1="performed_on",
        column_2="lvef_percent", unit_2="fraction", save_as="German ward",
    )  # fmt: skip
    assert visitor.post(page("import-map", batch), data).status_code == 302
    visitor.post(page("import-preview", batch))
    assert EchoStudy.objects.get().lvef_percent_low == 60
    kept = ColumnMapping.objects.get()
    again = uploaded(visitor, text)
    form = visitor.get(page("import-map", again), {"mapping": kept.pk}).context["form"]
    assert [form["column_2"].value(), form["unit_2"].value()] == ["lvef_percent", "fraction"]


def test_another_clinics_mapping_is_not_found(visitor, clinic_south, charlie, anna):
    kept = ColumnMapping.objects.create(
        clinic=clinic_south, name="theirs", kind="echo_studies", saved_by=charlie
    )
    batch = uploaded(visitor, ECHO)
    assert visitor.get(page("import-map", batch), {"mapping": kept.pk}).status_code == 404


def previewed(visitor: Client, text: str, kind: str = "echo_studies") -> ImportBatch:
    batch = uploaded(visitor, text, kind)
    visitor.post(page("import-map", batch), answers(visitor, batch))
    return batch


def test_the_preview_asks_about_implausible_values(visitor, anna):
    batch = previewed(visitor, "Patient,Date,EF\nN-1,2012-03-04,93\n")
    assert (
        "Import these 1 implausible value as they are"
        in visitor.get(page("import-preview", batch)).content.decode()
    )
    visitor.post(page("import-preview", batch), {"accept_implausible": "on"})
    assert EchoStudy.objects.get().implausible_confirmed == ["lvef_percent"]


def test_the_preview_names_each_refused_row_and_offers_them_as_a_file(visitor, anna):
    batch = previewed(visitor, "Patient,Date,EF\nN-1,2012-03-04,650\n=X,2012-03-04,60\n")
    shown = visitor.get(page("import-preview", batch)).content.decode()
    assert "LVEF 650 % is not possible" in shown
    answer = visitor.get(page("import-refused", batch))
    text = b"".join(answer.streaming_content).decode()
    assert "'=X" in text
    assert AuditEvent.objects.filter(action=AuditAction.EXPORT).count() == 1
    visitor.post(page("import-preview", batch))
    answer = visitor.get(page("import-refused", batch))
    assert "'=X" in b"".join(answer.streaming_content).decode()


def test_a_changed_record_shows_the_preview_again(visitor, anna):
    batch = previewed(visitor, "Patient,Date,EF\nN-1,2012-03-04,60\n")
    other = previewed(visitor, "Patient,Date,EF\nN-1,2012-03-04,55\n")
    visitor.post(page("import-preview", other))
    answer = visitor.post(page("import-preview", batch))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "changed by somebody else since this preview" in text
    assert "55 % → 60 %" in text


def work() -> None:
    """Run the waiting jobs here; the worker itself would close the test's connection."""
    for job in DBTaskResult.objects.all():
        job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
        job.delete()


def test_a_long_file_is_worked_on_in_the_background(visitor, anna, monkeypatch):
    monkeypatch.setattr(actions, "WAIT_ROWS", 0)
    batch = previewed(visitor, "Patient,Date,EF\nN-1,2012-03-04,60\n")
    waiting = visitor.get(page("import-preview", batch))
    assert waiting["Refresh"].startswith("3; url=/import/")
    assert "being checked" in waiting.content.decode()
    work()
    assert (
        "What this import would do" in visitor.get(page("import-preview", batch)).content.decode()
    )
    visitor.post(page("import-preview", batch))
    assert EchoStudy.objects.count() == 0
    work()
    assert visitor.get(page("import-preview", batch)).url == page("import-result", batch)
    assert EchoStudy.objects.count() == 1


def test_an_import_can_be_cancelled(visitor, anna, uploads: Callable[[], list[str]]):
    batch = previewed(visitor, ECHO)
    visitor.post(page("import-cancel", batch))
    assert ImportBatch.objects.get().status == "cancelled"
    assert uploads() == []
    assert visitor.post(page("import-preview", batch)).url == page("import-result", batch)
    assert EchoStudy.objects.count() == 0


def test_templates_and_dictionary_are_offered_for_each_kind(visitor, anna):
    for code in KINDS:
        answer = visitor.get(reverse("interop:import-template", args=[code]))
        assert answer.content.decode("utf-8-sig").startswith('"record_number",')
        assert visitor.get(reverse("interop:import-fields", args=[code])).status_code == 200
    assert visitor.get(reverse("interop:import-template", args=["dogs"])).status_code == 404


def test_a_filled_template_needs_no_mapping(visitor, anna):
    heading = visitor.get(reverse("interop:import-template", args=["echo_studies"]))
    (names,) = csv.reader([heading.content.decode("utf-8-sig")])
    values = {"record_number": "N-1", "performed_on": "2012-03-04", "eroa_mm2": "40"}
    row = ",".join(values.get(name, "") for name in names)
    batch = previewed(visitor, ",".join(names) + "\n" + row + "\n")
    visitor.post(page("import-preview", batch))
    assert EchoStudy.objects.get().eroa_mm2 == 40


def test_an_import_whose_plan_is_gone_is_closed(visitor, anna, settings):
    batch = previewed(visitor, ECHO)
    for path in settings.UPLOAD_DIR.glob("*"):
        path.unlink()
    assert visitor.get(page("import-preview", batch)).url == page("import-result", batch)


def test_a_number_in_another_unit_leads_back_to_the_columns(visitor, anna):
    batch = previewed(visitor, "Patient,Date,LVESD\nN-1,2012-03-04,4.1\n")
    shown = visitor.get(page("import-preview", batch)).content.decode()
    assert "Did you mean 41 mm?" in shown
    assert "say in which unit the column is" in shown


def test_a_wide_file_opens_the_whole_list_of_fields_when_asked(visitor, anna):
    more = [f"x{n}" for n in range(15)]
    text = ",".join(["Patient", "Date", "EF", *more]) + "\nN-1,2012-03-04,60" + "," * 15 + "\n"
    batch = uploaded(visitor, text)
    shown = visitor.get(page("import-map", batch)).context["form"]
    assert [value for value, _label in shown.fields["column_2"].choices] == [
        "", "lvef_percent", "another",
    ]  # fmt: skip
    answer = visitor.post(page("import-map", batch), answers(visitor, batch, column_2="another"))
    assert "Choose the field for “EF”." in answer.content.decode()
    data = answers(visitor, batch, column_2="lvesd_mm", unit_2="kept")
    assert visitor.post(page("import-map", batch), data).status_code == 302


def test_the_page_of_columns_stays_small(visitor, anna):
    names = ("patient", "date", "modality", "ef", "lvesd", "lvedd", "eroa", "spap", "comment")
    row = "N-1,2012-03-04,tte,60,38,55,30,40,plain"
    heading = ",".join((*names, *(f"pisa_radius_mm {n}" for n in range(3)), "tapse", "reader"))
    batch = uploaded(visitor, f"{heading}\n{row},,,,,\n")
    assert len(visitor.get(page("import-map", batch)).content) < 150_000


def test_a_mapping_of_a_number_beyond_all_bounds_is_ignored(visitor, anna):
    batch = uploaded(visitor, ECHO)
    for number in ("9" * 30, "9" * 5000, "\u00b2"):
        assert visitor.get(page("import-map", batch), {"mapping": number}).status_code == 200


def test_refused_rows_are_gone_with_the_plan(visitor, anna):
    batch = uploaded(visitor, ECHO.replace("60", "650"))
    visitor.post(page("import-map", batch), answers(visitor, batch))
    assert visitor.get(page("import-refused", batch)).status_code == 200
    storage.remove(batch.stored_as)
    assert visitor.get(page("import-refused", batch)).status_code == 404


def test_two_clicks_hand_a_long_import_over_once(visitor, anna, monkeypatch):
    monkeypatch.setattr(actions, "WAIT_ROWS", 0)
    batch = uploaded(visitor, ECHO)
    data = answers(visitor, batch)
    visitor.post(page("import-map", batch), data)
    visitor.post(page("import-map", batch), data)
    assert DBTaskResult.objects.count() == 1
    actions.check_import(ImportBatch.objects.get(pk=batch.pk))
    visitor.post(page("import-preview", batch))
    visitor.post(page("import-preview", batch))
    assert DBTaskResult.objects.count() == 2
