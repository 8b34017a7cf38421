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

from convbook.layers.batch import in_halves, parts

Pads = tuple[int, int]

# Below that the sums cost what the products save; measured on pictures of 8 to 56 pixels a side.
CHANNELS, FILTERS, SIDE, PLACES = 32, 16, 5, 1000


def pays(x: np.ndarray, w: np.ndarray, out: np.ndarray) -> bool:
    """Tell whether this way is the faster one, for a stride and a dilation of 1.

    Args:
        x: pictures, shape (N, C, H, W).
        w: filters, shape (F, depth, HH, WW).
        out: an array for the result, shape (N, F, H_out, W_out).
    """
    (N, C), (F, depth, *window), (H_out, W_out) = x.shape[:2], w.shape, out.shape[2:]
    large = min(H_out, W_out) >= SIDE and N * H_out * W_out >= PLACES
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
    (C, F), (H_out, W_out) = (x.shape[1], len(w)), out.shape[2:]
    down, across = -(-H_out // 2), -(-W_out // 2)  # tiles
    width = across + 1  # of a row in memory: the last tile of a row sees one pixel more
    filters = _filter_sums(w)
    picture_bytes = 16 * (C + F) * down * width * x.itemsize

    def of_half(half: slice) -> None:
        for part in parts(len(x[half]), picture_bytes):
            maps = out[half][part]
            pixels = _pixel_sums(x[half][part], pads, (down + 1, width))
            products = np.matmul(filters, pixels[..., : down * width])  # (4, 4, n, F, down * width)
            products[1, 1] += b[:, None]  # m1 is in both outputs, once
            tiles = _outputs(_outputs(products).swapaxes(0, 1))  # (2, 2, n, F, down * width)
            for i, j in np.ndindex(2, 2):
                place = maps[:, :, i::2, j::2]
                real = tiles[i, j].reshape(-1, F, down, width)
                place[...] = real[:, :, : place.shape[2], : place.shape[3]]

    in_halves(of_half, out)


def _filter_sums(w: np.ndarray) -> np.ndarray:
    """Return the sums of taps, shape (4 across, 4 down, 1, F, C)."""
    taps = np.ascontiguousarray(w.transpose(3, 2, 0, 1))  # (3 across, 3 down, F, C)
    for _ in range(2):
        first, middle, last = taps
        mean = (first + last) / 2
        taps = np.stack([first, mean + middle / 2, mean - middle / 2, last]).swapaxes(0, 1)
    return np.ascontiguousarray(taps)[:, :, None]


def _pixel_sums(x: np.ndarray, pads: Pads, grid: tuple[int, int]) -> np.ndarray:
    """Return the sums of pixels, shape (4 across, 4 down, n, C, places of the grid).

    Every second row and every second column make a picture of their own, all on one long line. So
    the four pixels of every tile are four stretches of the line, one place apart, or one row.
    """
    n, C = x.shape[:2]
    quarters = np.zeros((2, 2, n, C, *grid), x.dtype)
    for i, j in np.ndindex(2, 2):
        top, left = (i + pads[0]) % 2, (j + pads[1]) % 2  # the first row and column of this quarter
        some = x[:, :, top::2, left::2]
        above, before = (top + pads[0]) // 2, (left + pads[1]) // 2
        place = quarters[i, j, :, :, above:, before:]
        place[:, :, : some.shape[2], : some.shape[3]] = some
    even, odd = quarters.reshape(2, -1)
    even, odd = _sums(even, odd, grid[1]).reshape(4, 2, -1).swapaxes(0, 1)
    return _sums(even, odd, 1).reshape(4, 4, n, C, -1)


def _sums(even: np.ndarray, odd: np.ndarray, step: int) -> np.ndarray:
    """Return d0 - d2, d1 + d2, d2 - d1 and d1 - d3, where d2 and d3 stand a step behind d0 and d1.

    Args:
        even: every second pixel from the first, shape (..., L).
        odd: the others, shape (..., L).
        step: places on the line from a pixel to the next of its kind.

    Returns:
        Shape (4, ..., L); zero where the line ends.
    """
    sums = np.empty_like(even, shape=(4, *even.shape))
    sums[..., -step:] = 0  # in no tile, but what lies in memory may not be a number
    d0, d1, d2, d3 = even[..., :-step], odd[..., :-step], even[..., step:], odd[..., step:]
    np.subtract(d0, d2, out=sums[0, ..., :-step])
    np.add(d1, d2, out=sums[1, ..., :-step])
    np.subtract(d2, d1, out=sums[2, ..., :-step])
    np.subtract(d1, d3, out=sums[3, ..., :-step])
    return sums


def _outputs(products: np.ndarray) -> np.ndarray:
    """Return y0 and y1 of m0 to m3: from shape (4, ...) to (2, ...)."""
    m0, m1, m2, m3 = products
    outputs = np.empty_like(m0, shape=(2, *m0.shape))
    np.add(m1, m2, out=outputs[0])
    np.subtract(m1, m2, out=outputs[1])
    outputs[0] += m0
    outputs[1] -= m3
    return outputs
