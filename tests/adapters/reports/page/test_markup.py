"""No text, wherever it is put, ends the place it was put in."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from rebalancer_adapters.reports.page.markup import Heading, table, tag, text

texts = st.text(st.sampled_from("\"'<>&=/ ab\n\x00\u202e]"))


@given(texts, texts)
def test_words_stay_inside_of_their_attribute_and_their_element(value: str, words: str) -> None:
    element = ET.fromstring(tag("p", text(words), title=value))
    assert list(element) == []
    assert list(element.attrib) == ["title"]
    for shown, meant in ((element.text or "", words), (element.attrib["title"], value)):
        assert shown == meant or not meant.isprintable()
        assert shown.isprintable()


def test_a_column_name_labels_its_cells_for_narrow_windows() -> None:
    made = ET.fromstring(table("Orders", (Heading('"A"'), Heading("B")), ((text("x"), text("y")),)))
    row = made.find("table/tbody/tr")
    assert row is not None
    assert [cell.get("data-label") for cell in row] == ['"A"', "B"]
    assert [cell.tag for cell in row] == ["th", "td"]
