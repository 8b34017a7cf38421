"use strict";
// A log of the device as three lanes of time: host, bus and GPU. One can move along, look closer,
// step from order to order, and change what things cost.

const data = readData();
const log = data.log.map(([kind, name, stream, bytes, flops, pinned, mark]) =>
  ({ kind, name: data.names[name], stream, bytes, flops, pinned: Boolean(pinned), mark }));
const LANES = { host: "host", bus: "bus", gpu: "GPU" };
const TABLE_ROWS = 1000;

const stage = new Stage({ name: "timeline", label: data.title, interval: 600 });
let costs = { ...data.costs };
let spans, times, before;
let view = { from: 0, to: 1 }; // seconds

// "12.5 µs", "0.725 ms": three digits, as a person reads them.
function time(seconds) {
  const [factor, unit] = seconds < 0.99995e-3 ? [1e6, "µs"] : seconds < 0.99995 ? [1e3, "ms"] : [1, "s"];
  return `${digits(seconds * factor)} ${unit}`;
}

function amount(number, unit) {
  const level = number > 0 ? Math.min(4, Math.max(0, Math.floor(Math.log10(number * 1.0005) / 3))) : 0;
  return `${digits(number / 1000 ** level)} ${["", "k", "M", "G", "T"][level]}${unit}`;
}

