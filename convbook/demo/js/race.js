"use strict";
// Threads that take turns, one access each. A thread that writes what it has made of an old number
// undoes what others wrote since: that is said, and marked.

const data = readData();
const stage = Stage.open({ name: "race", label: "Threads that meet at one number" });
const steps = data.steps.map((step, s) => ({ ...step, lost: lostBy(step, s) }));
const threads = [...new Set(steps.map(({ thread }) => thread))].sort((a, b) => a - b);
const place = ({ array, element }) => `${array}[${element}]`;

// The steps of others that wrote here since this thread read: what they did is lost.
function lostBy(step, s) {
  if (step.does !== "writes") return [];
  const here = (other) => other.array === step.array && other.element === step.element;
  const earlier = data.steps.slice(0, s);
  const read = earlier.findLastIndex((other) => here(other) && other.thread === step.thread && other.does === "reads");
  return earlier.filter((other, i) => i > read && read >= 0 && here(other) && other.does !== "reads" && other.thread !== step.thread);
}

// Column c of a thread's row is its access number c.
const row = new Map(threads.map((t) => [t, []]));
steps.forEach((step, s) => row.get(step.thread).push(s));
const most = Math.max(...[...row.values()].map((own) => own.length));

function textOf(step) {
  const sign = { reads: "=", writes: "←" }[step.does] ?? "⇐";
  return `${place(step)} ${sign} ${fmt(step.value)}`;
}

const turns = new Grid({
  name: "threads", title: "threads, and what each does", label: "what each thread does", kind: "turns",
  rows: threads.length, cols: most, sample: steps.map(textOf).reduce((a, b) => (b.length > a.length ? b : a)),
  rowHeads: threads.map(String), colHeads: Array.from({ length: most }, (_, c) => `access ${c + 1}`),
});
const memory = new Grid({
  name: data.array, kind: "out", rows: 1, cols: data.before.length,
  sample: widest([data.before, steps.map(({ value }) => value)]),
  colHeads: data.before.map((_, e) => String(e)),
});
turns.onPick((r, c) => row.get(threads[r])[c] !== undefined && stage.go(row.get(threads[r])[c]));

function marks(s, step) {
  const state = s === step ? "on" : s < step ? "done" : "";
  return `${state} ${s <= step && steps[s].lost.length ? "lost" : ""}`;
}

function draw(step) {
  turns.paint((r, c) => {
    const s = row.get(threads[r])[c];
    return s === undefined || s > step ? {} : { v: steps[s].value, text: textOf(steps[s]), marks: marks(s, step) };
  });
  turns.head(threads.indexOf(steps[step].thread), -1);
  const now = [...data.before];
  for (const { array, element, value, does } of steps.slice(0, step + 1)) {
    if (array === data.array && does !== "reads") now[element] = value;
  }
  const touched = steps[step].array === data.array ? steps[step].element : -1;
  memory.paint((_, e) => ({ v: now[e], marks: e === touched ? "on" : "done" }));
  stage.sentence.classList.toggle("warn", steps[step].lost.length > 0);
  return sentence(steps[step]);
}

function sentence(step) {
  const { thread, does, value, lost } = step;
  if (does === "reads") return `Thread ${thread} reads ${place(step)}, which is ${fmt(value)}.`;
  if (does !== "writes") return `Thread ${thread} changes ${place(step)} in one go: it is ${fmt(value)} now.`;
  const who = [...new Set(lost.map((other) => other.thread))];
  const names = who.length > 1 ? `threads ${who.slice(0, -1).join(", ")} and ${who.at(-1)} have` : `thread ${who[0]} has`;
  const loss = who.length ? ` But ${names} written there since it read: that is lost.` : "";
  return `Thread ${thread} writes ${fmt(value)} into ${place(step)}.${loss}`;
}

stage.board.append(el("div", { class: "column" }, turns.node, memory.node));
stage.draw = draw;
stage.restart(steps.length);
stage.fit({ wide: [26, 34], stacked: [20, 26] });
