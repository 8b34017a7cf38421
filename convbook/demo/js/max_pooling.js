"use strict";
// Forward, the largest pixel of each window passes and its place, the switch, is remembered;
// backward, the gradient of each output pixel goes to that place alone, and adds up there.

const data = readData();
const stage = Stage.open({ name: "pooling", label: "Max pooling, forward and backward" });
let now;

function build({ F, S }) {
  const x = data.x;
  const [H, W] = [x.length, x[0].length];
  const [OH, OW] = [outputSize(H, F, S, 0), outputSize(W, F, S, 0)];
  now = { x, H, W, F, S, OH, OW, fits: fits(OH) && fits(OW) };
  if (now.fits) forwardAll();
  makeGrids();
  stage.sentence.classList.toggle("warn", !now.fits);
  size.replaceChildren(...sizeLines());
  stage.restart(now.fits ? 2 * OH * OW : 0);
  stage.fit({ wide: [24, 46], stacked: [20, 30] });
}

function forwardAll() {
  const { OH, OW } = now;
  now.switches = table(OH, OW, switchAt);
  now.out = now.switches.map((row) => row.map(([p, q]) => now.x[p][q]));
  now.dout = table(OH, OW, (i, j) => data.dout[i][j]);
}

// The place of the largest pixel; of several equal ones the first, row by row.
function switchAt(i, j) {
  const { x, F, S } = now;
  let best = [i * S, j * S];
  for (let p = i * S; p < i * S + F; p++) {
    for (let q = j * S; q < j * S + F; q++) {
      if (x[p][q] > x[best[0]][best[1]]) best = [p, q];
    }
  }
  return best;
}

// dx after the gradients of the first so many output pixels.
function gradient(count) {
  const { H, W, OW, switches, dout } = now;
  const dx = zeros(H, W);
  for (let s = 0; s < count; s++) {
    const [i, j] = [Math.floor(s / OW), s % OW];
    const [p, q] = switches[i][j];
    dx[p][q] += dout[i][j];
  }
  return dx;
}

function makeGrids() {
  const { H, W, OH, OW } = now;
  const grid = (name, kind, rows, cols, values) =>
    new Grid({ name, kind, rows, cols, sample: widest(values) });
  const parts = [el("div")];
  now.grids = { x: grid("x[0, 0]", "x", H, W, now.x) };
  parts[0].append(now.grids.x.node);
  if (now.fits) {
    now.grids.out = grid("out[0, 0]", "out", OH, OW, now.out);
    now.grids.switch = new Grid({ name: "switch", note: "row, col", rows: OH, cols: OW, kind: "switch", sample: `${H}, ${W}` });
    now.grids.dout = grid("dout[0, 0]", "grad", OH, OW, now.dout);
    now.grids.dx = grid("dx[0, 0]", "grad", H, W, gradient(OH * OW));
    const half = OH * OW;
    now.grids.out.onPick((i, j) => stage.go(i * OW + j));
    now.grids.dout.onPick((i, j) => stage.go(half + i * OW + j));
    const pair = (...names) => el("div", { class: "column" }, ...names.map((name) => now.grids[name].node));
    parts.push(pair("out", "switch"), pair("dout"), el("div", {}, now.grids.dx.node));
  }
  (parts[2] ?? parts[0]).append(panel);
  stage.board.replaceChildren(el("div", { class: "row" }, ...parts));
}

function sizeLines() {
  const { H, W, F, S, OH, OW } = now;
  const lines = [sizeFormula(W, F, S, null)];
  if (H !== W) lines.unshift(sizeFormula(H, F, S, null));
  if (now.fits) lines.push(`out.shape = (1, 1, ${OH}, ${OW})`);
  return lines.map((line) => el("code", {}, line));
}

function draw(step) {
  if (!now.fits) {
    now.grids.x.paint((p, q) => ({ v: now.x[p][q] }));
    return fits(now.OW) ? whyNot(now.H, now.F, now.S, null) : whyNot(now.W, now.F, now.S, null);
  }
  const half = now.OH * now.OW;
  const back = step >= half;
  const current = step % half;
  stage.root.dataset.pass = back ? "backward" : "forward";
  return (back ? drawBackward : drawForward)(current, Math.floor(current / now.OW), current % now.OW);
}

