"use strict";
// The arithmetic of the layers, on nested arrays; the tests compare it with NumPy.

// The extent of a filter with its gaps: dilation 1 means none.
function extent(F, dilation) {
  return dilation * (F - 1) + 1;
}

// How many windows fit along one side; not a whole number when the size does not fit.
function outputSize(W, F, stride, pad, dilation = 1) {
  return (W - extent(F, dilation) + 2 * pad) / stride + 1;
}

function fits(size) {
  return Number.isInteger(size) && size >= 1;
}

function zeros(rows, cols) {
  return Array.from({ length: rows }, () => Array(cols).fill(0));
}

// A map with pad rows and columns of zeros around it.
function padded(map, pad) {
  const out = zeros(map.length + 2 * pad, map[0].length + 2 * pad);
  map.forEach((row, i) => row.forEach((v, j) => (out[i + pad][j + pad] = v)));
  return out;
}

// The same cell seen from the padded map and from the map: is it padding?
function isPad(i, j, pad, H, W) {
  return i < pad || j < pad || i >= H + pad || j >= W + pad;
}

// The window at output pixel (i, j): pixel(a, b) is where tap (a, b) of the filter lies in the
// padded map, and tap(p, q) is the other way round, null for a pixel that no tap meets.
function windowAt(i, j, HH, WW, stride, dilation = 1) {
  const top = i * stride;
  const left = j * stride;
  const along = (distance, size) =>
    distance >= 0 && distance % dilation === 0 && distance / dilation < size ? distance / dilation : -1;
  return {
    pixel: (a, b) => [top + a * dilation, left + b * dilation],
    tap: (p, q) => {
      const a = along(p - top, HH);
      const b = along(q - left, WW);
      return a < 0 || b < 0 ? null : [a, b];
    },
  };
}

// table(rows, cols, f): the nested array of f(i, j).
function table(rows, cols, f) {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: cols }, (_, j) => f(i, j)));
}

function total(map) {
  return map.flat().reduce((sum, v) => sum + v, 0);
}

// The formula with its numbers, as one writes it on the board; pad null where a layer has none.
function sizeFormula(W, F, stride, pad, dilation = 1) {
  const size = outputSize(W, F, stride, pad, dilation);
  const zeros = pad === null ? "" : ` + 2*${pad}`;
  return `(${W} - ${extent(F, dilation)}${zeros})/${stride} + 1 = ${Number(size.toFixed(2))}`;
}

// Why a size does not fit, and what would: another stride, or padding where a layer has some.
function whyNot(W, F, stride, pad, dilation = 1) {
  const [strides, pads] = [5, pad === null ? -1 : 3];
  const E = extent(F, dilation);
  const spread = dilation > 1 ? ` With dilation ${dilation} the filter spans ${dilation}*(${F} - 1) + 1 = ${E} pixels.` : "";
  const start = `${sizeFormula(W, F, stride, pad, dilation)}: the filter does not fit; `;
  if (W + 2 * pad < E) {
    const picture = pad === null ? "picture" : "picture with its padding";
    return `${start}it spans ${E} pixels, and the ${picture} has ${W + 2 * pad}.${spread}`;
  }
  const left = (W - E + 2 * pad) % stride;
  const others = (n, first, size) => Array.from({ length: n }, (_, v) => v + first).filter((v) => fits(size(v)));
  const byStride = others(strides, 1, (s) => outputSize(W, F, s, pad, dilation));
  const byPad = others(pads + 1, 0, (p) => outputSize(W, F, stride, p, dilation));
  const help = [`stride ${orList(byStride)}`, ...(byPad.length ? [`padding ${orList(byPad)}`] : [])].join(", or ");
  return `${start}after the last whole step ${left === 1 ? "1 pixel is" : `${left} pixels are`} left over.${spread} What would fit: ${help}.`;
}

function orList(values) {
  return values.length < 2 ? String(values[0]) : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
