"use strict";
// A fully-connected layer made for crops of F x F, its weights turned into filters that slide over
// a larger picture: which crop each cell of the map sees, and how shifted passes fill a finer map.

const data = readData();
const [F, M] = [data.size, data.w[0].length];
const D = F * F;
const stage = Stage.open({ name: "dense", label: "A fully-connected layer slides over a larger picture" });
let now;
let entry = 0; // the weight d that is looked at

function build({ W, S, passes }) {
  const half = S / 2;
  const problem = whyImpossible(W, S, passes, half);
  now = { W, S, passes, problem, x: table(W, W, (p, q) => data.x[p][q]), cells: [], fills: [] };
  if (!problem) layOut(passes === 1 ? S : half);
  makeGrids();
  stage.sentence.classList.toggle("warn", Boolean(problem));
  size.replaceChildren(...sizeLines().map((line) => el("code", {}, line)));
  stage.restart(now.cells.length);
  stage.fit({ wide: [22, 44], stacked: [20, 30] });
}

function whyImpossible(W, S, passes, half) {
  if (passes === 1) return fits(outputSize(W, F, S, 0)) ? "" : whyNot(W, F, S, null);
  if (!Number.isInteger(half)) return `Half of stride ${S} is not a whole number of pixels: take an even stride, or one pass.`;
  return fits(outputSize(W, F, half, 0)) ? "" : whyNot(W, F, half, null);
}

// The cells of the map in the order of the passes; step is the distance of two cells in pixels.
// Diagonal first, so that two passes show how much they leave empty.
function layOut(step) {
  const { W, S, passes } = now;
  const shifts = [[0, 0], [step, step], [step, 0], [0, step]].slice(0, passes);
  now.step = step;
  now.O = outputSize(W, F, step, 0);
  shifts.forEach(([a, b], pass) => {
    const before = now.cells.length;
    for (let top = a; top + F <= W; top += S) {
      for (let left = b; left + F <= W; left += S) now.cells.push({ pass, a, b, top, left, i: top / step, j: left / step });
    }
    now.fills.push(now.cells.length - before);
  });
}

// The number of entry d of a crop: row by row, as reshape takes them.
function placeOf(d) {
  return [Math.floor(d / F), d % F];
}

function score(m, { top, left }) {
  return data.b[m] + total(table(F, F, (u, v) => now.x[top + u][left + v] * data.w[u * F + v][m]));
}

function makeGrids() {
  const { W, O } = now;
  const units = [...Array(M).keys()];
  const numbers = Array.from({ length: D }, (_, d) => String(d));
  now.grid = new Grid({ name: "x[0, 0]", kind: "x", rows: W, cols: W, sample: widest(now.x) });
  now.grid.onPick(pick);
  const parts = [el("div", { class: "column" }, now.grid.node, panel)];
  if (!now.problem) {
    now.crop = new Grid({ name: "crop", kind: "x", rows: D, cols: 1, sample: widest(now.x), rowHeads: numbers });
    now.w = new Grid({ name: "w", kind: "w", rows: D, cols: M, sample: widest(data.w) });
    now.filters = units.map((m) => new Grid({ name: `filters[${m}, 0]`, kind: "w", rows: F, cols: F, sample: widest(data.w) }));
    now.outs = units.map((m) => new Grid({ name: `out[0, ${m}]`, kind: "out", rows: O, cols: O, sample: widest(now.cells.map((cell) => score(m, cell))) }));
    now.crop.onPick((d) => look(d));
    now.w.onPick((d) => look(d));
    now.filters.forEach((grid) => grid.onPick((u, v) => look(u * F + v)));
    now.outs.forEach((grid) => grid.onPick((i, j) => {
      const step = now.cells.findIndex((cell) => cell.i === i && cell.j === j);
      if (step >= 0) stage.go(step);
    }));
    const column = (grids) => el("div", { class: "column" }, ...grids.map(({ node }) => node));
    parts.push(el("div", { class: "row pair" }, now.crop.node, now.w.node), column(now.filters), column(now.outs));
  }
  stage.board.replaceChildren(el("div", { class: "row" }, ...parts));
}

