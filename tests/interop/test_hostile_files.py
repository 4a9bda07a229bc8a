"""Control characters, limits, and what a spreadsheet program would run."""

import csv
import re
import tracemalloc
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from interop import actions
from interop.models import ColumnMapping, ImportBatch
from interop.spreadsheets.mapping import ColumnChoice, Mapping, problems
from interop.spreadsheets.plain_csv import csv_lines, neutral
from interop.spreadsheets.plan import REJECTED, read_plan
from interop.spreadsheets.reading import UnreadableFileError, layout_of, lines_of
from interop.spreadsheets.rows import KINDS
from patients.models import EchoStudy
from tests.interop.conftest import TAKE_ALL
from tests.interop.test_import_pages import answers, page, previewed, upload, uploaded

ROW = "N-1,2012-03-04,60\n"
ECHO = "mrn,performed_on,lvef_percent,comment\n"


@pytest.fixture
def visitor(client_of, alice):
    return client_of(alice)


def reasons(batch: ImportBatch) -> list[str]:
    return [actions.reason_of(outcome) for outcome in read_plan(batch.stored_as, REJECTED)]


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x0b", "\x1b", "\x7f", "\x85", "\u2400"])
@pytest.mark.parametrize("place", range(4))
def test_a_control_character_refuses_its_row(check, anna, alice, sign, place):
    cells = ["N-1", "2012-03-04", "60", "plain"]
    cells[place] += sign
    batch = check("echo_studies", ECHO + ",".join(cells) + "\nN-1,2013-03-04,61,plain\n")
    assert (batch.counts["new"], batch.counts["rejected"]) == (1, 1)
    assert "It holds a control character" in reasons(batch)[0]
    done = actions.commit_import(batch, by=alice, choices=TAKE_ALL)
    assert done.counts["imported"]["rows_refused"] == 1
    assert EchoStudy.objects.get().lvef_percent_low == 61


def test_tabs_and_line_breaks_in_a_cell_are_text(take, anna):
    take("echo_studies", ECHO + 'N-1,2012-03-04,60,"one\n\ttwo"\n')
    assert EchoStudy.objects.get().comment == "one\n\ttwo"


def test_a_short_row_with_a_null_is_refused_like_any_short_row(check, anna):
    batch = check("echo_studies", ECHO + "N\x00-1,2012-03-04\nN-1,2013-03-04,61,\n")
    assert "This row has 2 cells" in reasons(batch)[0]
    (outcome,) = read_plan(batch.stored_as, REJECTED)
    assert outcome.record_number == "N␀-1"


def test_controls_in_headings_are_removed_and_said(check, anna):
    batch = check("echo_studies", "mr\x00n,performed_on,lvef\x01\n" + ROW * 9)
    assert batch.headers == ["mrn", "performed_on", "lvef"]
    assert batch.notes[0] == "A control character was removed from the heading “mrn”."
    assert batch.counts["new"] == 1


def test_a_null_is_said_in_a_note_of_the_page(visitor, anna):
    batch = uploaded(visitor, "mr\x00n,performed_on,lvef\n" + ROW * 9)
    shown = visitor.get(page("import-map", batch)).content.decode()
    assert "A control character was removed from the heading “mrn”." in shown


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_file_full_of_controls_passes_every_page(visitor, anna, kind):
    text = "mrn\x00,date\x01,x\nN-1\x00,2012-03-04,60\n\x00,\x01,\x1b\nN-1,2012\x00-03-04,\x00\n"
    batch = uploaded(visitor, text + "plain,plain,plain\n" * 60, kind)
    data = answers(visitor, batch, save_as="keep")
    assert visitor.post(page("import-map", batch), data).status_code in {302, 422}
    assert visitor.get(page("import-map", batch)).status_code == 200


def test_a_text_with_a_null_is_not_asked_and_not_kept(visitor, anna):
    batch = uploaded(visitor, "mrn,sex\nA,1\x00\n" + "B,2\n" * 20, "patients")
    shown = visitor.get(page("import-map", batch))
    assert "\x00" not in shown.content.decode()
    assert "1␀" in shown.content.decode()
    data = answers(visitor, batch, value_1_0="female", save_as="kept")
    assert visitor.post(page("import-map", batch), data).status_code == 302
    preview = visitor.get(page("import-preview", batch)).content.decode()
    assert "\x00" not in preview
    assert "1␀" in preview
    assert b"\x00" not in b"".join(visitor.get(page("import-refused", batch)).streaming_content)
    assert ColumnMapping.objects.get().mapping["columns"]["sex"]["values"] == {"2": "female"}


@pytest.mark.parametrize("sign", ["\x00", "\x07"])
@pytest.mark.parametrize("name", ["save_as", "all_reader", "all_state"])
def test_what_is_typed_beside_the_columns_holds_no_controls(visitor, anna, name, sign):
    batch = uploaded(visitor, "Patient,Date,EF\nN-1,2012-03-04,60\n")
    answer = visitor.post(page("import-map", batch), answers(visitor, batch, **{name: f"a{sign}"}))
    assert answer.status_code == 422
    assert not ColumnMapping.objects.exists()


def test_a_mapping_with_controls_is_refused_in_words():
    mapping = Mapping(
        {"mrn": ColumnChoice("record_number"), "date": ColumnChoice("performed_on")},
        {"reader": "Dr.\x00"},
    )
    mapping.columns["mrn"].values = {"a\x01": "b"}
    found = problems(KINDS["echo_studies"], mapping)
    assert len(found) == 2
    assert any(text.startswith("“Dr.␀”: It holds a control character (␀)") for text in found)
    assert any("“a␁”" in text for text in found)


