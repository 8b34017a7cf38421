"use strict";
// A net that learns in the page. From one step of the stage to the next it trains for a while, and
// shows on the way its filters, its losses, its guesses. A worker trains as far as one asks; without
// one a recorded run is shown.

const data = readData();
const { shape: [FILTERS, , HH, WW] } = data.starts[0];
const starts = data.starts.map(unpack);
const looks = unpack(data.looks);
const [H, W] = data.size;
const stage = Stage.open({ name: "training", label: "A net learns in the page", interval: 300 });
const PACE = 60; // milliseconds from one moment to the next, at least
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let moments = []; // what is known of the run so far
let live = true;
let start = -1; // number of the noise that it began with
let [at, goal, waiting] = [0, 0, 0]; // the moment that is shown, and the one to go to

// The filters and the pictures of the clothes.
const filters = Array.from({ length: FILTERS }, (_, f) => {
  const node = canvas(HH, WW);
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", `Filter ${f}`);
  return node;
});
const clothes = Array.from({ length: data.shown }, (_, n) => {
  const picture = canvas(H, W);
  paintPixels(picture, looks.values.subarray(n * H * W, (n + 1) * H * W));
  const name = data.classes[data.labels[n]];
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", name);
  const said = el("figcaption", { class: "said" });
  return { node: el("figure", { class: "cloth" }, picture, said), said };
});

function paintFilters(values) {
  const strongest = Math.max(0.25, ...values.map(Math.abs)); // noise stays pale
  const size = HH * WW;
  filters.forEach((node, f) => paintMap(node, values.subarray(f * size, (f + 1) * size), strongest, colours()));
}

function sayGuesses(guesses) {
  guesses.forEach(({ m, p }, n) => {
    const right = m === data.labels[n];
    clothes[n].said.textContent = p < 0.11 ? "?" : data.classes[m];
    clothes[n].node.classList.toggle("right", right && p >= 0.11);
  });
}

// The losses, from log 10 downwards.
const PLOT = { width: 480, height: 226, left: 44, right: 470, top: 12, bottom: 196, most: 2.5 };
const plot = el("div", { class: "plot" });

function place(t, loss) {
  const { left, right, top, bottom, most } = PLOT;
  return [left + (t / data.steps) * (right - left), bottom - (Math.min(loss, most) / most) * (bottom - top)];
}

function drawPlot(k) {
  const { width, height, left, right, bottom } = PLOT;
  const points = moments.slice(0, k + 1).map(({ t, loss }) => place(t, loss).map((v) => v.toFixed(1)));
  const [, guessing] = place(0, Math.log(10));
  const ticks = [0, 1, 2].map((v) => `<text x="${left - 8}" y="${place(0, v)[1]}" dy="0.3em" text-anchor="end">${v}</text>`);
  plot.innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The loss, now ${moments[k].loss.toFixed(2)}">
    <path class="axis-line" d="M${left} ${PLOT.top}V${bottom}H${right}"/>
    <path class="guessing" d="M${left} ${guessing}H${right}"/>
    <text x="${right}" y="${guessing}" dy="1.15em" text-anchor="end">guessing: log 10</text>
    ${ticks.join("")}<text x="${right}" y="${height - 8}" text-anchor="end">step ${data.steps}</text>
    <polyline points="${points.join(" ")}"/><circle cx="${points.at(-1)[0]}" cy="${points.at(-1)[1]}" r="6"/></svg>`;
}

// The worker, from when it is first needed; its program stands in the data.
let worker = null;

function begin() {
  const file = URL.createObjectURL(new Blob([data.worker], { type: "text/javascript" }));
  worker = new Worker(file);
  worker.onmessage = ({ data: moment }) => (moment.failed ? showRecorded() : moments.push(moment));
  worker.onerror = showRecorded;
  worker.postMessage({ data: { ...data, worker: "" }, start: starts[start] });
}

// The worker is never far ahead, so that it rests when the page does.
function ask() {
  try {
    if (!worker) begin();
    worker.postMessage({ until: (Math.min(at + 2, goal)) * data.every });
  } catch {
    showRecorded();
  }
}

function showRecorded() {
  worker?.terminate();
  live = false;
  again.hidden = true;
  moments = data.recorded.moments.map(recordedMoment);
  goBack();
}

function recordedMoment({ t, loss, right, strongest, filters: packedFilters, guesses }) {
  const values = Float32Array.from(unpack(packedFilters).values, (v) => ((v - 128) / 127) * strongest);
  return { t, loss, right, filters: values, guesses };
}

// From moment to moment, as far as the goal; back at once.
function advance() {
  clearTimeout(waiting);
  if (goal < at) at = goal;
  if (!calm || at === goal) paint();
  if (at === goal) return;
  if (live) ask();
  waiting = setTimeout(() => {
    if (at + 1 < moments.length) at++;
    advance();
  }, PACE);
}

function paint() {
  const { filters: values, guesses } = moments[at];
  paintFilters(values);
  drawPlot(at);
  sayGuesses(guesses);
  stage.sentence.setAttribute("aria-live", at === goal ? "polite" : "off");
  stage.say(sentence());
  stage.root.dataset.moment = moments[at].t;
}

function sentence() {
  const { t, loss, right } = moments[at];
  if (t === 0) return `Before the first step: filters of noise, and all scores 0. The loss is log 10 = ${loss.toFixed(3)}.`;
  return `${live ? "" : "Recorded. "}Step ${t}: the loss is ${loss.toFixed(2)}, and of ${data.held} pictures held out ${right} are right.`;
}

stage.draw = (k) => {
  goal = k * Math.round(data.stop / (live ? data.every : moments[1].t));
  advance();
  return sentence();
};

// While it plays, it goes on when it has arrived.
const move = stage.show.bind(stage);
stage.show = (k) => (stage.timer && at !== goal ? null : move(k));

function goBack() {
  [at, goal] = [0, 0];
  stage.restart(data.steps / data.stop + 1);
}

// Another start, other filters.
const again = el("button", { type: "button", id: "again" }, "Other noise (R)");
function renew() {
  start = (start + 1) % starts.length;
  worker?.terminate();
  worker = null;
  moments = [{ ...recordedMoment(data.recorded.moments[0]), filters: starts[start].values }];
  goBack();
}
again.addEventListener("click", renew);
stage.keys = { r: renew };

stage.board.append(el("div", { class: "school" },
  captioned("its eight filters: blue above 0, orange below", el("div", { class: "filters" }, ...filters)),
  captioned(`loss on the pictures it learns from`, plot),
  el("div", { class: "wardrobe", role: "group", "aria-label": "Pictures held out, and its guesses; a right one has a frame" }, ...clothes.map(({ node }) => node)),
  again));
new MutationObserver(paint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-shown"] });
watchShown((shown) => {
  if (shown) return;
  stage.pause();
  goal = at;
});

if (isPrinted()) {
  showRecorded();
  at = moments.length - 1;
  stage.show(stage.steps - 1);
} else renew();
stage.fit({ wide: [24, 44], stacked: [14, 30] });