function sizeLines() {
  const { W, step, O, fills, cells, problem } = now;
  if (problem) return [];
  const filled = fills.length > 1 ? `${sumText(fills)} = ${cells.length}` : String(cells.length);
  return [`(${W} - ${F})/${step} + 1 = ${O}`, `filled: ${filled} of ${O * O}`];
}

function look(d) {
  entry = d;
  stage.show(stage.step);
}

// A pixel was tapped: go to the next cell whose crop holds it.
function pick(p, q) {
  const { cells } = now;
  for (let k = 1; k <= cells.length; k++) {
    const step = (stage.step + k) % cells.length;
    const { top, left } = cells[step];
    if (p >= top && p < top + F && q >= left && q < left + F) {
      entry = (p - top) * F + (q - left);
      return stage.go(step);
    }
  }
}

function draw(step) {
  const { x, problem, cells } = now;
  if (problem) {
    now.grid.paint((p, q) => ({ v: x[p][q] }));
    return problem;
  }
  const cell = cells[step];
  const { top, left, i, j } = cell;
  const [u0, v0] = placeOf(entry);
  const inside = (p, q) => p >= top && p < top + F && q >= left && q < left + F;
  now.grid.paint((p, q) => ({
    v: x[p][q],
    marks: p === top + u0 && q === left + v0 ? "on" : inside(p, q) ? "near" : "",
  }));
  const mark = (d) => (d === entry ? "on" : "");
  now.crop.paint((d) => {
    const [u, v] = placeOf(d);
    return { v: x[top + u][left + v], marks: mark(d) || "near" };
  });
  now.crop.head(entry);
  now.w.paint((d, m) => ({ v: data.w[d][m], marks: mark(d) }));
  now.filters.forEach((grid, m) => grid.paint((u, v) => ({ v: data.w[u * F + v][m], marks: mark(u * F + v) })));
  const filled = new Map(cells.slice(0, step + 1).map((done) => [`${done.i}, ${done.j}`, done]));
  now.outs.forEach((grid, m) => grid.paint((a, b) => {
    const done = filled.get(`${a}, ${b}`);
    if (!done) return {};
    return { v: score(m, done), marks: done === cell ? "on" : done.pass === cell.pass ? "fresh" : "done" };
  }));
  return say(cell, i, j);
}

function say({ pass, a, b, top, left }, i, j) {
  const scores = data.b.map((_, m) => fmt(score(m, now.cells[stage.step])));
  const which = now.passes > 1 ? `Pass ${pass + 1} of ${now.passes}, shifted by (${a}, ${b}): cell` : "Cell";
  return `${which} ${i}, ${j} sees the crop x[:, :, ${top}:${top + F}, ${left}:${left + F}]. crop.reshape(1, ${D}) @ w + b = [${scores.join(", ")}].`;
}

const size = el("p", { class: "formula" });
const panel = stage.dock(el("div", { class: "panel" }, stage.settings([
  { key: "W", label: "picture W", min: F, max: data.x.length, value: data.W },
  { key: "S", label: "stride", min: 1, max: 4, value: data.stride },
  { key: "passes", label: "passes", min: 1, max: 4, value: data.passes },
], build), size));
const turn = (by) => () => !now.problem && look((entry + by + D) % D);
stage.keys = { ArrowDown: turn(1), ArrowUp: turn(-1) };
// The crop comes from the picture.
stage.flights = (step) => Array.from({ length: now.problem ? 0 : D }, (_, d) => {
  const [[u, v], { top, left }] = [placeOf(d), now.cells[step]];
  return [now.grid.cells[top + u][left + v], now.crop.cells[d][0]];
});
stage.draw = draw;
build({ W: data.W, S: data.stride, passes: data.passes });
