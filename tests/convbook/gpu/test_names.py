"""What CuPy has beside arrays: streams, cupyx, fused kernels, DLPack; each under CuPy's name."""

import inspect
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from convbook import gpu
from convbook.gpu import module, pinned, streams

cp, cupyx = gpu.cupy, gpu.cupyx
X = np.array([1, -2, 3], dtype=np.float32)


@pytest.fixture(autouse=True)
def fresh() -> Any:
    with gpu.simulated(costs=gpu.Costs()):
        yield


# As CuPy 14.2.0 has them; where that is compiled, from its docstring. benchmark has {} for None.
SIGNATURES = {
    "asarray": "(a, dtype=None, order=None, *, copy=None, blocking=False)",
    "array": "(obj, dtype=None, copy=True, order='K', subok=False, ndmin=0, *, blocking=False)",
    "asnumpy": "(a, stream=None, order='C', out=None, *, blocking=True)",
    "copyto": "(dst, src, casting='same_kind', where=None)",
    "from_dlpack": "(array, *, device=None, copy=None)",
    "ndarray.get": "(self, stream=None, order='C', out=None, blocking=True)",
    "ndarray.set": "(self, arr, stream=None)",
    "cuda.Stream": "(null=False, non_blocking=False, ptds=False, priority=None)",
    "cuda.Stream.record": "(self, event=None)",
    "cuda.Stream.wait_event": "(self, event)",
    "cuda.Event": "(block=False, disable_timing=False, interprocess=False)",
    "cuda.get_elapsed_time": "(start_event, end_event)",
    "cuda.get_current_stream": "(device_id=-1)",
    "cuda.MemoryPool.set_limit": "(self, size=None, fraction=None)",
    "cuda.MemoryPool.free_all_blocks": "(self, stream=None)",
    "ElementwiseKernel": "(in_params, out_params, operation, name='kernel', reduce_dims=True,"
    " preamble='', no_return=False, return_tuple=False, **kwargs)",
}
BESIDE = {
    "empty_pinned": "(shape, dtype=<class 'float'>, order='C')",
    "zeros_pinned": "(shape, dtype=<class 'float'>, order='C')",
    "empty_like_pinned": "(a, dtype=None, order='K', subok=None, shape=None)",
    "zeros_like_pinned": "(a, dtype=None, order='K', subok=None, shape=None)",
    "profiler.benchmark": "(func, args=(), kwargs=None, n_repeat=10000, *, name=None, n_warmup=10,"
    " max_duration=inf, devices=None)",
}


def plainly(package: Any, path: str) -> str:
    found = package
    for name in path.split("."):
        found = getattr(found, name)
    signature = inspect.signature(found)
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    return str(inspect.Signature(bare))


@pytest.mark.parametrize("path", SIGNATURES)
def test_a_signature_is_cupys(path: str) -> None:
    assert plainly(module.cupy, path) == SIGNATURES[path]


@pytest.mark.parametrize("path", BESIDE)
def test_a_signature_is_cupyxs(path: str) -> None:
    assert plainly(module.cupyx, path) == BESIDE[path]


def test_a_stream_is_current_inside_its_with_statement() -> None:
    outer, inner = cp.cuda.Stream(non_blocking=True), cp.cuda.Stream()
    with gpu.counting() as seen:
        with outer:
            cp.ones(1)
            with inner:
                assert cp.cuda.get_current_stream() is inner
                cp.ones(1)
            cp.ones(1)
        assert cp.cuda.get_current_stream() is cp.cuda.Stream.null
        cp.ones(1)
    numbers = [entry.stream for entry in seen.log]
    assert numbers == [outer.number, inner.number, outer.number, 0]
    assert outer.number > 0 > inner.number and outer.is_non_blocking