function digits(value) {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

// Bytes, or how many a second, with the unit written out where it stands alone.
function bytes(number) {
  return number < 1000 ? `${number} ${number === 1 ? "byte" : "bytes"}` : amount(number, "B");
}

function recompute() {
  const whole = !times || (view.from === 0 && view.to === times.total);
  spans = schedule(log, costs);
  times = measure(spans);
  times.total = times.total || 1e-6;
  before ??= times.total;
  view = whole ? { from: 0, to: times.total } : clamp(view.from, view.to);
  stage.board.querySelector("details")?.dispatchEvent(new Event("toggle"));
}

// A stretch of time that lies within the whole and is not too short to look at.
function clamp(from, to) {
  const length = Math.min(Math.max(to - from, times.total / 20000, 1e-8), times.total);
  const start = Math.min(Math.max(from, 0), times.total - length);
  return { from: start, to: length === times.total ? times.total : start + length };
}

function move(share) {
  const step = share * (view.to - view.from);
  view = clamp(view.from + step, view.to + step);
  paint();
}

// Looks closer by a factor, around a place between 0 (left) and 1: the order that is told, if it
// is in sight, else the middle.
function zoom(factor, at = told()) {
  const length = (view.to - view.from) / factor;
  const from = view.from + at * (view.to - view.from - length);
  view = clamp(from, from + length);
  paint();
}

function told() {
  const own = spans.filter(({ entry }) => entry === stage.step).at(-1);
  const at = own ? ((own.start + own.end) / 2 - view.from) / (view.to - view.from) : 0.5;
  return at >= 0 && at <= 1 ? at : 0.5;
}

function showAll() {
  view = { from: 0, to: times.total };
  paint();
}

// The part of the view that shows an order comes into sight.
function bringIn(step) {
  const own = spans.filter(({ entry }) => entry === step);
  if (!own.length) return;
  const start = Math.min(...own.map((span) => span.start));
  const end = Math.max(...own.map((span) => span.end));
  if (start >= view.from && Math.min(end, start + (view.to - view.from)) <= view.to) return;
  const length = view.to - view.from;
  view = clamp(start - length * 0.2, start + length * 0.8);
}

// ---- the lanes

const axis = el("div", { class: "axis" });
const lanes = Object.fromEntries(Object.keys(LANES).map((lane) => [lane, el("div", { class: `lane ${lane}` })]));
const link = document.createElementNS("http://www.w3.org/2000/svg", "svg");
link.setAttribute("class", "link");
const field = el("div", { class: "field-of-time" }, axis, ...Object.values(lanes), link);
const picture = el("div", { class: "lanes", "aria-hidden": "true" },
  el("div", { class: "names" }, el("span", {}), ...Object.values(LANES).map((name) => el("span", {}, name))), field);

function place(seconds) {
  return ((seconds - view.from) / (view.to - view.from)) * field.clientWidth;
}

// A bar says the longest of its texts that has room in it.
function bar(kind, start, end, ...texts) {
  const left = Math.max(place(start), -2);
  const width = Math.max(Math.min(place(end), field.clientWidth + 2) - left, 1);
  const node = el("div", { class: `bar ${kind}`, style: `left:${left}px;width:${width}px` });
  node.textContent = texts.find((text) => width > 8 * text.length + 6) ?? "";
  return node;
}

function words({ lane, kind, start, end, entry }) {
  const { name, bytes: size } = log[entry];
  if (lane === "host") return [`${kind} ${kind === "order" ? name : time(end - start)}`, kind];
  if (lane === "gpu") return [name];
  const way = kind === "upload" ? "up" : "down";
  return [`${way} ${bytes(size)}`, way];
}

// What is less than a pixel wide is drawn together with what comes right after it.
function paintLane(lane, step) {
  const nodes = [];
  const seen = spans.filter((span) => span.lane === lane && span.end >= view.from && span.start <= view.to);
  if (lane !== "host") {
    for (const { start, end } of gaps(spans, lane, times.total)) {
      if (end < view.from || start > view.to || place(end) - place(start) < 3) continue;
      nodes.push(bar("gap", start, end, `idle ${time(end - start)}`, "idle"));
    }
  }
  for (let i = 0; i < seen.length; i++) {
    const first = seen[i];
    let { end } = first;
    let here = first.entry === step;
    while (i + 1 < seen.length && seen[i + 1].kind === first.kind && place(seen[i + 1].end) - place(first.start) < 1.5) {
      end = seen[++i].end;
      here ||= seen[i].entry === step;
    }
    const node = bar(`${first.kind}${here ? " on" : ""}`, first.start, end, ...words(first));
    node.dataset.entry = first.entry;
    nodes.push(node);
  }
  lanes[lane].replaceChildren(...nodes);
}

function paintAxis() {
  const rough = ((view.to - view.from) / field.clientWidth) * 130;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const nodes = [];
  for (let n = Math.ceil(view.from / step); n * step <= view.to; n++) {
    const left = place(n * step);
    if (left > field.clientWidth - 60) break;
    nodes.push(el("span", { style: `left:${left}px` }, tick(n * step, step)));
  }
  axis.replaceChildren(...nodes);
}

function tick(seconds, step) {
  const [factor, unit] = times.total < 1e-3 ? [1e6, "µs"] : times.total < 1 ? [1e3, "ms"] : [1, "s"];
  const decimals = Math.min(Math.max(0, -Math.floor(Math.log10(step * factor) + 1e-9)), 6);
  return `${(seconds * factor).toFixed(decimals)} ${unit}`;
}

// A line from where the host orders something to where it begins.
function paintLink(step) {
  const order = spans.find(({ entry, kind }) => entry === step && kind === "order");
  const work = spans.find(({ entry, lane }) => entry === step && lane !== "host");
  link.replaceChildren();
  if (!order || !work) return;
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const [top, bottom] = [lanes.host, lanes[work.lane]].map((lane) => lane.offsetTop);
  path.setAttribute("d", `M${place(order.end)} ${top + lanes.host.offsetHeight}L${place(work.start)} ${bottom}`);
  link.append(path);
}

function paint() {
  if (!field.clientWidth) return;
  paintAxis();
  for (const lane of Object.keys(LANES)) paintLane(lane, stage.step);
  paintLink(stage.step);
  const share = (view.to - view.from) / times.total;
  seen.textContent = share > 0.9999 ? `all of ${time(times.total)}` : `${time(view.from)} to ${time(view.to)} of ${time(times.total)}`;
  paintSums();
}

// ---- what is said

function find(step, test) {
  return spans.find((span) => span.entry === step && test(span));
}

function say(step) {
  return `${step + 1}: ${SENTENCES[log[step].kind](log[step], step)}`;
}

const SENTENCES = {
  launch(entry, step) {
    const order = find(step, ({ kind }) => kind === "order");
    const work = find(step, ({ lane }) => lane === "gpu");
    const queued = work.start - (order?.end ?? work.start);
    const idle = work.start - Math.max(0, ...spans.filter((s) => s.lane === "gpu" && s.end <= work.start).map((s) => s.end));
    const waits = queued > 1e-12 ? `, ${time(queued)} after it was ordered` : "";
    const gap = idle > 1e-12 ? ` The GPU was idle for ${time(idle)} before.` : "";
    return `launch of ${entry.name}. The GPU begins at ${time(work.start)}${waits}, and takes ${time(work.end - work.start)}${why(entry)}.${gap}`;
  },
  upload(entry, step) {
    const copy = find(step, ({ kind }) => kind === "copy");
    const from = entry.pinned ? "pinned memory, which the host need not touch" : `plain memory, so the host copies for ${time(copy ? copy.end - copy.start : 0)} first`;
    return `upload of ${bytes(entry.bytes)} (${entry.name}) from ${from}. ${carried(step)}`;
  },
  download(entry, step) {
    return `download of ${bytes(entry.bytes)} (${entry.name}). ${carried(step)}`;
  },
  wait(entry, step) {
    const span = find(step, () => true);
    const what = entry.mark !== null ? "an event" : entry.stream === null ? "all that was ordered" : "the stream";
    return span
      ? `the host waits for ${what} (${entry.name}), from ${time(span.start)} to ${time(span.end)}: ${time(span.end - span.start)}.`
      : `the host asks for ${what} (${entry.name}); it is done, so nothing is waited for.`;
  },
  record: ({ stream }) => `an event is recorded in ${streamName(stream)}.`,
  follow: ({ stream }) => `${streamName(stream)} waits for an event; the host does not.`,
  compile: ({ name }) => `${name} is compiled at its first use; the host stands by for ${time(costs.compile)}.`,
};

function streamName(stream) {
  return stream === 0 ? "the default stream" : `stream ${Math.abs(stream)}`;
}

function carried(step) {
  const work = find(step, ({ lane }) => lane === "bus");
  return work ? `The bus carries it from ${time(work.start)} to ${time(work.end)}.` : "The bus has nothing to carry.";
}

function why({ bytes: size, flops }) {
  if (costs.kernel !== null) return "";
  const [moving, computing] = [size / costs.memory, flops / costs.speed];
  if (Math.max(moving, computing) <= SHORTEST) return ", the least that a kernel takes";
  return moving >= computing ? ` for ${bytes(size)} of memory` : ` for ${amount(flops, "FLOP")}`;
}

// ---- sums and table

const sums = el("table", { class: "sums" });

function paintSums() {
  const change = Math.abs(times.total / before - 1) > 1e-9 ? ` (${time(before)} before)` : "";
  const caption = el("caption", {}, `Total ${time(times.total)}${change}; bus and GPU busy together ${time(times.overlap)}`);
  const head = el("tr", {}, ...["", "busy", "waits", "busy share"].map((text) => (text ? el("th", { scope: "col" }, text) : el("td"))));
  const rows = Object.entries(LANES).map(([lane, name]) => {
    const cells = [times[lane], times.total - times[lane]].map((seconds) => el("td", { "data-v": seconds }, time(seconds)));
    const share = el("td", {}, `${Math.round((100 * times[lane]) / times.total)} %`);
    return el("tr", {}, el("th", { scope: "row" }, name), ...cells, share);
  });
  sums.replaceChildren(caption, el("thead", {}, head), el("tbody", {}, ...rows));
}

const factBox = el("div", { class: "facts", tabindex: 0, role: "region", "aria-label": "All that happened" });
const facts = el("details", {}, el("summary", {}, `Table of ${log.length} entries`), factBox);
facts.addEventListener("toggle", () => facts.open && factBox.replaceChildren(factTable()));
facts.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation());

