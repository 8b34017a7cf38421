"use strict";
// Three lanes of time, host, bus and GPU: the part of it that is in sight, and how it is drawn.

const data = readData();
const log = data.log.map(([kind, name, stream, bytes, flops, pinned, mark]) =>
  ({ kind, name: data.names[name], stream, bytes, flops, pinned: Boolean(pinned), mark }));
const LANES = { host: "host", bus: "bus", gpu: "GPU" };

const stage = Stage.open({ name: "timeline", label: data.title, interval: 600 });
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

// "96 bytes", "1.05 MB".
function bytes(number) {
  return number < 1000 ? `${number} ${number === 1 ? "byte" : "bytes"}` : amount(number, "B");
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
  const letter = stage.large ? 14 : 8; // pixels
  node.textContent = texts.find((text) => width > letter * text.length + 6) ?? "";
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
  const rough = ((view.to - view.from) / field.clientWidth) * (stage.large ? 180 : 130);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const nodes = [];
  for (let n = Math.ceil(view.from / step); n * step <= view.to; n++) {
    const left = place(n * step);
    if (left > field.clientWidth - (stage.large ? 100 : 60)) break;
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