def test_a_stream_is_done_when_the_host_has_waited_for_it() -> None:
    stream, event = cp.cuda.Stream(non_blocking=True), cp.cuda.Event()
    with stream:
        cp.ones(1000)
        event.record()
    assert not stream.done and not event.done
    cp.cuda.Stream.null.synchronize()
    assert not stream.done, "that was another one"
    event.synchronize()
    assert stream.done and event.done


def test_a_stream_that_was_made_on_another_device_is_made_again() -> None:
    stream = cp.cuda.Stream(non_blocking=True)
    for _ in range(2):
        with gpu.simulated(costs=gpu.Costs()), stream:
            assert float(cp.ones(2).sum()) == 2
    with pytest.raises(RuntimeError, match="invalid device ordinal"):
        cp.cuda.Device(1)
    with cp.cuda.Device(0) as device:
        device.synchronize()


def test_a_download_need_not_wait_and_goes_where_it_is_told() -> None:
    x, out = cp.asarray(X), cupyx.empty_pinned(3, np.float32)
    with gpu.counting() as seen:
        assert x.get(out=out, blocking=False) is out
    assert (seen.downloads, seen.waits) == (1, 0) and seen.log[0].pinned
    np.testing.assert_array_equal(out, X)
    with gpu.counting() as seen:
        cp.asnumpy(x, stream=cp.cuda.Stream(non_blocking=True))
    assert seen.log[0].stream != 0 and streams.get_current_stream() is cp.cuda.Stream.null


def test_pinned_memory_is_known_through_views() -> None:
    a = cupyx.zeros_pinned((4, 3))
    assert pinned.place(a[1:]) and pinned.place(a.reshape(-1)) and a.dtype == float
    assert not pinned.place(a.copy()) and a.sum() == 0
    like = cupyx.empty_like_pinned(X, dtype=np.float16)
    assert like.shape == X.shape and like.dtype == np.float16
    assert cupyx.zeros_like_pinned(X, shape=(2, 2)).shape == (2, 2)
    x = cp.zeros((3, 3))
    with gpu.counting() as seen:
        x.set(a[1:])
        cp.asarray(a)
        cp.asarray(a, dtype=np.float32)  # NumPy makes a copy, which is not pinned
    assert [entry.pinned for entry in seen.log] == [True, True, False]
    with pytest.raises(ValueError, match="Shape mismatch"):
        x.set(a)


def test_benchmark_measures_both_sides() -> None:
    found = cupyx.profiler.benchmark(lambda n: [cp.ones(n) for _ in range(3)], (4,), n_repeat=5)
    assert found.cpu_times.shape == (5,) and found.gpu_times.shape == (1, 5)
    assert found.cpu_times == pytest.approx(15e-6)
    assert found.gpu_times == pytest.approx(17e-6), "the last begins with its order's end"
    assert str(found).startswith("<lambda>            :    CPU:    15.000 us   +/-  0.000 (min:")
    with gpu.simulated(kernel_ms=20):
        found = cupyx.profiler.benchmark(cp.ones, (4,), n_repeat=2, name="ones")
    assert found.name == "ones" and found.gpu_times.mean() == pytest.approx(0.02, rel=1e-3)


def squared_difference(x: Any, y: Any) -> Any:
    difference = x - y
    return cp.maximum(difference * difference, 1)


@pytest.mark.parametrize(
    "fuse", [cp.fuse, cp.fuse(), cp.fuse(kernel_name="squared")], ids=["@f", "@f()", "@f(name)"]
)
def test_a_fused_function_is_one_launch_and_has_no_intermediate_arrays(fuse: Any) -> None:
    x, y = cp.asarray(np.tile(X, 100)), cp.asarray(np.ones(300, np.float32))
    with gpu.counting() as slow:
        expected = squared_difference(x, y).get()
    with gpu.counting() as seen:
        out = fuse(squared_difference)(x, y)
    assert (slow.launches, seen.launches) == (3, 1)
    assert (slow.peak, seen.peak) == (3600, 1200)
    assert seen.log[0].bytes == 3 * 1200 and seen.log[0].flops == 3 * 300
    np.testing.assert_array_equal(out.get(), expected)
    assert out.dtype == np.float32


