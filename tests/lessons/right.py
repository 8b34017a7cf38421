"""The right answers to a lesson: those written, and the forms that any right answer may have."""

import importlib

from autograder.course import Lesson

# What a person may do to the arrays of an answer, and be right.
FORMS = {
    "float32": "array.astype(np.float32)",
    "Fortran order": "np.asfortranarray(array)",
    "strided view": "np.repeat(array, 2, axis=-1)[..., ::2]",
    "list of lists": "array.tolist()",
}

# The exercises of the layers. Each is tried in at least STYLES ways: those written, and the forms.
LAYERS = {
    "02_convolution": ["correlate1d", "correlate2d", "conv_forward", "locally_connected_forward"],
    "03_backprop": ["relu_forward", "conv_forward"],
    "04_im2col": ["im2col", "col2im", "conv_forward_im2col"],
    "05_pooling": [
        "max_pool_forward",
        "avg_pool_forward",
        "l2_pool_forward",
        "max_pool_im2col",
        "blur_pool_forward",
    ],
    "06_fully_connected": ["affine_forward", "softmax_loss", "svm_loss"],
    "07_one_by_one_and_dilated": ["conv_1x1", "conv_forward"],
    "08_normalization": [
        "lrn_forward",
        "batchnorm_forward",
        "spatial_batchnorm_forward",
        "dropout_forward",
    ],
}
STYLES = 6

# Answers that another function, or the check, goes on to use as an array.
USED_AS_ARRAYS = {
    ("04_im2col", "im2col"),
    ("04_im2col", "col2im"),
    ("05_pooling", "max_pool_forward"),
    ("07_one_by_one_and_dilated", "conv_1x1"),
    ("07_one_by_one_and_dilated", "conv_forward"),
    ("08_normalization", "lrn_forward"),
    ("08_normalization", "batchnorm_forward"),
    ("08_normalization", "spatial_batchnorm_forward"),
}

# A forward function's cache stays as it is: it is the student's own.
_CAST = """
def _in_another_form(function):
    def cast(array):
        is_float = isinstance(array, np.ndarray) and array.dtype.kind == "f" and array.ndim > 0
        return {form} if is_float else array

    def wrapped(*args, **kwargs):
        result = function(*args, **kwargs)
        if not isinstance(result, (tuple, list)):
            return cast(result)
        answers = 1 if "_forward" in function.__name__ else len(result)
        return [*map(cast, result[:answers]), *result[answers:]]

    return wrapped


"""


def written(lesson: Lesson) -> dict[str, list[str]]:
    """Return the right answers to each exercise that people wrote."""
    return importlib.import_module(f"right_{lesson.name[:2]}").RIGHT


def in_form(lesson: Lesson, exercise: str, form: str) -> str:
    """Write the solution's cell such that its functions return their arrays in another form."""
    names = sorted(lesson.functions[exercise])
    wrap = [f"{name} = _in_another_form({name})" for name in names]
    return "\n".join([lesson.solutions[exercise], _CAST.format(form=FORMS[form]), *wrap])


def forms(lesson: Lesson, exercise: str) -> list[str]:
    """Return the forms that a right answer to an exercise may have."""
    if exercise not in LAYERS.get(lesson.name, []):
        return []
    no_lists = (lesson.name, exercise) in USED_AS_ARRAYS
    return [form for form in FORMS if not (no_lists and form == "list of lists")]


def versions(lesson: Lesson) -> dict[str, dict[str, str]]:
    """Return every right answer to each exercise, by the name of its style."""
    return {
        exercise: {str(number): source for number, source in enumerate(sources)}
        | {form: in_form(lesson, exercise, form) for form in forms(lesson, exercise)}
        for exercise, sources in written(lesson).items()
    }
