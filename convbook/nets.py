"""Famous nets as specs: what they consist of, layer by layer, and nothing of their weights.

A spec is a list of pairs (kind, numbers), as in lesson 01:

    INPUT   C, H, W
    CONV    K, F, S, P; and where they are not 1, True, "raise": groups, bias, policy
    POOL    F, S; and where they are not 0, "raise": P, policy
    RELU, LRN, BN
    FC      M
    CONCAT, ADD   paths: a list of specs without INPUT, all fed by the layer before

`policy` says what happens where a window does not fit: "raise", "crop" or "pad".

Sources: LeCun et al. 1998; Krizhevsky et al. 2012; Zeiler and Fergus 2013; Szegedy et al. 2014;
Simonyan and Zisserman 2014; He et al. 2015; Huang et al. 2016. "alexnet_one_column",
"googlenet_bn", the ResNets and "densenet121" are the variants of torchvision, with its numbers of
parameters.
"""

from collections.abc import Callable
from typing import Any

Layer = tuple[str, dict[str, Any]]
Spec = list[Layer]

RELU: Layer = ("RELU", {})
LRN: Layer = ("LRN", {})
BN: Layer = ("BN", {})

# Filters of each Inception module: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, 1x1 after the pool.
INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def spec(name: str) -> Spec:
    """Return the spec of a famous net.

    Args:
        name: one of NETS.

    Returns:
        A new list of pairs (kind, numbers).

    Raises:
        ValueError: there is no net of that name.
    """
    if name not in _BUILDERS:
        raise ValueError(f"no net {name!r}; there are {', '.join(NETS)}")
    return _BUILDERS[name]()


