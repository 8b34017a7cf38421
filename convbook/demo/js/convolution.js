"use strict";
// The forward pass: a filter stops at every place of the picture, and each stop gives one number.

const data = readData();
const [C, K] = [data.x.length, data.w.length];
const given = { H: data.H, W: data.W, HH: data.HH, WW: data.WW, S: data.stride, P: data.pad, D: data.dilation };
const square = given.H === given.W && given.HH === given.WW;
const stage = Stage.open({ name: "convolution", label: "Convolution, step by step" });
let now; // what is shown: sizes, arrays and grids

// The layer under these hyperparameters. data holds more than the given size of x and w, so that
// the user may ask for a larger picture or filter and keeps the numbers already seen.
function layer({ H, W, HH, WW, S, P, D }) {
  const cut = (map, rows, cols) => map.slice(0, rows).map((row) => row.slice(0, cols));
  const x = data.x.map((map) => padded(cut(map, H, W), P));
  const w = data.w.map((filter) => filter.map((map) => cut(map, HH, WW)));
  const [OH, OW] = [outputSize(H, HH, S, P, D), outputSize(W, WW, S, P, D)];
  return { H, W, HH, WW, S, P, D, x, w, OH, OW, fits: fits(OH) && fits(OW) };
}

// The products of filter k and the window at (i, j), by channel: products[c][a][b] = w * x.
function products(k, i, j) {
  const { x, w, HH, WW, S, D } = now;
  const window = windowAt(i, j, HH, WW, S, D);
  return x.map((map, c) =>
    table(HH, WW, (a, b) => {
      const [p, q] = window.pixel(a, b);
      return w[k][c][a][b] * map[p][q];
    }),
  );
}

function outputAt(k, i, j) {
  return products(k, i, j).reduce((sum, map) => sum + total(map), data.b[k]);
}

// Filters in turn, each over all rows and columns.
function place(step) {
  const { OH, OW } = now;
  return [Math.floor(step / (OH * OW)), Math.floor((step % (OH * OW)) / OW), step % OW];
}

function build(hyper) {
  now = layer(hyper);
  const { x, HH, WW, OH, OW, D, P } = now;
  const each = (n, f) => Array.from({ length: n }, (_, i) => f(i));
  now.xs = each(C, (c) => new Grid({
    name: `x[0, ${c}]`, note: P ? "padded" : "", kind: "x",
    rows: x[c].length, cols: x[c][0].length, sample: widest(x),
  }));
  now.filters = each(K, (k) => each(C, (c) => filterFigure(k, c, HH, WW)));
  now.totals = each(K, totalList);
  now.values = each(now.fits ? K : 0, (k) => table(OH, OW, (i, j) => outputAt(k, i, j)));
  now.outs = now.fits ? each(K, (k) => {
    const grid = new Grid({ name: `out[0, ${k}]`, rows: OH, cols: OW, kind: "out", sample: widest(now.values[k]) });
    grid.onPick((i, j) => stage.go((k * OH + i) * OW + j));
    return grid;
  }) : [];
  arrange();
  stage.restart(now.fits ? K * OH * OW : 0);
  stage.sentence.classList.toggle("warn", !now.fits);
  size.replaceChildren(...sizeLines());
  stage.fit({ wide: [20, 30], middle: [20, 30], beside: [20, 30], stacked: [20, 26] });
}

function filterFigure(k, c, HH, WW) {
  const sample = stage.large ? widestProduct(now.w, now.x) : `${widest(now.w)}×${widest(now.x)}`;
  const w = new Grid({ name: `w[${k}, ${c}]`, rows: HH, cols: WW, kind: "w", sample: widest(now.w) });
  const product = new Grid({ name: `product[${k}, ${c}]`, title: "w × x", rows: HH, cols: WW, kind: "product", sample });
  return { w, product, node: el("div", { class: "filter" }, w.node, product.node) };
}

// The sum as one adds by hand: a line a channel, the bias, the total.
function totalList(k) {
  const rows = [...data.x.map((_, c) => [`channel ${c}`, `sum[${k}, ${c}]`]), [`bias b[${k}]`, `b[${k}]`], ["total", `total[${k}]`]];
  const numbers = rows.map(([, name]) => el("dd", { "data-name": name }));
  const node = el("dl", { class: "total" }, ...rows.flatMap(([label], r) => [el("dt", {}, label), numbers[r]]));
  return { node, numbers };
}

// Columns are channels, rows are filters; demo.css stacks them where there is no room.
function arrange() {
  const at = (node, row, column) => {
    node.style.setProperty("--row", row);
    node.style.setProperty("--column", column);
    return node;
  };
  const channels = now.xs.map((grid, c) => {
    const parts = now.filters.map((filter, k) => at(filter[c].node, k + 2, c + 1));
    return el("div", { class: "channel" }, at(grid.node, 1, c + 1), ...parts);
  });
  const totals = now.totals.map(({ node }, k) => at(node, k + 2, C + 1));
  const outs = now.outs.map(({ node }, k) => at(node, k + 2, C + 2));
  stage.board.style.setProperty("--channels", C);
  stage.board.style.setProperty("--filters", K);
  const results = el("div", { class: "results" }, ...totals, ...outs);
  stage.board.replaceChildren(...channels, results, at(panel, 1, C + 1));
}