function inWindow(p, q, i, j) {
  return windowAt(i, j, now.F, now.F, now.S).tap(p, q) !== null;
}

function isAt([p, q], i, j) {
  return p === i && q === j;
}

// The picture with the window at (i, j), its maximum, and the switches of the first windows.
function paintPicture(i, j, count) {
  const { x, W, grids, switches } = now;
  const known = new Set(switches.flat().slice(0, count).map(([p, q]) => p * W + q));
  grids.x.paint((p, q) => {
    const window = isAt(switches[i][j], p, q) ? "on" : inWindow(p, q, i, j) ? "near" : "";
    return { v: x[p][q], marks: `${window} ${known.has(p * W + q) ? "won" : ""}` };
  });
}

function drawForward(current, i, j) {
  const { x, grids, out, switches, OW } = now;
  const winner = switches[i][j];
  paintPicture(i, j, current + 1);
  const done = (a, b) => a * OW + b <= current;
  const mark = (a, b) => (a === i && b === j ? "on" : "done");
  grids.out.paint((a, b) => (done(a, b) ? { v: out[a][b], marks: mark(a, b) } : {}));
  grids.switch.paint((a, b) => (done(a, b) ? switchLook(a, b, mark(a, b)) : {}));
  grids.dout.paint(() => ({}));
  grids.dx.paint(() => ({}));
  const ties = x.flatMap((row, p) => row.filter((v, q) => v === out[i][j] && inWindow(p, q, i, j))).length;
  const tie = ties > 1 ? ` It stands there ${ties} times; the first one counts.` : "";
  return `Forward: out[0, 0, ${i}, ${j}] = ${fmt(out[i][j])}, the maximum of its window, at row ${winner[0]}, column ${winner[1]}.${tie}`;
}

function switchLook(a, b, marks) {
  const [p, q] = now.switches[a][b];
  return { v: p * now.W + q, text: `${p}, ${q}`, marks };
}

function drawBackward(current, i, j) {
  const { grids, out, dout, switches, OW } = now;
  const target = switches[i][j];
  const [before, after] = [gradient(current), gradient(current + 1)];
  paintPicture(i, j, now.OH * OW);
  grids.out.paint((a, b) => ({ v: out[a][b], marks: "done" }));
  grids.switch.paint((a, b) => switchLook(a, b, a === i && b === j ? "on" : "done"));
  grids.dout.paint((a, b) => ({ v: dout[a][b], marks: a * OW + b === current ? "on" : a * OW + b < current ? "spent" : "done" }));
  grids.dx.paint((p, q) => ({
    v: after[p][q],
    marks: isAt(target, p, q) ? "on" : inWindow(p, q, i, j) ? "near" : after[p][q] ? "done" : "",
  }));
  const [p, q] = target;
  const sum = before[p][q] ? ` There it adds up: ${sumText([before[p][q], dout[i][j]])} = ${fmt(after[p][q])}.` : "";
  return `Backward: dout[0, 0, ${i}, ${j}] = ${fmt(dout[i][j])} goes to the switch, dx[0, 0, ${p}, ${q}]; the other pixels of the window get nothing.${sum}`;
}

const size = el("p", { class: "formula" });
const panel = stage.dock(el("div", { class: "panel" }, stage.settings([
  { key: "F", label: "window F", min: 1, max: 5, value: data.size },
  { key: "S", label: "stride", min: 1, max: 5, value: data.stride },
], build), size));
// Forward the largest pixel goes to the output, backward the gradient to the switch.
stage.flights = (step) => {
  if (!now.fits) return [];
  const half = now.OH * now.OW;
  const [i, j] = [Math.floor((step % half) / now.OW), (step % half) % now.OW];
  const [p, q] = now.switches[i][j];
  const { x, out, dout, dx } = now.grids;
  return step < half ? [[x.cells[p][q], out.cells[i][j]]] : [[dout.cells[i][j], dx.cells[p][q]]];
};
stage.draw = draw;
build({ F: data.size, S: data.stride });
