"""Files as people save them, and files that are none."""

from pathlib import Path

import pytest

from interop.spreadsheets.reading import UnreadableFileError, layout_of, lines_of


@pytest.fixture
def written(tmp_path: Path):
    def write(content: bytes | str) -> Path:
        path = tmp_path / "file.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def cells_of(path: Path) -> list[list[str]]:
    return [line.cells for line in lines_of(path, layout_of(path))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_the_delimiter(written, delimiter):
    path = written(delimiter.join(["mrn", "date", "ef"]) + "\n" + delimiter.join("abc") + "\n")
    assert layout_of(path).delimiter == delimiter
    assert cells_of(path) == [["a", "b", "c"]]


def test_semicolons_win_over_decimal_commas(written):
    path = written("mrn;lvef;gradient\nA;55,5;3,1\nB;60,0;2,5\n")
    assert cells_of(path) == [["A", "55,5", "3,1"], ["B", "60,0", "2,5"]]


def test_a_byte_order_mark_is_no_part_of_the_first_heading(written):
    path = written("\ufeffmrn,ef\nA,60\n".encode())
    assert layout_of(path).headers == ("mrn", "ef")
    assert layout_of(path).notes == ()


def test_a_windows_file_is_read_and_said(written):
    path = written("mrn,name\nA,Müller – Sørensen\n".encode("cp1252"))
    assert cells_of(path) == [["A", "Müller – Sørensen"]]
    assert "Windows-1252" in layout_of(path).notes[0]


def test_a_latin_1_file_is_read_and_said(written):
    path = written(b"mrn,name\nA,M\xfcller \x81\n")
    assert layout_of(path).encoding == "latin-1"
    assert "Latin-1" in layout_of(path).notes[0]


def test_unicode_text_from_a_spreadsheet_program_is_read(written):
    assert cells_of(written("mrn\tname\nA\tÅsa\n".encode("utf-16"))) == [["A", "Åsa"]]


def test_quoted_line_breaks_stay_in_their_cell(written):
    path = written('mrn,comment\nA,"one\ntwo"\nB,three\n')
    lines = list(lines_of(path, layout_of(path)))
    assert [line.cells for line in lines] == [["A", "one\ntwo"], ["B", "three"]]
    assert [line.number for line in lines] == [2, 3]


def test_blank_rows_are_left_out_and_counted(written):
    lines = list(lines_of(path := written("mrn,ef\n\nA,60\n,\nB,50\n"), layout_of(path)))
    assert [(line.number, line.cells[0]) for line in lines] == [(3, "A"), (5, "B")]


def test_double_and_empty_headings_get_names_of_their_own(written):
    layout = layout_of(written("mrn,ef,ef,\nA,1,2,3\n"))
    assert layout.headers == ("mrn", "ef", "ef (2)")
    layout = layout_of(written("mrn,,ef\nA,1,2\n"))
    assert layout.headers == ("mrn", "column 2", "ef")


@pytest.mark.parametrize("content", [b"", b"   \n \n"])
def test_an_empty_file_is_refused(written, content):
    with pytest.raises(UnreadableFileError, match="empty"):
        layout_of(written(content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + b"\x00" * 50, "workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "old Excel"),
        (b"%PDF-1.7 ...", "PDF"),
        (bytes(range(256)) * 4, "not a text file"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_in_words(written, content, words):
    with pytest.raises(UnreadableFileError, match=words):
        layout_of(written(content))


def test_a_quotation_mark_never_closed_is_explained(written):
    path = written('mrn,comment\nA,"open ' + "x" * 200_000)
    with pytest.raises(UnreadableFileError, match="quotation mark"):
        list(lines_of(path, layout_of(path)))