function factTable() {
  const heads = ["", "what", "name", "ordered at", "begins", "takes", "bytes"];
  const rows = log.slice(0, TABLE_ROWS).map((entry, step) => {
    const order = find(step, ({ kind }) => kind === "order");
    const work = find(step, ({ kind }) => !["order", "copy"].includes(kind));
    const cells = [entry.kind, entry.name, order ? time(order.start) : "", work ? time(work.start) : "", work ? time(work.end - work.start) : "", entry.bytes ? bytes(entry.bytes) : ""];
    return el("tr", {}, el("th", { scope: "row" }, String(step + 1)), ...cells.map((text) => el("td", {}, text)));
  });
  const head = el("tr", {}, ...heads.map((text) => (text ? el("th", { scope: "col" }, text) : el("td"))));
  const more = log.length > TABLE_ROWS ? `The first ${TABLE_ROWS} of ${log.length}` : "In order";
  return el("table", {}, el("caption", {}, more), el("thead", {}, head), el("tbody", {}, ...rows));
}

// ---- controls

// A slider for each cost, from a tenth of what it is to ten times that.
const FIELDS = [
  { key: "launch", label: "launch cost", shown: time },
  { key: "bus", label: "bus", shown: (value) => amount(value, "B/s") },
  ...(costs.kernel === null
    ? [
        { key: "memory", label: "GPU memory", shown: (value) => amount(value, "B/s") },
        { key: "speed", label: "GPU speed", shown: (value) => amount(value, "FLOP/s") },
      ]
    : [{ key: "kernel", label: "kernel", shown: time }]),
];

