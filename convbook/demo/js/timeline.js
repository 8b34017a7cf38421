"use strict";
// A log of the device as three lanes of time. One can move along, look closer, step from entry to
// entry, and change what things cost.

function recompute() {
  const whole = !times || (view.from === 0 && view.to === times.total);
  spans = schedule(log, costs);
  times = measure(spans);
  times.total = times.total || 1e-6;
  before ??= times.total;
  view = whole ? { from: 0, to: times.total } : clamp(view.from, view.to);
  stage.board.querySelector("details")?.dispatchEvent(new Event("toggle"));
}

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
const panel = stage.dock(el("div", { class: "panel settings", role: "group", "aria-label": "What things cost" },
  ...settings.map(({ node }) => node), button("reset", "Reset", "Costs as they were", reset)));

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
