"""The command line: the same engine, the same words."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from interop.models import ImportBatch
from patients.models import EchoStudy, Registration

ECHO = "Patient,Date,EF\nN-1,2012-03-04,60\n"


@pytest.fixture
def command(tmp_path, alice):
    def run(text: str, *args: str, kind: str = "echo_studies", by: str = "alice") -> str:
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        out = StringIO()
        call_command(
            "import_csv",
            str(path),
            "--clinic",
            "north",
            "--kind",
            kind,
            "--by",
            by,
            *args,
            stdout=out,
        )
        return out.getvalue()

    return run


def test_it_works(command, anna):
    said = command(ECHO)
    assert "1 rows: 1 new" in said
    assert EchoStudy.objects.get().lvef_percent_low == 60


def test_a_dry_run_writes_nothing(command, anna, uploads):
    assert "nothing was written" in command(ECHO, "--dry-run")
    assert not EchoStudy.objects.exists()
    assert uploads() == []


def test_twice_is_unchanged(command, anna):
    command(ECHO)
    assert "0 new, 0 changed, 1 unchanged" in command(ECHO)


def test_refused_rows_are_named_and_give_exit_code_3(command, anna):
    with pytest.raises(CommandError) as caught:
        command(ECHO + "N-9,2012-03-04,60\n")
    assert caught.value.returncode == 3
    assert EchoStudy.objects.count() == 1


def test_implausible_values_and_changes_need_their_options(command, anna):
    with pytest.raises(CommandError):
        command("Patient,Date,EF\nN-1,2012-03-04,93\n")
    assert not EchoStudy.objects.exists()
    command("Patient,Date,EF\nN-1,2012-03-04,93\n", "--accept-implausible")
    with pytest.raises(CommandError):
        command(ECHO)
    command(ECHO, "--apply-changes")
    assert EchoStudy.objects.get().lvef_percent_low == 60


def test_columns_are_mapped_by_option(command, anna):
    text = "Nr,Tag,Wert,Art\nN-1,03/04/2012,4.1,echo\n"
    command(
        text, "--map", "Nr=record_number", "--map", "Tag=performed_on", "--order", "Tag=dmy",
        "--map", "Wert=lvesd_mm", "--unit", "Wert=cm", "--constant", "reader=Dr. Grey",
    )  # fmt: skip
    study = EchoStudy.objects.get()
    assert (study.lvesd_mm, str(study.performed_on), study.reader) == (41, "2012-04-03", "Dr. Grey")


def test_texts_are_translated_by_option(command, clinic_north):
    command("mrn,sex\nA,1\n", "--value", "sex:1=female", kind="patients")
    assert Registration.objects.get().patient.sex == "female"


def test_a_heading_in_another_unit_must_be_answered(command, anna):
    with pytest.raises(CommandError, match="names another unit"):
        command("Patient,Date,LVESD (cm)\nN-1,2012-03-04,4.1\n")
    command("Patient,Date,LVESD (cm)\nN-1,2012-03-04,41\n", "--unit", "LVESD (cm)=kept")
    assert EchoStudy.objects.get().lvesd_mm == 41


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--map", "EF=nonsense"), "no field nonsense"),
        (("--map", "No=eroa_mm2"), "no column"),
        (("--map", "EF="), "no measurement"),
        (("--mapping", "ours"), "keeps no mapping"),
        (("--order", "Date=ydm"), "dmy or mdy"),
    ],
)
def test_a_wrong_option_is_refused_in_words(command, anna, args, words):
    if words == "no measurement":
        with pytest.raises(CommandError, match="not taken"):
            command(ECHO, *args)
    else:
        with pytest.raises(CommandError, match=words):
            command(ECHO, *args)
    assert not EchoStudy.objects.exists()
    assert not ImportBatch.objects.filter(status="uploaded").exists()


@pytest.mark.parametrize("name", ["charlie", "rita", "nobody"])
def test_only_who_may_import_can(command, anna, charlie, rita, name):
    with pytest.raises(CommandError, match="may not import"):
        command(ECHO, by=name)


def test_a_file_that_is_no_csv_is_refused(command, anna):
    with pytest.raises(CommandError, match="workbook"):
        command("PK\x03\x04" + "\x00" * 50)


def test_purging_says_what_it_did(db):
    out = StringIO()
    call_command("purge_imports", stdout=out)
    assert "0 imports cancelled" in out.getvalue()