const settings = FIELDS.map(({ key, label, shown }) => {
  const input = el("input", { type: "range", id: `set-${key}`, min: -20, max: 20, value: 0, step: 1 });
  const output = el("output", {});
  const show = () => {
    output.textContent = shown(costs[key]);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("keydown", (event) => /^(Arrow|Home|End|Page)/.test(event.key) && event.stopPropagation());
  input.addEventListener("input", () => {
    costs[key] = data.costs[key] * 10 ** (Number(input.value) / 20);
    show();
    refresh();
  });
  show();
  return { input, show, node: el("label", {}, el("span", {}, label, output), input) };
});

function reset() {
  costs = { ...data.costs };
  for (const { input, show } of settings) {
    input.value = 0;
    show();
  }
  refresh();
}

function refresh() {
  recompute();
  paint();
  const change = Math.abs(times.total / before - 1) > 1e-9 ? `Now ${time(times.total)} in all, ${time(before)} before. ` : "";
  stage.say(change + say(stage.step));
}

function button(id, text, label, action) {
  const node = el("button", { type: "button", id, "aria-label": label, title: label }, text);
  node.addEventListener("click", action);
  return node;
}

const seen = el("output", { class: "seen", "aria-live": "off" });
const tools = el("div", { class: "tools", role: "group", "aria-label": "Part that is shown" },
  button("earlier", "◀", "Earlier (Page Up)", () => move(-0.5)),
  button("later", "▶", "Later (Page Down)", () => move(0.5)),
  button("closer", "+", "Closer (+)", () => zoom(2)),
  button("farther", "−", "Farther (−)", () => zoom(0.5)),
  button("all", "All", "All of it (0)", showAll), seen);
const panel = el("div", { class: "panel settings", role: "group", "aria-label": "What things cost" },
  ...settings.map(({ node }) => node), button("reset", "Reset", "Costs as they were", reset));

stage.keys = {
  "+": () => zoom(2), "=": () => zoom(2), "-": () => zoom(0.5), 0: showAll,
  PageUp: () => move(-0.5), PageDown: () => move(0.5),
};

field.addEventListener("wheel", (event) => {
  if (event.ctrlKey) {
    event.preventDefault();
    zoom(2 ** (-event.deltaY / 200), (event.clientX - field.getBoundingClientRect().left) / field.clientWidth);
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    move((event.deltaX || event.deltaY) / field.clientWidth);
  }
}, { passive: false });

let grip = null; // where a drag began, and what was shown then
field.addEventListener("pointerdown", (event) => {
  grip = { x: event.clientX, view, dragged: false, target: event.target };
});
addEventListener("pointermove", (event) => {
  if (!grip) return;
  const far = event.clientX - grip.x;
  grip.dragged ||= Math.abs(far) > 4;
  if (!grip.dragged) return;
  const shift = (far / field.clientWidth) * (grip.view.to - grip.view.from);
  view = clamp(grip.view.from - shift, grip.view.to - shift);
  paint();
});
addEventListener("pointercancel", () => { grip = null; });
addEventListener("pointerup", () => {
  if (grip && !grip.dragged && grip.target.dataset.entry) stage.go(Number(grip.target.dataset.entry));
  grip = null;
});

const LEGEND = {
  order: "the host orders", copy: "the host copies to pinned memory", wait: "the host waits",
  upload: "the bus carries", launch: "the GPU works", gap: "nothing to do",
};
const legend = el("ul", { class: "legend" }, ...Object.entries(LEGEND).map(([kind, text]) =>
  el("li", {}, el("span", { class: `bar ${kind}`, "aria-hidden": "true" }), text)));
const hint = el("p", { class: "hint" }, "Drag to move; + and −, or Ctrl and the wheel, to look closer; arrow keys go from entry to entry, as does a click.");

stage.board.append(picture, tools, panel, el("div", { class: "row told" }, sums, el("div", {}, legend, hint)), facts);
stage.draw = (step) => {
  bringIn(step);
  paint();
  return say(step);
};
recompute();
stage.restart(log.length);
new ResizeObserver(paint).observe(field);
