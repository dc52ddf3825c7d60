import json

import pytest

from services.cli.output import fitted, printable, write_json_line, write_list, write_table


def test_a_json_line_is_one_line_of_utf_8(capsysbinary):
    write_json_line({"title": "Größe\n中国"})

    assert capsysbinary.readouterr().out == '{"title":"Größe\\n中国"}\n'.encode()


def test_half_of_a_surrogate_pair_is_escaped(capsysbinary):
    write_json_line({"title": "\ud800"})

    assert json.loads(capsysbinary.readouterr().out) == {"title": "\ud800"}


def test_what_steers_a_terminal_is_taken_out():
    assert printable("\x1b]0;owned\x07title\u202e") == " ]0;owned title "


def test_a_table_shows_markup_as_it_is_written(capsys):
    write_table(("title",), [("[red]not red[/red] \x1b[31m",)])

    out = capsys.readouterr().out
    assert "[red]not red[/red]" in out
    assert "\x1b" not in out


def test_a_column_that_a_person_copies_from_is_never_cut(capsys):
    name = "enrichment/1772452800000-0-with-a-long-end"

    write_table(("name", "text"), [(name, "word " * 50)], wide="text", whole=("name",))

    assert name in capsys.readouterr().out


@pytest.mark.parametrize(
    ("widths", "room", "fit"),
    [
        ([10, 5, 5], 80, [10, 5, 5]),
        ([10, 30, 5], 30, [10, 11, 5]),
        ([10, 30, 30, 6], 60, [10, 19, 19, 6]),
        ([10, 30, 30, 6], 30, [10, 8, 8, 0]),
        ([10, 30, 30, 6], 12, [10, 0, 0, 0]),
        ([40], 12, [40]),
    ],
)
def test_columns_give_way_to_the_first_one(widths, room, fit):
    assert fitted(widths, room) == fit


def test_a_list_has_one_line_for_each_row_whatever_is_in_it(capsys):
    write_list(("id", "name"), [("a", "one\nline\x1b[31m"), ("bcd", "新聞")])

    assert capsys.readouterr().out.splitlines() == ["id   name", "a    one line [31m", "bcd  新聞"]