function sizeLines() {
  const { H, W, HH, WW, S, P, D, OH, OW } = now;
  const lines = [sizeFormula(W, WW, S, P, D)];
  if (!square) lines.unshift(sizeFormula(H, HH, S, P, D));
  if (now.fits) lines.push(`out.shape = (1, ${K}, ${OH}, ${OW})`);
  return lines.map((line) => el("code", {}, line));
}

function draw(step) {
  const [k, i, j] = now.fits ? place(step) : [null, 0, 0];
  drawPictures(i, j);
  const parts = now.fits ? products(k, i, j) : null;
  now.filters.forEach((filter, f) => filter.forEach(({ w, product, node }, c) => {
    node.classList.toggle("idle", f !== k);
    w.paint((a, b) => ({ v: now.w[f][c][a][b], marks: f === k ? "on" : "" }));
    product.paint((a, b) => (f === k ? productLook(k, c, a, b, parts[c][a][b]) : {}));
  }));
  if (!now.fits) return drawTotals(null) ?? whyNotHere();
  now.outs.forEach((grid, f) => grid.paint((a, b) => {
    const index = (f * now.OH + a) * now.OW + b;
    return index > step ? {} : { v: now.values[f][a][b], marks: index === step ? "on" : "done" };
  }));
  const sums = parts.map(total);
  const value = now.values[k][i][j];
  drawTotals(k, [...sums, data.b[k], value]);
  return `out[0, ${k}, ${i}, ${j}] = ${sumText(sums)} (channels) ${data.b[k] < 0 ? "−" : "+"} ${fmt(Math.abs(data.b[k]))} (bias) = ${fmt(value)}`;
}

function drawPictures(i, j) {
  const { x, H, W, HH, WW, S, P, D } = now;
  const window = windowAt(i, j, HH, WW, S, D);
  // Where nothing fits, the pixels that the last whole step leaves over are marked.
  const reach = (size, F) => Math.floor((size + 2 * P - extent(F, D)) / S) * S + extent(F, D);
  const mark = (p, q) => {
    if (now.fits) return window.tap(p, q) ? "on" : "";
    return p >= reach(H, HH) || q >= reach(W, WW) ? "left" : "";
  };
  now.xs.forEach((grid, c) => grid.paint((p, q) => ({
    v: x[c][p][q],
    marks: `${isPad(p, q, P, H, W) ? "pad" : ""} ${mark(p, q)}`,
  })));
}

function productLook(k, c, a, b, value) {
  const weight = now.w[k][c][a][b];
  const [p, q] = windowAt(...place(stage.step).slice(1), now.HH, now.WW, now.S, now.D).pixel(a, b);
  const text = stage.large ? fmt(value) : `${fmt(weight)}×${fmt(now.x[c][p][q])}`;
  return { v: value, text, marks: value === 0 ? "nil" : "" };
}

function drawTotals(k, values) {
  now.totals.forEach(({ node, numbers }, f) => {
    node.classList.toggle("idle", f !== k);
    numbers.forEach((dd, r) => {
      const value = f === k ? values[r] : r === C ? data.b[f] : null;
      dd.textContent = value === null ? "" : fmt(value);
      dd.dataset.v = value ?? "";
    });
  });
}

function whyNotHere() {
  const { H, W, HH, WW, S, P, D } = now;
  return fits(now.OW) ? whyNot(H, HH, S, P, D) : whyNot(W, WW, S, P, D);
}

const fields = [
  { key: "S", label: "stride", min: 1, max: 5, value: given.S },
  { key: "P", label: "padding", min: 0, max: 3, value: given.P },
  { key: "D", label: "dilation", min: 1, max: 3, value: given.D },
];
if (square) {
  fields.unshift({ key: "F", label: "filter F", min: 1, max: data.w[0][0].length, value: given.HH });
  fields.unshift({ key: "W", label: "size W", min: 1, max: data.x[0].length, value: given.W });
}
const size = el("p", { class: "formula" });
const panel = stage.dock(el("div", { class: "panel" }, stage.settings(fields, ({ W, F, ...rest }) => {
  build(square ? { H: W, W, HH: F, WW: F, ...rest } : { ...given, ...rest });
}), size));
stage.flights = (step) => {
  const [k, i, j] = place(step);
  return now.filters[k].map(({ product }) => [product.cells[0][0], now.outs[k].cells[i][j]]).slice(-1);
};
stage.draw = draw;
build(given);