def test_a_fused_function_may_reduce_give_several_and_work_in_place() -> None:
    @cp.fuse
    def f(x, s):
        x += s
        return cp.sum(x), cp.where(x > 0, x, 0.1 * x).astype(cp.float16)

    x = cp.asarray(X)
    with gpu.counting() as seen:
        total, leaky = f(x, 1)
    assert seen.launches == 1 and float(total) == 5 and leaky.dtype == np.float16
    np.testing.assert_array_equal(x.get(), X + 1)
    np.testing.assert_allclose(leaky.get(), [2, -0.1, 4], rtol=1e-3)


def test_without_an_array_a_fused_function_is_itself() -> None:
    assert cp.fuse(lambda x: x + 1)(2) == 3
    np.testing.assert_array_equal(cp.fuse(lambda x: x + 1)(X), X + 1)


@pytest.mark.parametrize(
    "function,says",
    [
        (lambda x: x[0], "cannot fuse getitem"),
        (lambda x: x @ x, "cannot fuse matmul"),
        (lambda x: cp.sort(x), "cannot fuse sort"),
        (lambda x: float(x), "no value is known yet"),
        (lambda x: 3, "returns arrays"),
        (lambda x: x + cp.ones(3), "only its arguments"),
    ],
)
def test_what_cannot_be_fused_says_so(function: Any, says: str) -> None:
    with pytest.raises((TypeError, NotImplementedError), match=says):
        cp.fuse(function)(cp.asarray(X))


