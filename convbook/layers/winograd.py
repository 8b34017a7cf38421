"""Convolution with 3 x 3 filters by four products for each output number, in place of nine.

Along a line, two neighbouring outputs of a filter with three taps see four pixels:

    y0 = d0 w0 + d1 w1 + d2 w2
    y1 = d1 w0 + d2 w1 + d3 w2

That is six products. Winograd's way has four, and more sums:

    m0 = (d0 - d2) w0                       y0 = m0 + m1 + m2
    m1 = (d1 + d2) (w0 + w1 + w2) / 2       y1 = m1 - m2 - m3
    m2 = (d2 - d1) (w0 - w1 + w2) / 2
    m3 = (d1 - d3) w2

The sums of pixels are taken once for all filters, those of taps once for all pictures. Across and
down at once, a tile of 2 x 2 outputs has 4 * 4 products in place of 4 * 9. Where there are many
channels and filters these are nearly all the work.

Method: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015, arXiv:1509.09308.
"""

import numpy as np

from convbook.layers.batch import in_halves, parts, slices

Pads = tuple[int, int]

# Below that the sums cost what the products save; measured on maps of 4 to 56 pixels a side.
CHANNELS, FILTERS, CHANNELS_X_SIDE, PLACES = 32, 16, 384, 1000

ALONG = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])  # y0 and y1 of m0 to m3
OUTPUTS = np.kron(ALONG, ALONG)  # across and down at once: 4 outputs of 16 products


def pays(x: np.ndarray, w: np.ndarray, out: np.ndarray) -> bool:
    """Tell whether this way is the faster one, for a stride and a dilation of 1.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, depth, HH, WW).
        out: an array for the result, shape (N, F, H_out, W_out).
    """
    (N, C), (F, depth, *window), (H_out, W_out) = x.shape[:2], w.shape, out.shape[2:]
    large = C * min(H_out, W_out) >= CHANNELS_X_SIDE and N * H_out * W_out >= PLACES
    many = C >= CHANNELS and F >= FILTERS
    floats = x.dtype == w.dtype == out.dtype and out.dtype.char in "fd"
    return large and many and floats and depth == C and window == [3, 3] and type(x) is np.ndarray


def correlate(x: np.ndarray, w: np.ndarray, b: np.ndarray, pads: Pads, out: np.ndarray) -> None:
    """Write into out what each filter gives at each place: stride 1, no dilation, no groups.

    A number that is not finite makes all four outputs of a tile not finite, where it should be
    those alone that see it.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, C, 3, 3).
        b: one bias for each filter, shape (F,).
        pads: rows of zeros above and below, columns of zeros left and right.
        out: feature maps, shape (N, F, H_out, W_out).
    """
    filters = _filter_sums(w)

    def of_half(half: slice) -> None:
        tiles = _Tiles(x[half], out[half])
        for part in tiles.parts:
            tiles.read(x[half][part], pads)
            np.matmul(filters, tiles.sums, out=tiles.products)
            tiles.products[1, 1] += b[:, None]  # m1 is in both outputs, once
            tiles.write(out[half][part])

    in_halves(of_half, out)


class _Tiles:
    """Room for the tiles of a few pictures, which the next few use again.

    Attributes:
        parts: which pictures are taken at a time.
        sums: of pixels, shape (4 across, 4 down, n, C, places).
        products: what filters make of them, shape (4 across, 4 down, n, F, places).
    """

    def __init__(self, x: np.ndarray, out: np.ndarray) -> None:
        (N, C), (F, H_out, W_out), dtype = x.shape[:2], out.shape[1:], x.dtype
        self._rows = -(-H_out // 2)
        self._pitch = -(-W_out // 2) + 1  # places of a row: its last tile sees one pixel more
        places = self._rows * self._pitch
        # Twice what a part may hold: most steps are short, and two threads wait at each.
        most = next(parts(N, 16 * (C + F) * places * x.itemsize // 2)).stop
        n = -(-N // -(-N // most))  # like parts: in the last one all n are computed, too
        self.parts = list(slices(N, n))
        self._quarters = np.zeros((2, 2, n, C, self._rows + 1, self._pitch), dtype)
        self._down = np.zeros((4, 2, self._quarters[0, 0].size), dtype)
        self._across = np.empty((4, *self._down[:, 0].shape), dtype)
        self.sums = self._across.reshape(4, 4, n, C, -1)[..., :places]
        self.products = np.empty((4, 4, n, F, places), dtype)
        self._outputs = np.empty((2, 2, n, F, places), dtype)
        self._of_products = OUTPUTS.astype(dtype)

    def read(self, x: np.ndarray, pads: Pads) -> None:
        """Take the sums of pixels.

        Every second row and every second column make a picture of their own, a quarter, and all of
        these lie on long lines. So the four pixels of every tile are four stretches of a line, one
        place apart, or one row.
        """
        for i, j in np.ndindex(2, 2):
            top, left = (i + pads[0]) % 2, (j + pads[1]) % 2  # where this quarter begins in x
            quarter = x[:, :, top::2, left::2]
            above, before = (top + pads[0]) // 2, (left + pads[1]) // 2
            place = self._quarters[i, j, : len(x), :, above:, before:]
            place[:, :, : quarter.shape[2], : quarter.shape[3]] = quarter
        even, odd = self._quarters.reshape(2, -1)
        _sums(even, odd, self._pitch, self._down.reshape(4, -1))
        _sums(self._down[:, 0], self._down[:, 1], 1, self._across)

    def write(self, out: np.ndarray) -> None:
        """Write the outputs that the products make."""
        places = self.products.shape[-1]
        products = self.products.reshape(16, -1, places).swapaxes(0, 1)  # (n*F, 16, places)
        outputs = self._outputs.reshape(4, -1, places).swapaxes(0, 1)  # (n*F, 4, places)
        np.matmul(self._of_products, products, out=outputs)
        maps = self._outputs.reshape(2, 2, -1, out.shape[1], self._rows, self._pitch)
        for i, j in np.ndindex(2, 2):
            place = out[:, :, i::2, j::2]
            place[...] = maps[j, i, : len(out), :, : place.shape[2], : place.shape[3]]


def _filter_sums(w: np.ndarray) -> np.ndarray:
    """Return the sums of taps, shape (4 across, 4 down, 1, F, C)."""
    taps = np.ascontiguousarray(w.transpose(3, 2, 0, 1))  # (3 across, 3 down, F, C)
    for _ in range(2):
        first, middle, last = taps
        mean = (first + last) / 2
        taps = np.stack([first, mean + middle / 2, mean - middle / 2, last]).swapaxes(0, 1)
    return np.ascontiguousarray(taps)[:, :, None]


def _sums(even: np.ndarray, odd: np.ndarray, step: int, sums: np.ndarray) -> None:
    """Write d0 - d2, d1 + d2, d2 - d1 and d1 - d3, where d2 and d3 stand a step behind d0 and d1.

    Args:
        even: every second pixel from the first, shape (..., L).
        odd: the others, shape (..., L).
        step: places on the line from a pixel to the next of its kind.
        sums: shape (4, ..., L); where the line ends it is left as it is.
    """
    d0, d1, d2, d3 = even[..., :-step], odd[..., :-step], even[..., step:], odd[..., step:]
    np.subtract(d0, d2, out=sums[0, ..., :-step])
    np.add(d1, d2, out=sums[1, ..., :-step])
    np.subtract(d2, d1, out=sums[2, ..., :-step])
    np.subtract(d1, d3, out=sums[3, ..., :-step])
