"""The pictures that come with the course, as arrays in NCHW order.

In comes a name; out come pictures, with their labels where they have some, or a trained net.

- `photo("chelsea")`: one of the photographs, PHOTOS.
- `load("emoji10")`: one of the sets of labelled pictures, SETS.
- `centred(x, mean)`: such pictures as float32 with the mean taken out.
- `fetch("cifar10")`: download CIFAR-10, once.
- `pretrained()`: the trained net of lesson 12; `pretrained("emoji10")` and `pretrained("photos4")`:
  smaller ones to look at.
- `fine_tuning()`: curves of lesson 12 that take too long for its notebook.
"""

from convbook.data.cifar10 import fetch
from convbook.data.curves import fine_tuning
from convbook.data.download import DownloadError
from convbook.data.photos import PHOTOS, folder, photo
from convbook.data.pictures import Pictures, centred
from convbook.data.pretrained import Net, pretrained
from convbook.data.sets import SETS, load

__all__ = [
    "PHOTOS",
    "SETS",
    "DownloadError",
    "Net",
    "Pictures",
    "centred",
    "fetch",
    "fine_tuning",
    "folder",
    "load",
    "photo",
    "pretrained",
]