EXPRESSIONS = {
    "z = x * y + 1": lambda x, y: x * y + 1,
    "z = (x - y) * (x - y) / 2.0f": lambda x, y: (x - y) ** 2 / 2,
    "z = x > 0 ? x : y * expf(-x)": lambda x, y: np.where(x > 0, x, y * np.exp(-x)),
    "float d = fabsf(x - y); z = d < 1 && x != y ? 0.5f * d * d : d - 0.5f": lambda x, y: np.where(
        (abs(x - y) < 1) & (x != y), 0.5 * (x - y) ** 2, abs(x - y) - 0.5
    ),
    "z = max(min(x, y), -1);": lambda x, y: np.maximum(np.minimum(x, y), -1),
    "z = !(x > y) + 1 / 2": lambda x, y: np.logical_not(x > y) + 0,
    "z = 2 - 1 - x": lambda x, y: 1 - x,
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_elementwise_kernel_computes_its_text(text: str) -> None:
    x, y = X, np.array([2, -2.5, 0], dtype=np.float32)
    kernel = cp.ElementwiseKernel("float32 x, T y", "T z", text, "kernel")
    with gpu.counting() as seen:
        z = kernel(cp.asarray(x), cp.asarray(y))
    assert seen.launches == 1 and z.dtype == np.float32 and seen.log[-1].name == "kernel"
    np.testing.assert_allclose(z.get(), EXPRESSIONS[text](x, y), rtol=1e-6)


def test_an_elementwise_kernel_takes_numbers_broadcasts_and_casts() -> None:
    kernel = cp.ElementwiseKernel("T x, T y, float32 s", "float16 z", "z = x + s * y")
    out = kernel(cp.ones((2, 1), np.float32), cp.ones(3, np.float32), 2)
    assert out.shape == (2, 3) and out.dtype == np.float16 and float(out.sum()) == 18
    copy = cp.ElementwiseKernel("T x", "T z", "z = x", return_tuple=True)
    x = cp.asarray(X)
    (y,) = copy(x)
    y[0] = 9
    assert float(x[0]) == 1


@pytest.mark.parametrize(
    "how",
    [
        ("raw T x", "T z", "z = x[i]"),
        ("T x", "T z", "for (int j = 0; j < 3; j++) z += x"),
        ("T x", "T z", "z = x[i]"),
        ("T x", "T z", "z = foo(x)"),
        ("T x", "T z", "z = w"),
        ("T x", "T z", "z = (x"),
    ],
)
def test_a_kernel_beyond_assignments_says_what_to_do(how: tuple[str, str, str]) -> None:
    with pytest.raises(NotImplementedError, match="assignments of expressions alone"):
        cp.ElementwiseKernel(*how)(cp.asarray(X))


def test_dlpack_shares_memory_on_the_device_and_copies_to_the_host_when_asked() -> None:
    x = cp.asarray(X)
    with gpu.counting() as seen:
        same = cp.from_dlpack(x)
        same[0] = 7
    assert float(x[0]) == 7 and seen.launches == 1 and x.__dlpack_device__() == (2, 0)
    with gpu.counting() as seen:
        host = np.from_dlpack(x, device="cpu")
    assert isinstance(host, np.ndarray) and host[0] == 7 and seen.downloads == 1
    with pytest.raises(RuntimeError, match="Unsupported device in DLTensor"):
        np.from_dlpack(x)
    with pytest.raises(RuntimeError, match="Upload it"):
        cp.from_dlpack(X)


def test_float16_stays_float16_and_underflows() -> None:
    x = cp.asarray(X, dtype=cp.float16)
    assert x.nbytes == 6 and (x @ x).dtype == (x * 2 + 1).dtype == np.float16
    assert float(cp.float16(1e-8) * x[0]) == 0
    assert x.astype(cp.float32).dtype == np.float32


LACKS = {
    "cp.RawKernel": "convbook.cuda",
    "cp.linalg.svd": "compute it on the host, or run this where there is a GPU",
    "cp.fft.fft": "compute it on the host",
    "cp.testing": "run this where there is a GPU",
    "cp.cuda.Graph": "cp.fuse",
    "cupyx.jit": "run this where there is a GPU",
    "cupyx.scatter_add": "cp.add.at",
    "x.view": "astype",
    "x.strides": "no addresses",
    "cp.cuda.Stream.null.launch_host_func": "run this where there is a GPU",
    "cp.cuda.Device(0).mem_info": "run this where there is a GPU",
    "cp.get_default_memory_pool().malloc": "run this where there is a GPU",
    "cupyx.profiler.time_range": "run this where there is a GPU",
}


@pytest.mark.parametrize("text", LACKS)
def test_what_the_device_lacks_is_named_with_what_to_use(text: str) -> None:
    x = cp.asarray(X)
    with pytest.raises(AttributeError) as caught:
        eval(text, {"cp": cp, "cupyx": cupyx, "x": x})
    said = str(caught.value)
    assert said.startswith("CuPy 14.2.0 has ") and "Instead: " in said and LACKS[text] in said
    assert text.rpartition(".")[2] in said


@pytest.mark.parametrize(
    "text", ["cp.nditer", "cupyx.foo", "cp.cuda.foo", "x.foo", "cp.cuda.Event().foo"]
)
def test_what_cupy_lacks_too_says_that(text: str) -> None:
    with pytest.raises(AttributeError, match="has no attribute"):
        eval(text, {"cp": cp, "cupyx": cupyx, "x": cp.asarray(X)})


IMPORTS = """
from convbook import gpu
assert "cupy" not in sys.modules and gpu.real() is None and "cupy" not in sys.modules
import cupy as cp, cupyx
from cupyx.profiler import benchmark
import cupy.cuda
x = cp.asarray(cupyx.zeros_pinned(3))
assert isinstance(x, gpu.cupy.ndarray) and gpu.is_simulated()
benchmark(lambda: x + 1, n_repeat=2)
try:
    import cupyx.scipy
except ImportError as error:
    print(error)
"""


@pytest.mark.skipif(gpu.real() is not None, reason="there is a real CuPy")
def test_a_plain_import_finds_the_simulated_modules() -> None:
    code = f"import sys\n{IMPORTS}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "No module named 'cupyx.scipy'\n", done.stderr
