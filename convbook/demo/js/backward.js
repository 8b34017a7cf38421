"use strict";
// The backward pass: each output pixel's gradient flows to the window of dx, weighted by the
// filter, and to dw, weighted by the window of x. What meets there adds up.

const data = readData();
const { stride, pad, dilation } = data;
const [C, H, W] = [data.x.length, data.x[0].length, data.x[0][0].length];
const [HH, WW] = [data.w[0].length, data.w[0][0].length];
const [OH, OW] = [data.dout.length, data.dout[0].length];
const each = (f) => Array.from({ length: C }, (_, c) => f(c));

const x = data.x.map((map) => padded(map, pad));
const stage = Stage.open({ name: "backward", label: "Backward pass of a convolution, step by step" });

const windowOf = (s) => windowAt(Math.floor(s / OW), s % OW, HH, WW, stride, dilation);
const doutOf = (s) => data.dout[Math.floor(s / OW)][s % OW];

// dx (with its padding), dw and db after the gradients of the first so many output pixels.
function gradients(count) {
  const dx = each(() => zeros(H + 2 * pad, W + 2 * pad));
  const dw = each(() => zeros(HH, WW));
  let db = 0;
  for (let s = 0; s < count; s++) {
    const { pixel } = windowOf(s);
    db += doutOf(s);
    for (let c = 0; c < C; c++) {
      for (let a = 0; a < HH; a++) {
        for (let b = 0; b < WW; b++) {
          const [p, q] = pixel(a, b);
          dx[c][p][q] += doutOf(s) * data.w[c][a][b];
          dw[c][a][b] += doutOf(s) * x[c][p][q];
        }
      }
    }
  }
  return { dx, dw, db };
}

// The widest text of each grid over all steps keeps the columns still.
const all = Array.from({ length: OH * OW + 1 }, (_, s) => gradients(s));
const dout = new Grid({ name: "dout[0, 0]", rows: OH, cols: OW, kind: "grad", sample: widest(data.dout) });
const rows = each((c) => {
  const big = (name, kind, values, note) =>
    new Grid({ name, kind, note, rows: H + 2 * pad, cols: W + 2 * pad, sample: widest(values) });
  const small = (name, kind, sample, title) => new Grid({ name, title, kind, rows: HH, cols: WW, sample });
  const product = (values) => (stage.large ? widestProduct(data.dout, values) : `${widest(data.dout)}×${widest(values)}`);
  return {
    x: big(`x[0, ${c}]`, "x", x[c], pad ? "padded" : ""),
    toW: small(`dout*x[${c}]`, "product", product(x[c]), "dout × x"),
    dw: small(`dw[0, ${c}]`, "grad", widest(all.map(({ dw }) => dw[c]))),
    w: small(`w[0, ${c}]`, "w", widest(data.w[c])),
    toX: small(`dout*w[${c}]`, "product", product(data.w[c]), "dout × w"),
    dx: big(`dx[0, ${c}]`, "grad", all.map(({ dx }) => dx[c]), pad ? "padded" : ""),
  };
});
const db = el("dd", { "data-name": "db[0]" });

function arrange() {
  const lane = (rule, ...parts) => el("div", { class: "lane" }, el("p", { class: "rule" }, rule),
    el("div", { class: "row" }, ...parts));
  const column = (...grids) => el("div", { class: "column" }, ...grids.map(({ node }) => node));
  const channels = rows.map((r) => el("div", { class: "channel-row" },
    lane(stage.large ? "to dw" : "to dw: dout times the window of x", r.x.node, column(r.toW, r.dw)),
    lane(stage.large ? "to dx" : "to the window of dx: dout times w", column(r.w, r.toX), r.dx.node)));
  const start = el("div", {}, el("p", { class: "rule" }, "arrives"), dout.node,
    el("dl", { class: "total" }, el("dt", {}, "db[0]"), db));
  stage.board.append(el("div", { class: "row" }, start, el("div", {}, ...channels)));
  dout.onPick((i, j) => stage.go(i * OW + j));
}

// The last step has no output pixel left; it cuts the padding off.
function draw(step) {
  const last = step === OH * OW;
  const after = all[last ? step : step + 1];
  const tap = last ? () => null : windowOf(step).tap;
  dout.paint((i, j) => {
    const s = i * OW + j;
    return { v: data.dout[i][j], marks: s === step ? "on" : s < step ? "spent" : "done" };
  });
  rows.forEach((grids, c) => drawChannel(grids, c, step, last, tap, after));
  db.textContent = fmt(after.db);
  db.dataset.v = after.db;
  return last ? finish() : sentence(step, after);
}

function drawChannel(grids, c, step, last, tap, after) {
  const ring = (p, q) => isPad(p, q, pad, H, W);
  grids.x.paint((p, q) => ({ v: x[c][p][q], marks: `${ring(p, q) ? "pad" : ""} ${tap(p, q) ? "on" : ""}` }));
  grids.w.paint((a, b) => ({ v: data.w[c][a][b], marks: last ? "" : "on" }));
  const product = (value) => (last ? {} : {
    v: doutOf(step) * value, text: stage.large ? undefined : `${fmt(doutOf(step))}×${fmt(value)}`, marks: doutOf(step) * value === 0 ? "nil" : "",
  });
  grids.toW.paint((a, b) => {
    if (last) return {};
    const [p, q] = windowOf(step).pixel(a, b);
    return product(x[c][p][q]);
  });
  grids.toX.paint((a, b) => product(data.w[c][a][b]));
  const flows = (value) => (doutOf(step) * value === 0 ? "near" : "on");
  grids.dw.paint((a, b) => {
    const [p, q] = last ? [0, 0] : windowOf(step).pixel(a, b);
    return { v: after.dw[c][a][b], marks: last ? "done" : `done ${flows(x[c][p][q])}` };
  });
  grids.dx.paint((p, q) => {
    if (last && ring(p, q)) return { marks: "gone" };
    const met = tap(p, q);
    return { v: after.dx[c][p][q], marks: `${ring(p, q) ? "pad" : "done"} ${met ? flows(data.w[c][met[0]][met[1]]) : ""}` };
  });
}

function sentence(step, after) {
  const [i, j] = [Math.floor(step / OW), step % OW];
  return `dout[0, 0, ${i}, ${j}] = ${fmt(doutOf(step))}: dout × w is added to its window of dx, dout × (window of x) to dw, and dout itself to db, now ${fmt(after.db)}.`;
}

function finish() {
  const cut = pad ? "the padding of dx is cut off, and what had flowed there is dropped" : "nothing is to be cut off";
  return `Every gradient has arrived: ${cut}. dx.shape = (1, ${C}, ${H}, ${W}), dw.shape = (1, ${C}, ${HH}, ${WW}).`;
}

arrange();
// The products go to their windows.
stage.flights = (step) => (step === OH * OW ? [] : rows.flatMap(({ toW, dw, toX, dx }) => {
  const { pixel } = windowOf(step);
  const cells = table(HH, WW, (a, b) => {
    const [p, q] = pixel(a, b);
    return [[toW.cells[a][b], dw.cells[a][b]], [toX.cells[a][b], dx.cells[p][q]]];
  });
  return cells.flat(2);
}));
stage.draw = draw;
stage.restart(OH * OW + 1);
stage.fit({ wide: [22, C > 1 ? 32 : 40], stacked: [20, 30] });