def test_a_file_name_with_controls_is_shown_so(clinic_north, alice):
    content = ECHO.encode() + b"N-1,2012-03-04,60,\n"
    batch = actions.receive_file(
        by=alice, clinic=clinic_north, kind="echo_studies", file_name="a\x00\udcff.csv",
        chunks=[content], size=len(content),
    )  # fmt: skip
    assert ImportBatch.objects.get(pk=batch.pk).file_name == "a␀␦.csv"


# Limits -------------------------------------------------------------------------------------------


def test_a_large_file_is_refused_before_it_is_kept(visitor, anna, monkeypatch, uploads):
    monkeypatch.setattr(actions, "MOST_BYTES", 100)
    monkeypatch.setattr(actions.storage, "store", None)
    answer = upload(visitor, "x" * 101)
    assert answer.status_code == 422
    assert "The file is larger than" in answer.content.decode()
    assert uploads() == []


def test_more_than_a_file_said_to_have_is_refused(clinic_north, alice, monkeypatch, uploads):
    monkeypatch.setattr(actions, "MOST_BYTES", 100)
    with pytest.raises(UnreadableFileError, match="larger than"):
        actions.receive_file(
            by=alice, clinic=clinic_north, kind="patients", file_name="a.csv",
            chunks=[b"mrn\n" * 20] * 2, size=80,
        )  # fmt: skip
    assert uploads() == []


def test_the_proxy_the_page_and_the_guide_say_the_same_limit(visitor, anna):
    megabytes = actions.MOST_BYTES // 2**20
    conf = (Path(settings.BASE_DIR) / "deploy/nginx.conf").read_text(encoding="utf-8")
    allowed = max(int(each) for each in re.findall(r"client_max_body_size (\d+)m;", conf))
    assert 0 < allowed - megabytes <= 1
    words = f"At most {megabytes} MB"
    assert words in visitor.get(reverse("interop:import-start")).content.decode()
    guide = Path(settings.BASE_DIR) / "docs/clinicians/importing-a-spreadsheet.md"
    assert f"{megabytes} MB" in guide.read_text(encoding="utf-8")


LONG = 16 * 2**20


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"," * LONG, "row is longer than"),
        (b"mrn,ef\n" + b"," * LONG, "row is longer than"),
        (b"mrn,ef\n" + b"x" * LONG, "row is longer than"),
        (b"mrn,ef\n" + b'"\n",' * (LONG // 4), "row is longer than"),
        (b"mrn,ef\n" + b"a," * 200_000 + b"\n", "columns; at most 300"),
        (b"mrn,ef\n" + (b"," * 200_000 + b"1\n") * 60, "columns; at most 300"),
        ((b"a," * 200_000 + b"\n") * 40, "The first row has 200,000 columns"),
    ],
    ids=["commas-heading", "commas", "line", "breaks", "columns", "many-rows", "headings"],
)
def test_a_monstrous_row_is_refused_in_little_memory(tmp_path, content, words):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    del content
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFileError, match=words):
            list(lines_of(path, layout_of(path)))
        assert tracemalloc.get_traced_memory()[1] < 40 * 2**20
    finally:
        tracemalloc.stop()


def test_empty_cells_to_the_right_are_no_columns(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("mrn,ef" + "," * 16_000 + "\n" + "A,60" + "," * 16_000 + "\n")
    layout = layout_of(path)
    assert layout.headers == ("mrn", "ef")
    (line,) = lines_of(path, layout)
    assert line.cells[:2] == ["A", "60"]


def test_a_long_comment_is_no_monstrous_row(take, tmp_path):
    path = tmp_path / "file.csv"
    rows = ('A,"' + "one\n" * 2_000 + '"\n') * 100
    path.write_text("mrn,comment\n" + rows)
    assert len(list(lines_of(path, layout_of(path)))) == 100


# Formulas -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1+1", "' =1+1"),
        ("\n=1", "'\n'=1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-18.5", "-18.5"),
        ("-18,5", "-18,5"),
        ("-cmd", "'-cmd"),
        ("a;=1+1", "a;'=1+1"),
        ("a,=1+1", "a,'=1+1"),
        ("a\t@x", "a\t'@x"),
        ("a\n+x", "a\n'+x"),
        ('a;"=1"', 'a;"\'=1"'),
        ("55;-3.2;+4", "55;-3.2;+4"),
        ("list:\n- one\n- two", "list:\n- one\n- two"),
        ("mild; no = sign", "mild; no = sign"),
        ("N-1", "N-1"),
    ],
)
def test_no_cell_becomes_a_formula_in_any_locale(text, safe):
    assert neutral(text) == safe


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_refused_rows_are_separated_as_the_file_was_and_quoted(visitor, anna, delimiter):
    rows = [["Patient", "Date", "EF", "Comment"], ["X-1", "2012-03-04", "61,5", 'a;=1+1,"b"\nc']]
    text = "".join(csv_lines(rows, delimiter)).replace("'=", "=")
    batch = previewed(visitor, text)
    before = b"".join(visitor.get(page("import-refused", batch)).streaming_content)
    visitor.post(page("import-preview", batch))
    after = b"".join(visitor.get(page("import-refused", batch)).streaming_content)
    assert before == after
    assert before.decode("utf-8-sig").startswith(f'"Patient"{delimiter}"Date"{delimiter}')
    lines = before.decode("utf-8-sig").splitlines(keepends=True)
    _heading, row = csv.reader(lines, delimiter=delimiter)
    assert row[:4] == ["X-1", "2012-03-04", "61,5", 'a;\'=1+1,"b"\nc']
    result = visitor.get(page("import-result", batch)).content.decode()
    assert "Download the 1 row not imported" in result
    again = previewed(visitor, before)
    assert again.headers[:4] == ["Patient", "Date", "EF", "Comment"]
