"use strict";
// What a timeline says: a sentence for each entry, the sums, and all of it as a table.

const TABLE_ROWS = 1000;

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

const sums = el("table", { class: "sums" });

function paintSums() {
  const change = Math.abs(times.total / before - 1) > 1e-9 ? ` (${time(before)} before)` : "";
  const caption = el("caption", {}, `Total ${time(times.total)}${change}; bus and GPU busy together ${time(times.overlap)}`);
  const head = el("tr", {}, ...["", "busy", "idle", "busy share"].map((text) => (text ? el("th", { scope: "col" }, text) : el("td"))));
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
