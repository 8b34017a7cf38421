"use strict";
// A window slides along a line of pixels and adds them up: every place where it fits, the pixels
// that are left over after the last place, and the window that would hang over the edge.

const data = readData();
const stage = Stage.open({ name: "windows", label: "Windows along a line of pixels" });
let now;

function build({ W, F, S, P }) {
  const ends = Array(P).fill(0);
  const x = [...ends, ...data.x.slice(0, W), ...ends];
  const size = outputSize(W, F, S, P);
  const whole = Math.max(Math.floor(size), 0);
  now = { x, W, F, S, P, whole, fits: fits(size) };
  now.drawn = whole + (now.fits ? 0 : 1);
  now.missing = now.fits ? 0 : whole * S + F - x.length; // pixels that the last drawn window lacks
  now.rows = Math.min(Math.ceil(F / S), now.drawn);
  makeGrids();
  stage.sentence.classList.toggle("warn", !now.fits);
  formula.replaceChildren(...sizeLines());
  stage.restart(now.fits ? whole : 0);
  stage.fit({ wide: [26, 40], stacked: [18, 30] });
}

function makeGrids() {
  const { x, P, whole, missing, rows } = now;
  const cols = x.length + missing;
  const sample = widest([x.length, ...Array.from({ length: whole }, (_, i) => sum(i))]);
  const colHeads = Array.from({ length: cols }, (_, c) => String(c));
  now.line = new Grid({ name: P ? "x_pad" : "x", kind: "x", rows: 1, cols, sample, colHeads });
  now.bars = new Grid({ name: "windows", kind: "bars", rows, cols, sample });
  now.bars.onPick((r, c) => windowIn(r, c) < stage.steps && stage.go(windowIn(r, c)));
  const parts = [now.line.node, now.bars.node];
  if (now.fits) {
    now.out = new Grid({ name: "out", kind: "out", rows: 1, cols: whole, sample });
    now.out.onPick((_, i) => stage.go(i));
    parts.push(now.out.node);
  }
  grids.replaceChildren(...parts);
}

function sizeLines() {
  const { W, F, S, P, fits, whole } = now;
  return [sizeFormula(W, F, S, P), ...(fits ? [`out.shape = (${whole},)`] : [])].map((line) => el("code", {}, line));
}

// The window drawn in row r that covers column c, or NaN; neighbours that overlap have rows of their own.
function windowIn(r, c) {
  const { F, S, rows, drawn } = now;
  for (let i = r; i < drawn; i += rows) {
    if (i * S <= c && c < i * S + F) return i;
  }
  return NaN;
}

function terms(i) {
  return now.x.slice(i * now.S, i * now.S + now.F);
}

function sum(i) {
  return terms(i).reduce((a, b) => a + b, 0);
}

function draw(step) {
  const { x, W, F, S, P, whole } = now;
  const end = (whole - 1) * S + F; // where the last whole window ends
  const covered = (c) => now.fits && c >= step * S && c < step * S + F;
  now.line.paint((_, c) => {
    if (c >= x.length) return { marks: "over" };
    const left = !now.fits && whole > 0 && c >= end ? "left" : "";
    return { v: x[c], marks: `${c < P || c >= P + W ? "pad" : ""} ${left} ${covered(c) ? "on" : ""}` };
  });
  now.bars.paint((r, c) => barLook(windowIn(r, c), c, step));
  if (!now.fits) return misfit();
  now.out.paint((_, i) => (i > step ? {} : { v: sum(i), marks: i === step ? "on" : "done" }));
  const last = step === whole - 1 ? ` It ends at the last pixel, so the size fits.` : "";
  return `Window ${step} starts at pixel ${step} * ${S} = ${step * S}${P ? " of the padded line" : ""}: ${sumText(terms(step))}${F > 1 ? ` = ${sum(step)}` : ""}.${last}`;
}

function barLook(i, c, step) {
  if (Number.isNaN(i)) return {};
  const { F, S, whole } = now;
  const inner = c < i * S + F - 1 ? "inner" : "";
  const state = i >= whole ? "over" : now.fits && i === step ? "on" : "done";
  return { v: i, text: c === i * S ? String(i) : "", marks: `${state} ${inner}` };
}

function misfit() {
  const { W, F, S, P, whole, missing } = now;
  const why = whyNot(W, F, S, P, 1);
  if (!whole) return why;
  const many = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
  return `${why} Cropping keeps ${many(whole, "window")}; ${many(missing, "more zero")} at the end would make ${whole + 1}.`;
}

// Sliders for hyperparameters, as stage.settings has number fields; arrow keys belong to the slider.
function sliders(fields, change) {
  const rows = fields.map((field) => {
    const { key, min, max, value } = field;
    const input = el("input", { type: "range", id: `set-${key}`, min, max, value, step: 1 });
    const shown = el("output", {}, String(value));
    input.addEventListener("keydown", (event) => /^(Arrow|Home|End|Page)/.test(event.key) && event.stopPropagation());
    input.addEventListener("input", () => {
      shown.textContent = input.value;
      change(Object.fromEntries(rows.map((row) => [row.key, Number(row.input.value)])));
    });
    return { key, input, node: el("label", {}, el("span", {}, stage.named(field), shown), input) };
  });
  return el("div", { class: "settings", role: "group", "aria-label": "Hyperparameters" }, ...rows.map(({ node }) => node));
}

const formula = el("p", { class: "formula" });
const panel = stage.dock(el("div", { class: "panel" }, sliders([
  { key: "W", label: "pixels W", min: 1, max: data.most.W, value: data.W },
  { key: "F", label: "window F", min: 1, max: data.most.F, value: data.F },
  { key: "S", label: "stride S", min: 1, max: data.most.S, value: data.S },
  { key: "P", label: "padding P", min: 0, max: data.most.P, value: data.P },
], build), formula));
stage.flights = (step) => [[now.bars.cells[step % now.rows][step * now.S], now.out.cells[0][step]]];
const grids = el("div", { class: "column" });
stage.board.append(grids, panel); // the panel stays where it is, or its sliders would lose the focus
stage.draw = draw;
build(data);
