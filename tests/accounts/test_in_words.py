"""What was typed, read with the labels and choices of its form."""

from accounts.kept.in_words import in_words

PAGE = """
<form><input type="hidden" name="version" value="1">
<input type="hidden" name="rows-TOTAL" value="2">
<label for="id_size">LVESD <span class="asteriskField">needed</span></label>
<input name="size" id="id_size"><span class="input-group-text">mm</span>
<label for="id_how">Ended by:</label>
<select name="how" id="id_how"><option value="">choose</option>
  <option value="chr">reclassified as <b>chronic</b></option></select>
<fieldset><legend>Dyspnea</legend>
  <label for="d0"><input type="radio" name="dyspnea" value="yes" id="d0"> Yes</label>
  <label for="d1"><input type="radio" name="dyspnea" value="no" id="d1"> Not asked</label>
</fieldset>
<input type="checkbox" name="sure" value="on" id="s"><label for="s">Checked</label>
<label for="id_note">Note</label><textarea name="note" id="id_note">a</textarea>
<button name="save" value="save">Save</button></form>
"""


def words(**typed):
    return in_words([(name, [text]) for name, text in typed.items()], PAGE)


def test_labels_units_and_choices_stand_for_names_and_values():
    assert words(size="41", how="chr", dyspnea="no", sure="on", note="two\nlines") == [
        ("LVESD", "41 mm"),
        ("Ended by", "reclassified as chronic"),
        ("Dyspnea", "Not asked"),
        ("Checked", "yes"),
        ("Note", "two\nlines"),
    ]


def test_hidden_boxes_buttons_and_what_was_left_empty_are_not_shown():
    typed = {"version": "1", "rows-TOTAL": "2", "save": "save", "size": " ", "facts": "a1b2"}
    assert words(**typed) == []


def test_a_value_that_is_no_choice_and_a_name_that_is_not_there_stay_as_they_are():
    assert words(how="other", former_box="x") == [("Ended by", "other"), ("former box", "x")]
    assert in_words([("lvesd_mm", ["41"])], "") == [("lvesd mm", "41")]


def test_no_page_breaks_it():
    page = "<label for=a><select name=a><option>x</legend></fieldset></label>&nope;<![x"
    assert in_words([("a", ["x"])], page)
