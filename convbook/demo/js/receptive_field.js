"use strict";
// Which pixels of a line an output of a stack of layers sees, layer by layer; the number in a cell
// counts the ways that lead from it to the output.

const data = readData();
const stage = Stage.open({ name: "field", label: "Receptive fields, layer by layer" });
let layers = data.layers;
let now;
let level; // the layer whose output is picked

// What one output sees, and how far apart neighbours see, in pixels of x; centre says where the
// middle of its first field lies.
function grow(fields, [F, S, D]) {
  const { size, jump, centre } = fields.at(-1);
  const wider = (F - 1) * D * jump;
  return [...fields, { size: size + wider, jump: jump * S, centre: centre + wider / 2 }];
}

function build() {
  const fields = layers.reduce(grow, [{ size: 1, jump: 1, centre: 0.5 }]);
  const { size, jump } = fields.at(-1);
  const room = Math.floor((data.widest - size) / jump) + 1;
  now = { fields, fits: room >= 1 };
  now.counts = [Math.min(data.outputs, room)];
  for (const [F, S, D] of [...layers].reverse()) now.counts.unshift((now.counts[0] - 1) * S + extent(F, D));
  level = layers.length;
  stage.sentence.classList.toggle("warn", !now.fits);
  makeLevels();
  stage.restart(now.fits ? now.counts[level] : 0);
  stage.fit({ wide: [18, 36] });
}

// How many ways lead to output i of the picked layer, for each cell of each layer below it.
function waysTo(i) {
  const ways = [Array.from({ length: now.counts[level] }, (_, k) => Number(k === i))];
  for (let l = level; l > 0; l--) {
    const [F, S, D] = layers[l - 1];
    const below = Array(now.counts[l - 1]).fill(0);
    ways[0].forEach((n, k) => {
      for (let u = 0; u < F; u++) below[k * S + u * D] += n;
    });
    ways.unshift(below);
  }
  return ways;
}

function place(l, i) {
  return now.fields[l].centre + i * now.fields[l].jump;
}

function makeLevels() {
  now.levels = [];
  notes.forEach((note, l) => {
    const { size, jump } = now.fields[l + 1];
    note.textContent = `layer ${l + 1}: sees ${pixels(size)}, jump ${jump}`;
  });
  if (!now.fits) return stage.board.replaceChildren(panel);
  const most = layers.reduce((product, [F]) => product * F, 1);
  now.counts.forEach((cols, l) => {
    const grid = new Grid({ name: l ? `out${l}` : "x", rows: 1, cols, kind: l ? "out" : "x", sample: fmt(Math.min(most, 99)) });
    grid.cells[0].forEach((cell, i) => cell.style.setProperty("--place", place(l, i) - 0.5));
    if (l) grid.onPick((_, i) => pick(l, i));
    const lines = el("div", { class: "lines" });
    if (l < layers.length) grid.node.prepend(lines);
    now.levels.push({ grid, lines });
  });
  const levels = el("div", { class: "levels" }, ...now.levels.map(({ grid }) => grid.node).reverse());
  levels.style.setProperty("--pixels", now.counts[0]);
  stage.board.replaceChildren(levels, panel);
}

function pixels(n) {
  return n === 1 ? "1 pixel" : `${n} pixels`;
}

function pick(l, i) {
  level = l;
  stage.steps = now.counts[l];
  stage.slider.max = stage.steps - 1;
  stage.go(i);
}

// Up or down to the output that lies nearest.
function climb(by) {
  const next = level + by;
  if (!now.fits || next < 1 || next > layers.length) return;
  const from = place(level, stage.step);
  const gaps = Array.from({ length: now.counts[next] }, (_, i) => Math.abs(place(next, i) - from));
  pick(next, gaps.indexOf(Math.min(...gaps)));
}

function draw(step) {
  if (!now.fits) {
    return `One output sees ${pixels(now.fields.at(-1).size)} of x, more than the ${data.widest} that fit here. Take a smaller F, S or D.`;
  }
  const ways = waysTo(step);
  now.levels.forEach(({ grid, lines }, l) => {
    const seen = l === 0 ? "on" : "done";
    grid.paint((_, i) => (ways[l]?.[i] ? { v: ways[l][i], marks: l === level ? "on" : seen } : {}));
    lines.innerHTML = l < level ? connections(l, ways[l + 1]) : "";
  });
  const met = ways[0].flatMap((n, i) => (n ? [i] : []));
  const { size, jump } = now.fields[level];
  const holes = met.length < size ? `, of which it meets ${met.length}` : "";
  const range = size === 1 ? `x[${met[0]}]` : `x[${met[0]}] to x[${met.at(-1)}]`;
  return `out${level}[${step}] sees ${range}: ${pixels(size)}${holes}. The field of its neighbour begins ${pixels(jump)} further on.`;
}

// The lines from the seen outputs of layer l + 1 down to layer l, as one drawing.
function connections(l, ways) {
  const [F, S, D] = layers[l];
  const path = ways.flatMap((n, k) =>
    Array.from({ length: n ? F : 0 }, (_, u) => `M${place(l + 1, k)} 0L${place(l, k * S + u * D)} 1`));
  return `<svg viewBox="0 0 ${now.counts[0]} 1" preserveAspectRatio="none" aria-hidden="true"><path d="${path.join("")}"/></svg>`;
}

// Below the lines: what each layer makes of size and jump, and its three numbers.
const { most } = data;
const notes = layers.map(() => el("p", { class: "rule" }));
const groups = layers.map((_, l) => {
  const field = (key, k) => ({ key: `${key}${l + 1}`, label: `${key}${l + 1}`, min: 1, max: most[k], value: layers[l][k] });
  const group = stage.settings(["F", "S", "D"].map(field), (values) => {
    layers = layers.map((layer, m) => (m === l ? Object.values(values) : layer));
    build();
  });
  group.setAttribute("aria-label", `Layer ${l + 1}`);
  return el("div", {}, notes[l], group);
});
const panel = stage.dock(el("div", { class: "panel" }, ...groups));
stage.keys = { ArrowUp: () => climb(1), ArrowDown: () => climb(-1) };
stage.draw = draw;
build();
