"use strict";
// What a small trained net makes of a picture: a column of maps for each layer, and the scores.
// The forward pass runs here, each time a picture is chosen.

const data = readData();
const pictures = unpack(data.pictures);
const [N, C0, H0, W0] = pictures.shape;
const layers = unpackLayers(data.layers);
const LAST = layers.length; // the step that shows the scores
const counts = {};
const names = layers.map(({ kind }) => `${kind} ${(counts[kind] = (counts[kind] ?? 0) + 1)}`);
const stage = Stage.open({ name: "activations", label: "Activations of a trained net, layer by layer", interval: 700 });
let chosen = 0; // number of the picture
let volumes; // the picture without its mean, then the output of each layer
let looked = [0, 0]; // layer and map that are enlarged; layer 0 is the picture

function pixelsOf(n) {
  return pictures.values.subarray(n * C0 * H0 * W0, (n + 1) * C0 * H0 * W0);
}

function volumesOf(n) {
  return forwardPass(centred(pixelsOf(n), [C0, H0, W0], data.mean), layers);
}

function strongestOf(l) {
  return Math.max(...range(volumes[l].values).map(Math.abs));
}

function paintAll() {
  const palette = colours();
  for (const [l, column] of tiles.entries()) {
    if (!column) continue;
    const strongest = strongestOf(l);
    column.forEach(({ button, node }, k) => {
      paintMap(node, mapOf(volumes[l], k), strongest, palette);
      button.setAttribute("aria-label", describe(l, k).join(", "));
    });
  }
}

// Choosing a picture.
const choices = Array.from({ length: N }, (_, n) => {
  const node = canvas(H0, W0);
  paintPixels(node, pixelsOf(n));
  const button = el("button", { type: "button", class: "tile", id: `picture-${n}`, "aria-label": `Picture ${n + 1}: ${data.classes[data.labels[n]]}` }, node);
  button.addEventListener("click", () => choose(n));
  return button;
});

function choose(n) {
  chosen = (n + N) % N;
  choices.forEach((button, k) => button.setAttribute("aria-pressed", k === chosen));
  volumes = volumesOf(chosen);
  paintAll();
  stage.pause();
  stage.show(stage.step);
}

// The maps: tiles[l][k], none for the picture and for the scores. One of them is in the order of
// the Tab key, the one that is looked at; arrow keys go on from there.
const tiles = [];

function makeColumn(l, { C, H, W }) {
  tiles[l] = Array.from({ length: C }, (_, k) => {
    const node = canvas(H, W);
    const button = el("button", { type: "button", class: "tile", tabindex: -1, id: `map-${l}-${k}` }, node);
    for (const event of ["focus", "pointerenter", "click"]) button.addEventListener(event, () => look(l, k));
    return { button, node };
  });
  const head = el("span", { class: "head" }, layers[l - 1].kind);
  return el("div", { class: "layer", id: `layer-${l}` }, head, ...tiles[l].map(({ button }) => button));
}

// A block ends with a pool.
function makeBlocks() {
  const blocks = [];
  let columns = [];
  for (let l = 1; l < LAST; l++) {
    columns.push(makeColumn(l, volumes[l]));
    if (layers[l - 1].kind !== "POOL" && l < LAST - 1) continue;
    const [from, to] = [volumes[l - columns.length], volumes[l]];
    const title = el("p", { class: "rule" }, `${from.H} × ${from.W}, pooled to ${to.H} × ${to.W}`);
    blocks.push(el("div", { class: "block" }, title, el("div", { class: "layers" }, ...columns)));
    columns = [];
  }
  const maps = el("div", { class: "blocks", role: "group", "aria-label": "Feature maps; arrow keys go from one to the next" }, ...blocks);
  maps.addEventListener("keydown", walk);
  return maps;
}

function walk(event) {
  const [dl, dk] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
  if (!dl && !dk) return;
  event.preventDefault();
  event.stopPropagation();
  const [l, k] = [looked[0] + dl, looked[1] + dk];
  if (l <= stage.step) tiles[l]?.[k]?.button.focus();
}

// Enlarging one map, or the picture.
const large = { title: el("strong"), text: el("span"), node: canvas(H0, W0) };

function describe(l, k) {
  const [low, high] = range(mapOf(volumes[l], k));
  const { C, H, W } = volumes[l];
  return [`${names[l - 1]}, map ${k + 1} of ${C}`, `${H} × ${W}`, `minimum ${fmt(low)}`, `maximum ${fmt(high)}`];
}

function look(l, k) {
  looked = [l, k];
  [large.node.width, large.node.height] = l ? [volumes[l].W, volumes[l].H] : [W0, H0];
  if (l) paintMap(large.node, mapOf(volumes[l], k), strongestOf(l), colours());
  else paintPixels(large.node, pixelsOf(chosen));
  const [title, ...rest] = l ? describe(l, k) : [`Picture: ${data.classes[data.labels[chosen]]}`, `${C0} × ${H0} × ${W0}`, "from 0 to 255"];
  large.title.textContent = title;
  large.text.textContent = rest.join(", ");
  large.node.setAttribute("aria-label", [title, ...rest].join(", "));
  tiles.forEach((column, a) => column?.forEach(({ button }, b) => {
    const here = a === l && b === k;
    button.classList.toggle("looked", here);
    button.setAttribute("tabindex", here ? 0 : -1);
  }));
  place(tiles[l]?.[k].button);
}

