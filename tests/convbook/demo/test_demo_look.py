"""A failed check that is looked into, in a browser: by keys, by mouse, and what is read of it."""

import looks
import pytest


def test_it_stops_at_the_first_wrong_number_and_steps_on(view) -> None:
    viewer = view(looks.convolution())
    seen = viewer.read()
    assert (seen.step, seen.steps) == (1, 30)
    assert seen.sentence.startswith("out[0, 0, 0, 1] is ") and "It should be " in seen.sentence
    assert seen.marked("x[0, 0]", "on") == {(i, j) for i in range(2) for j in range(3)}
    seen = viewer.press("ArrowRight").read()
    assert seen.sentence.endswith("and right.")
    seen = viewer.press("End", "Home").read()
    assert seen.marked("x[0, 1]", "on") == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_the_next_wrong_number_is_one_click_away_and_the_last_leads_to_the_first(view) -> None:
    viewer = view(looks.convolution())
    found = []
    for _ in range(11):
        viewer.page.click("#next-wrong")
        found.append(viewer.read().step)
    assert found == [4, 7, 10, 13, 16, 19, 22, 25, 28, 1, 4]


def test_a_place_of_the_result_is_a_click_away(view) -> None:
    viewer = view(looks.pool())
    viewer.page.click("table.out >> nth=1 >> tr:nth-child(2) >> td:nth-of-type(3)")
    assert viewer.read().sentence.startswith("out[0, 0, 1, 2] is ")
    assert viewer.page.inner_text(".terms").startswith("the largest of ")


def test_what_has_no_terms_is_said_in_words(view) -> None:
    viewer = view(looks.norm())
    said = viewer.page.inner_text(".terms")
    assert "mean and variance of the marked numbers" in said and "x_hat = " in said


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(view, theme: str) -> None:
    view(looks.convolution(), theme=theme).hears()