def inception(
    K1: int, R3: int, K3: int, R5: int, K5: int, KP: int, last: int = 5, norm: bool = False
) -> Layer:
    """Write one Inception module as a CONCAT of four paths.

    Args:
        K1, R3, K3, R5, K5, KP: filters, in the order of INCEPTION.
        last: size of the filters that are called 5x5; 3 in torchvision.
        norm: a BN after each CONV, which then has no bias.

    Returns:
        The pair ("CONCAT", {"paths": four specs}).
    """
    pool: Layer = ("POOL", {"F": 3, "S": 1, "P": 1})
    paths = [
        _conv(K1, 1, norm=norm),
        _conv(R3, 1, norm=norm) + _conv(K3, 3, P=1, norm=norm),
        _conv(R5, 1, norm=norm) + _conv(K5, last, P=last // 2, norm=norm),
        [pool, *_conv(KP, 1, norm=norm)],
    ]
    return ("CONCAT", {"paths": paths})


def basic_block(K: int, S: int = 1, project: bool = False) -> Spec:
    """Write a residual block of two 3 x 3 convolutions: an ADD and a RELU.

    Args:
        K: filters of both.
        S: stride of the first.
        project: send the shortcut through a 1 x 1 convolution of stride S.
    """
    path = [*_resnet_conv(K, 3, S, 1), RELU, *_resnet_conv(K, 3, 1, 1)]
    shortcut = _resnet_conv(K, 1, S) if project else []
    return [("ADD", {"paths": [path, shortcut]}), RELU]


def bottleneck(K: int, S: int = 1, project: bool = False) -> Spec:
    """Write a residual block of 1 x 1, 3 x 3 and 1 x 1 convolutions, the last with 4 K filters."""
    path = [*_resnet_conv(K, 1), RELU, *_resnet_conv(K, 3, S, 1), RELU, *_resnet_conv(4 * K, 1)]
    shortcut = _resnet_conv(4 * K, 1, S) if project else []
    return [("ADD", {"paths": [path, shortcut]}), RELU]


def show(table: list[dict[str, Any]], skip: tuple[str, ...] = ("RELU",)) -> None:
    """Print a layer table, one line a row.

    Args:
        table: rows with kind, shape, activations, weights, biases and multiply_adds.
        skip: kinds that are left out.
    """
    print("place  kind    shape            activations      weights  biases    multiply_adds")
    for place, row in enumerate(table):
        if row["kind"] not in skip:
            shape = " x ".join(map(str, row["shape"]))
            print(
                f"{place:5}  {row['kind']:6}  {shape:15} {row['activations']:>12,}"
                f" {row['weights']:>12,} {row['biases']:>7,} {row['multiply_adds']:>16,}"
            )


def _input(C: int, H: int) -> Layer:
    return ("INPUT", {"C": C, "H": H, "W": H})


def _fc(M: int) -> Layer:
    return ("FC", {"M": M})


def _pool(F: int, S: int, **more: Any) -> Layer:
    return ("POOL", {"F": F, "S": S, **more})


def _conv(K: int, F: int, S: int = 1, P: int = 0, norm: bool = False, **more: Any) -> Spec:
    """Write a CONV and its RELU; with a BN between them the CONV has no bias."""
    numbers = {"K": K, "F": F, "S": S, "P": P, **more}
    if norm:
        return [("CONV", {**numbers, "bias": False}), BN, RELU]
    return [("CONV", numbers), RELU]


def _resnet_conv(K: int, F: int, S: int = 1, P: int = 0) -> Spec:
    numbers: dict[str, Any] = {"K": K, "F": F, "S": S, "P": P, "bias": False}
    return [("CONV", numbers | ({"policy": "crop"} if S > 1 else {})), BN]


def _lenet5() -> Spec:
    features = [*_conv(6, 5), _pool(2, 2), *_conv(16, 5), _pool(2, 2), *_conv(120, 5)]
    return [_input(1, 32), *features, _fc(84), RELU, _fc(10)]


def _head() -> Spec:
    return [_fc(4096), RELU, _fc(4096), RELU, _fc(1000)]


def _alexnet() -> Spec:
    """The net of 2012: two columns, each on its own GPU, that meet in the third CONV and in FC."""
    return [
        _input(3, 227),
        *_conv(96, 11, 4),
        LRN,
        _pool(3, 2),
        *_conv(256, 5, P=2, groups=2),
        LRN,
        _pool(3, 2),
        *_conv(384, 3, P=1),
        *_conv(384, 3, P=1, groups=2),
        *_conv(256, 3, P=1, groups=2),
        _pool(3, 2),
        *_head(),
    ]


def _alexnet_one_column() -> Spec:
    """The net of torchvision: one column with fewer filters; 224 pixels, cropped."""
    return [
        _input(3, 224),
        *_conv(64, 11, 4, 2, policy="crop"),
        _pool(3, 2),
        *_conv(192, 5, P=2),
        _pool(3, 2),
        *_conv(384, 3, P=1),
        *_conv(256, 3, P=1),
        *_conv(256, 3, P=1),
        _pool(3, 2),
        *_head(),
    ]


def _zfnet(middle: tuple[int, int, int] = (384, 384, 256)) -> Spec:
    pool = _pool(3, 2, policy="pad")
    return [
        _input(3, 224),
        *_conv(96, 7, 2, 1, policy="crop"),
        pool,
        LRN,
        *_conv(256, 5, 2),
        pool,
        LRN,
        *(layer for K in middle for layer in _conv(K, 3, P=1)),
        _pool(3, 2),
        *_head(),
    ]


def _vgg16() -> Spec:
    net: Spec = [_input(3, 224)]
    for times, K in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        net += _conv(K, 3, P=1) * times + [_pool(2, 2)]
    return net + _head()


def _googlenet(last: int = 5, norm: bool = False) -> Spec:
    pool = _pool(3, 2, policy="pad")
    lrn = [] if norm else [LRN]
    modules = {
        name: inception(*filters, last=last, norm=norm) for name, filters in INCEPTION.items()
    }
    return [
        _input(3, 224),
        *_conv(64, 7, 2, 3, norm, policy="crop"),
        pool,
        *lrn,
        *_conv(64, 1, norm=norm),
        *_conv(192, 3, P=1, norm=norm),
        *lrn,
        pool,
        *(modules[name] for name in ("3a", "3b")),
        pool,
        *(modules[name] for name in ("4a", "4b", "4c", "4d", "4e")),
        _pool(2, 2) if norm else pool,
        *(modules[name] for name in ("5a", "5b")),
        _pool(7, 1),
        _fc(1000),
    ]


def _resnet(block: Callable[..., Spec], times: tuple[int, ...], widen: int) -> Spec:
    net = [_input(3, 224), *_resnet_conv(64, 7, 2, 3), RELU, _pool(3, 2, P=1, policy="crop")]
    C = 64
    for stage, (K, count) in enumerate(zip((64, 128, 256, 512), times, strict=True)):
        for number in range(count):
            S = 2 if stage and not number else 1
            net += block(K, S, project=S > 1 or widen * K != C)
            C = widen * K
    return [*net, _pool(7, 1), _fc(1000)]


def _densenet121() -> Spec:
    def before(K: int, F: int) -> Spec:  # batch norm and ReLU stand in front of each CONV
        return [BN, RELU, ("CONV", {"K": K, "F": F, "S": 1, "P": F // 2, "bias": False})]

    net, C = [_input(3, 224), *_resnet_conv(64, 7, 2, 3), RELU, _pool(3, 2, P=1, policy="crop")], 64
    for stage, count in enumerate((6, 12, 24, 16)):
        if stage:
            C //= 2
            net += [*before(C, 1), _pool(2, 2)]
        for _ in range(count):  # 32 new maps on top of what came in
            net.append(("CONCAT", {"paths": [[], before(128, 1) + before(32, 3)]}))
            C += 32
    return [*net, BN, RELU, _pool(7, 1), _fc(1000)]


_BUILDERS: dict[str, Callable[[], Spec]] = {
    "lenet5": _lenet5,
    "alexnet": _alexnet,
    "alexnet_one_column": _alexnet_one_column,
    "zfnet": _zfnet,
    "zfnet_wide": lambda: _zfnet((512, 1024, 512)),
    "vgg16": _vgg16,
    "googlenet": _googlenet,
    "googlenet_bn": lambda: _googlenet(last=3, norm=True),
    "resnet18": lambda: _resnet(basic_block, (2, 2, 2, 2), 1),
    "resnet50": lambda: _resnet(bottleneck, (3, 4, 6, 3), 4),
    "densenet121": _densenet121,
}
NETS = tuple(_BUILDERS)