// On a phone the enlarged map would be far away, so it goes to the block of the small one.
function place(button) {
  const block = stage.root.dataset.layout === "stacked" && button?.closest(".block");
  const home = block || side;
  if (figure.parentNode !== home) home.append(figure);
  figure.style.top = block ? `${Math.min(button.offsetTop, block.clientHeight - figure.offsetHeight)}px` : "";
}

function strongestMap(l) {
  if (l === 0) return [0, 0];
  const { H, W, values } = volumes[l];
  return [l, Math.floor(values.indexOf(range(values)[1]) / (H * W))];
}

// One step a layer.
let drawn = null;
function draw(step) {
  tiles.forEach((column, l) => {
    const node = document.getElementById(`layer-${l}`);
    node?.classList.toggle("unseen", l > step);
    node?.classList.toggle("current", l === step);
  });
  // A new layer shows its strongest map; a new picture shows the same map again.
  if (step !== drawn) looked = strongestMap(Math.min(step, LAST - 1));
  drawn = step;
  look(...looked);
  const scores = volumes[LAST].values;
  const shares = softmax(scores);
  const best = scores.indexOf(Math.max(...scores));
  board.paint((m, column) => {
    if (step < LAST) return {};
    const v = column ? shares[m] : scores[m];
    return { v, text: column ? `${Math.round(100 * v)} %` : v.toFixed(2).replace("-", "−"), marks: m === best ? "on" : "done" };
  });
  board.head(step === LAST ? data.labels[chosen] : -1);
  return step === 0 ? pictureSentence() : step === LAST ? scoreSentence(scores, best) : SAY[layers[step - 1].kind](step);
}

function pictureSentence() {
  const [low, high] = range(volumes[0].values);
  return `The picture, ${C0} × ${H0} × ${W0}, divided by 255 and without the mean of each channel: from ${fmt(low)} to ${fmt(high)}.`;
}

const SAY = {
  CONV(l) {
    const { w, stride, pad } = layers[l - 1];
    const [F, C, HH, WW] = w.shape;
    const [low, high] = range(volumes[l].values);
    return `${names[l - 1]}: ${F} filters of ${C} × ${HH} × ${WW}, stride ${stride}, padding ${pad}, give ${F} maps of ${volumes[l].H} × ${volumes[l].W}, from ${fmt(low)} to ${fmt(high)}.`;
  },
  RELU(l) {
    const { C, values } = volumes[l];
    const empty = Array.from({ length: C }, (_, k) => mapOf(volumes[l], k)).filter((map) => map.every((v) => v === 0)).length;
    const share = Math.round((100 * values.filter((v) => v === 0).length) / values.length);
    return `${names[l - 1]}: what was below 0 is 0 now, ${share} % of all values; ${empty || "none"} of the ${C} maps ${empty === 1 ? "is" : "are"} 0 everywhere.`;
  },
  POOL(l) {
    const { size } = layers[l - 1];
    const { C, H, W } = volumes[l];
    return `${names[l - 1]}: of each ${size} × ${size} pixels the largest stays, ${C} maps of ${H} × ${W}.`;
  },
};

function scoreSentence(scores, best) {
  const right = data.labels[chosen];
  const [D, M] = layers.at(-1).w.shape;
  const verdict = best === right ? "and that is right" : `but it is ${data.classes[right]}`;
  return `FC: ${D} numbers times a matrix of ${D} × ${M} give the scores. The largest is ${fmt(scores[best])}: ${data.classes[best]}, ${verdict}.`;
}

volumes = volumesOf(0);
const board = new Grid({
  name: "scores", title: "scores", rows: data.classes.length, cols: 2, kind: "out", sample: "−10.00",
  rowHeads: data.classes, colHeads: ["score", "softmax"],
});
const choice = el("div", { class: "choice", role: "group", "aria-label": "Pictures; up and down arrows change them" }, ...choices);
large.node.setAttribute("role", "img");
const figure = el("figure", { class: "large" }, large.node, el("figcaption", {}, large.title, large.text));
const legend = el("p", { class: "hint" }, "Blue is above 0, orange below, grey is 0; full colour is the strongest value of the layer. ↑ ↓ change the picture.");
const side = el("div", { class: "side" }, choice, figure);
stage.board.append(el("div", { class: "tour" }, side, makeBlocks(), el("div", { class: "verdict" }, board.node, legend)));
stage.keys = { ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1) };
stage.draw = draw;
// The theme may change while the maps are shown.
new MutationObserver(() => {
  paintAll();
  look(...looked);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["data-shown"] });
stage.restart(LAST + 1);
stage.step = stage.large ? 0 : LAST; // in a notebook all is shown at first; Play goes through it from the start
choose(0);
stage.fit({ wide: [30, 44], middle: [36, 44], stacked: [36, 36] });
place(tiles[looked[0]]?.[looked[1]].button);
window.addEventListener("resize", () => look(...looked));
