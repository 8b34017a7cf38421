"""The specs of famous nets: counted by lesson 11's solution, they give the published numbers."""

import pytest

from autograder.course import lessons
from convbook import nets

# As torchvision has them, or else the sums of the layers in the papers.
PARAMETERS = {
    "lenet5": 61_706,
    "alexnet": 60_965_224,
    "alexnet_one_column": 61_100_840,
    "zfnet": 62_357_608,
    "zfnet_wide": 107_627_624,
    "vgg16": 138_357_544,
    "googlenet": 6_998_552,
    "googlenet_bn": 6_624_904,
    "resnet18": 11_689_512,
    "resnet50": 25_557_032,
    "densenet121": 7_978_856,
}


@pytest.mark.parametrize("name", nets.NETS)
def test_a_famous_net_has_its_published_number_of_parameters(name: str) -> None:
    solution = lessons()["11_architectures"].reference()
    table = solution["layer_table"](nets.spec(name))
    assert solution["totals"](table)["parameters"] == PARAMETERS[name]
    assert table[-1]["shape"] == (10 if name == "lenet5" else 1000, 1, 1)


def test_an_unknown_net_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="lenet5"):
        nets.spec("lenet")


def test_a_table_is_shown_without_its_relu_rows(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"activations": 1, "weights": 2, "biases": 3, "multiply_adds": 4000, "shape": (5, 6, 7)}
    nets.show([{"kind": "CONV", **row}, {"kind": "RELU", **row}])
    shown = capsys.readouterr().out
    assert "5 x 6 x 7" in shown and "4,000" in shown and "RELU" not in shown
