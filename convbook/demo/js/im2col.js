"use strict";
// Each window of the picture becomes one column of a matrix; a pixel that lies in several
// windows is copied several times.

const data = readData();
const C = data.x.length;
const stage = Stage.open({ name: "im2col", label: "im2col, window by window" });
let now;
let entry = 0; // the row of the matrix that is looked at

function build({ F, S, P }) {
  const x = data.x.map((map) => padded(map, P));
  const [H, W] = [data.x[0].length, data.x[0][0].length];
  const [OH, OW] = [outputSize(H, F, S, P), outputSize(W, F, S, P)];
  now = { x, H, W, F, S, P, OH, OW, fits: fits(OH) && fits(OW), rows: C * F * F };
  entry = 0;
  makeGrids();
  stage.sentence.classList.toggle("warn", !now.fits);
  size.replaceChildren(...sizeLines());
  stage.restart(now.fits ? OH * OW : 0);
  stage.fit({ wide: [24, 44], stacked: [20, 28] });
}

// Row r of the matrix is tap (u, v) of channel c, the order of w.reshape(F, -1).
function tapOf(r) {
  const { F } = now;
  return [Math.floor(r / (F * F)), Math.floor((r % (F * F)) / F), r % F];
}

// The pixel of the padded picture that stands in row r and column l of the matrix.
function pixelOf(r, l) {
  const [c, u, v] = tapOf(r);
  const [p, q] = windowAt(Math.floor(l / now.OW), l % now.OW, now.F, now.F, now.S).pixel(u, v);
  return [c, p, q];
}

function makeGrids() {
  const { x, F, P, OH, OW, rows } = now;
  const map = (name, kind, note) =>
    new Grid({ name, kind, note, rows: x[0].length, cols: x[0][0].length, sample: widest(x) });
  now.xs = x.map((_, c) => map(`x[0, ${c}]`, "x", P ? "padded" : ""));
  now.xs.forEach((grid, c) => grid.onPick((p, q) => pick(c, p, q)));
  const pictures = el("div", { class: "column" }, ...now.xs.map(({ node }) => node));
  if (!now.fits) {
    stage.board.replaceChildren(el("div", { class: "row" }, pictures, panel));
    return;
  }
  now.counts = map("copies", "count", "of each pixel");
  now.cols = new Grid({
    name: "cols", note: "rows c, u, v; columns i, j", kind: "out", rows, cols: OH * OW, sample: widest(x),
    rowHeads: Array.from({ length: rows }, (_, r) => tapOf(r).join(", ")),
    colHeads: Array.from({ length: OH * OW }, (_, l) => `${Math.floor(l / OW)}, ${l % OW}`),
  });
  now.cols.onPick((r, l) => look(r, l));
  const middle = el("div", { class: "column" }, now.counts.node, panel);
  stage.board.replaceChildren(el("div", { class: "row" }, pictures, middle, now.cols.node));
}

function sizeLines() {
  const { H, W, F, S, P, rows, OH, OW } = now;
  const lines = [sizeFormula(W, F, S, P)];
  if (H !== W) lines.unshift(sizeFormula(H, F, S, P));
  if (now.fits) lines.push(`cols.shape = (${rows}, ${OH * OW})`);
  return lines.map((line) => el("code", {}, line));
}

function look(row, column) {
  entry = row;
  stage.go(column);
}

// A pixel was tapped: go to its place in this window, or else to its first copy.
function pick(c, p, q) {
  if (!now.fits) return;
  const columns = [stage.step, ...Array(now.OH * now.OW).keys()];
  for (const l of columns) {
    for (let r = 0; r < now.rows; r++) {
      if (String(pixelOf(r, l)) === String([c, p, q])) return look(r, l);
    }
  }
}

// How often each pixel of a channel has been copied by the first so many windows.
function copies(count) {
  const times = zeros(now.x[0].length, now.x[0][0].length);
  for (let l = 0; l < count; l++) {
    for (let r = 0; r < now.F * now.F; r++) {
      const [, p, q] = pixelOf(r, l);
      times[p][q]++;
    }
  }
  return times;
}

function draw(step) {
  const { x, H, W, F, S, P, OW } = now;
  const window = now.fits ? windowAt(Math.floor(step / OW), step % OW, F, F, S) : { tap: () => null };
  const [c0, p0, q0] = now.fits ? pixelOf(entry, step) : [];
  const isPixel = (c, p, q) => c === c0 && p === p0 && q === q0;
  now.xs.forEach((grid, c) => grid.paint((p, q) => ({
    v: x[c][p][q],
    marks: `${isPad(p, q, P, H, W) ? "pad" : ""} ${isPixel(c, p, q) ? "on" : window.tap(p, q) ? "near" : ""}`,
  })));
  if (!now.fits) return fits(OW) ? whyNot(H, F, S, P, 1) : whyNot(W, F, S, P, 1);
  const times = copies(step + 1);
  now.counts.paint((p, q) => ({ v: times[p][q], marks: p === p0 && q === q0 ? "on" : `n${Math.min(times[p][q], 4)}` }));
  now.cols.paint((r, l) => (l > step ? {} : colsLook(r, l, step, isPixel)));
  now.cols.head(entry, step);
  fly(step);
  const n = times[p0][q0];
  return `Window ${Math.floor(step / OW)}, ${step % OW} becomes column ${step}: x[0, ${c0}, ${p0 - P}, ${q0 - P}] = ${fmt(x[c0][p0][q0])} goes to cols[${entry}, ${step}].${isPad(p0, q0, P, H, W) ? " It is padding." : ""} So far it was copied ${n === 1 ? "once" : `${n} times`}.`;
}

function colsLook(r, l, step, isPixel) {
  const [c, p, q] = pixelOf(r, l);
  const here = l === step;
  const marks = here && r === entry ? "on" : isPixel(c, p, q) ? "near" : here ? "fresh" : "done";
  return { v: now.x[c][p][q], marks };
}

// The numbers of a column come from the picture.
function flights(step) {
  return Array.from({ length: now.rows }, (_, r) => {
    const [c, p, q] = pixelOf(r, step);
    return [now.xs[c].cells[p][q], now.cols.cells[r][step]];
  });
}

// A new column comes flying, unless the reader asked for less motion. On a slide the stage sees to it.
let shown = -1;
function fly(step) {
  const forward = step === shown + 1;
  shown = step;
  if (stage.large || !forward || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const pair of flights(step)) {
    const [from, to] = pair.map((cell) => cell.getBoundingClientRect());
    const start = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
    pair[1].animate([{ transform: start }, { transform: "none" }], { duration: 450, easing: "ease-in-out" });
  }
}

const size = el("p", { class: "formula" });
const panel = stage.dock(el("div", { class: "panel" }, stage.settings([
  { key: "F", label: "window", min: 1, max: 4, value: data.size },
  { key: "S", label: "stride", min: 1, max: 4, value: data.stride },
  { key: "P", label: "padding", min: 0, max: 2, value: data.pad },
], build), size, el("p", { class: "hint" }, "A column is window i, j; a row is channel c and place u, v in the window. Up and down arrows move along the rows.")));
const turn = (by) => () => now.fits && look((entry + by + now.rows) % now.rows, stage.step);
stage.keys = { ArrowDown: turn(1), ArrowUp: turn(-1) };
stage.flights = (step) => (now.fits ? flights(step) : []);
stage.draw = draw;
build({ F: data.size, S: data.stride, P: data.pad });
