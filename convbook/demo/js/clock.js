"use strict";
// When host, bus and GPU are busy. The same as convbook/gpu/clock.py, where the model is explained.

const SHORTEST = 2e-6; // seconds of a kernel that has next to nothing to do

// log: [{kind, name, stream, bytes, flops, pinned, mark}]; costs: as gpu.Costs.
// Returns spans [{lane, kind, start, end, entry}], times in seconds.
function schedule(log, costs) {
  const streams = new Map();
  const marks = new Map();
  const spans = [];
  let host = 0, bus = 0, gpu = 0;
  const ready = (stream) => {
    const waits = (other) => stream === null || other === stream || (stream === 0 && other < 0) || (stream < 0 && other === 0);
    return Math.max(0, ...[...streams].filter(([other]) => waits(other)).map(([, until]) => until));
  };
  log.forEach((entry, number) => {
    const span = (lane, kind, start, end) => end > start && spans.push({ lane, kind, start, end, entry: number });
    const spend = (kind, seconds) => {
      span("host", kind, host, host + seconds);
      host += seconds;
    };
    const { kind, stream, bytes, flops, pinned, mark } = entry;
    if (kind === "launch") {
      spend("order", costs.launch);
      const start = Math.max(host, gpu, ready(stream));
      gpu = start + (costs.kernel ?? Math.max(SHORTEST, bytes / costs.memory, flops / costs.speed));
      streams.set(stream, gpu);
      span("gpu", kind, start, gpu);
    } else if (kind === "upload" || kind === "download") {
      if (kind === "upload" && !pinned) spend("copy", bytes / costs.copy);
      spend("order", costs.launch);
      const start = Math.max(host, bus, ready(stream));
      bus = start + bytes / costs.bus;
      streams.set(stream, bus);
      span("bus", kind, start, bus);
    } else if (kind === "wait") {
      const until = Math.max(host, mark === null ? ready(stream) : marks.get(mark) ?? 0);
      span("host", "wait", host, until);
      host = until;
    } else if (kind === "record") {
      marks.set(mark, Math.max(host, ready(stream)));
    } else if (kind === "follow") {
      streams.set(stream, Math.max(ready(stream), marks.get(mark) ?? 0));
    } else if (kind === "compile") {
      spend("compile", costs.compile);
    }
  });
  return spans;
}

// How long who was busy, in seconds: {total, host, bus, gpu, overlap}.
function measure(spans) {
  const found = { total: 0, host: 0, bus: 0, gpu: 0, overlap: 0 };
  for (const { lane, kind, start, end } of spans) {
    found.total = Math.max(found.total, end);
    if (kind !== "wait") found[lane] += end - start;
  }
  const [some, others] = ["bus", "gpu"].map((name) => spans.filter(({ lane }) => lane === name));
  for (let i = 0, j = 0; i < some.length && j < others.length; ) {
    const [a, b] = [some[i], others[j]];
    found.overlap += Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
    if (a.end < b.end) i++;
    else j++;
  }
  return found;
}

// Where a lane has nothing to do, from 0 to the end: [{start, end}].
function gaps(spans, name, total) {
  const found = [];
  let at = 0;
  for (const { lane, start, end } of spans) {
    if (lane !== name) continue;
    if (start > at) found.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (total > at) found.push({ start: at, end: total });
  return found;
}
