"""Each kind of live part brings its own style to the page."""

from convbook import widgets

SCRIPT = "function view(page) {}"


def test_the_style_goes_to_the_page_and_takes_no_others_place() -> None:
    styles = ("p { margin: 0; }", "p { margin: 1px; }")
    parts = [widgets._widget(SCRIPT, style, {"still_name": "s"}).get_state() for style in styles]
    for state, style in zip(parts, styles, strict=True):
        assert state["_css"] == widgets.STYLE + style
        assert state["_esm"] == SCRIPT + widgets.TALK
    assert parts[0]["_anywidget_id"] != parts[1]["_anywidget_id"]
