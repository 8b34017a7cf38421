// The page on which written answers are graded. All that counts is kept by the server: this shows
// it, and asks for changes, one after the other.
const $ = (id) => document.getElementById(id);
const FORM = document.querySelector("meta[name=form]").content;
const GONE = "Nothing was saved: the server does not answer. Start autograder answers again; what was saved before is kept.";
const DONE = "All answers are graded. Ctrl-C in the terminal ends this; autograder feedback writes the pages again.";

let question = null; // as the server tells it, with what was given since
let groups = []; // of keys of wordings
let at = 0; // which group is shown
let names = null; // of those who wrote, once asked for
let half = false; // whether the next key for points gives half a point more
let shownComment = ""; // what the field held before somebody wrote in it
const undoable = []; // lists of [id, what was given before]
let work = Promise.resolve();

history.replaceState(null, "", "/"); // the token is in a cookie by now

async function ask(path, body) {
  const options = body && { method: "POST", body: JSON.stringify(body), headers: { "X-XSRFToken": FORM } };
  let answer, content;
  try {
    answer = await fetch(`/questions/${encodeURIComponent($("questions").value)}${path}`, options || {});
    content = await answer.json();
  } catch {
    throw new Error(GONE);
  }
  if (!answer.ok && answer.status !== 409) throw new Error(content.error);
  return content;
}

// One step after the other: a key that comes while something is saved waits for it.
function then(step) {
  const clear = () => ($("problem").textContent = "");
  work = work.then(clear).then(step).catch((error) => ($("problem").textContent = error.message));
  return work;
}

const idsOf = (keys) => Object.keys(question.answers).filter((id) => keys.includes(question.answers[id].key));
const given = (id) => question.answers[id].given;
const isLeft = (keys) => idsOf(keys).some((id) => !given(id).done);
const count = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;
const unique = (values) => [...new Set(values)];

async function load() {
  question = await ask("");
  groups = question.groups;
  names = null;
  undoable.length = 0;
  $("names").setAttribute("aria-pressed", "false");
  $("question").innerHTML = question.question; // what is HTML here, the server has made harmless
  $("model").innerHTML = question.model;
  $("points").replaceChildren(...question.points.map(button));
  await show(Math.max(0, groups.findIndex(isLeft)));
}

function button(points) {
  const made = document.createElement("button");
  made.textContent = count(points, "point");
  made.value = points;
  if (Number.isInteger(points) && points < 10) made.setAttribute("aria-keyshortcuts", points);
  made.onclick = () => thenGive(points);
  return made;
}

async function show(place) {
  const keys = groups[place];
  const texts = await Promise.all(keys.map(wording));
  at = place;
  $("wordings").replaceChildren(...keys.flatMap((key, n) => framed(key, texts[n], n)));
  if (!isWriting()) {
    shownComment = $("comment").value = "";
    scrollTo(0, 0);
    $("place").focus(); // which scrolls to it where it is far below
  }
  tell();
}

async function wording(key) {
  const some = idsOf([key]).slice(0, 5); // any of them will do
  return (await ask(`/wordings/${key}?${new URLSearchParams(some.map((id) => ["id", id]))}`)).html;
}

function framed(key, html, n) {
  const whose = document.createElement("p");
  whose.className = "whose";
  whose.dataset.key = key;
  const frame = document.createElement("div");
  frame.className = "wording";
  frame.tabIndex = 0; // to be scrolled by keys
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", `Wording ${n + 1}`);
  frame.innerHTML = html;
  return [whose, frame];
}

// Who has begun to write is not disturbed by what is shown meanwhile.
const isWriting = () => document.activeElement === $("comment");
const isUnsaved = () => $("comment").value !== shownComment;

// Say all that may have changed since the wordings were put there.
function tell() {
  const keys = groups[at];
  const ids = idsOf(keys);
  const all = Object.keys(question.answers).filter((id) => question.answers[id].key);
  const lost = Object.keys(question.answers).length - all.length;
  const left = all.filter((id) => !given(id).done).length;
  $("left").textContent =
    `${left} of ${count(all.length, "answer")} left` +
    (lost ? `; ${lost} cannot be read: run autograder grade again` : "");
  $("place").textContent = `${at + 1} of ${groups.length}: ${count(ids.length, "student")}`;
  $("state").textContent = unique(ids.map(state)).sort().join("; ");
  const points = unique(ids.map((id) => (given(id).done ? given(id).points : undefined)));
  for (const one of $("points").children) {
    one.setAttribute("aria-pressed", String(points.length === 1 && points[0] === Number(one.value)));
  }
  const comments = unique(ids.map((id) => given(id).comment));
  const kept = isUnsaved();
  shownComment = comments.length === 1 ? comments[0] : "";
  if (!kept) $("comment").value = shownComment;
  $("comment").placeholder = comments.length > 1 ? "Several comments; what you write here replaces them." : "";
  $("split").hidden = keys.length < 2;
  $("undo").disabled = !undoable.length;
  for (const whose of $("wordings").querySelectorAll(".whose")) {
    const its = idsOf([whose.dataset.key]);
    whose.textContent = names ? its.map((id) => names[id]).sort().join(", ") : keys.length > 1 ? count(its.length, "student") : "";
    whose.hidden = !whose.textContent;
  }
}

function state(id) {
  const { points, done } = given(id);
  if (done) return points === null ? "No answer: 0 points" : count(points, "point");
  return points === null ? "Not graded yet" : `Handed in again. It had ${count(points, "point")} before`;
}

// Save for each answer what is to be given, made from what is given now.
async function save(ids, change) {
  const before = ids.map((id) => [id, given(id)]);
  const wanted = before.map(([id, seen]) => ({ id, key: question.answers[id].key, seen, given: change(id, seen) }));
  const { conflicts } = await ask("/save", wanted);
  for (const { id, now } of conflicts) {
    if (now) question.answers[id].given = now.given;
  }
  if (conflicts.length) {
    const place = groups.findIndex((keys) => idsOf(keys).includes(ids[0]));
    if (place !== at) await show(place);
    tell();
    throw new Error(told(conflicts));
  }
  for (const one of wanted) question.answers[one.id].given = one.given;
  return before;
}

function told(conflicts) {
  const [{ id, now, who, when }] = conflicts;
  const anew = !now || now.key !== question.answers[id].key;
  const by = who && now?.given.points !== null ? ` (last by ${who}, ${new Date(when).toLocaleString()})` : "";
  const what = anew ? "handed in again: load the page again" : `graded meanwhile: ${state(id)}${by}. Look, and give your points again`;
  return `Nothing was saved: ${conflicts.length > 1 ? `${conflicts.length} answers were` : "the answer was"} ${what}.`;
}

// Points are for what was shown when they were given: never for what comes after it, unseen.
function thenGive(points) {
  const seen = groups[at];
  half = false;
  then(() => (groups[at] === seen ? give(points) : undefined));
}

async function give(points) {
  const ids = idsOf(groups[at]);
  const text = isUnsaved() ? $("comment").value : null;
  undoable.push(await save(ids, (id, seen) => ({ points, comment: text ?? seen.comment, done: true })));
  if (text !== null) shownComment = text;
  const saved = `Saved: ${count(points, "point")} for ${count(ids.length, "answer")}.`;
  const order = groups.map((_, n) => (at + 1 + n) % groups.length);
  const next = order.find((n) => isLeft(groups[n]));
  if (next === undefined) tell();
  else await show(next);
  $("said").textContent = next === undefined ? `${saved} ${DONE}` : saved;
}

function andHalf() {
  half = question.points.includes(0.5);
  if (half) $("said").textContent = "And a half: now the key for the whole points.";
}

async function comment() {
  if (!isUnsaved()) return;
  const text = $("comment").value;
  const ids = idsOf(groups[at]);
  undoable.push(await save(ids, (id, seen) => ({ ...seen, comment: text })));
  shownComment = text;
  tell();
  $("said").textContent = `Saved: the comment on ${count(ids.length, "answer")}.`;
}

async function undo() {
  if (!undoable.length) return;
  const last = new Map(undoable.at(-1));
  const ids = [...last.keys()];
  await save(ids, (id) => last.get(id));
  undoable.pop();
  await show(groups.findIndex((keys) => idsOf(keys).includes(ids[0])));
  $("said").textContent = "Undone.";
}

async function split() {
  if (groups[at].length < 2) return;
  groups.splice(at, 1, ...groups[at].map((key) => [key]));
  await show(at);
  $("said").textContent = "Taken apart: each wording stands by itself.";
}

async function whose() {
  names = names ? null : await ask("/names");
  $("names").setAttribute("aria-pressed", String(names !== null));
  tell();
}

async function move(by) {
  await comment(); // one that could not be saved before
  await show((at + by + groups.length) % groups.length);
}

const KEYS = {
  j: () => move(1), ArrowRight: () => move(1), k: () => move(-1), ArrowLeft: () => move(-1),
  u: undo, n: whose, s: split, h: andHalf,
};

document.addEventListener("keydown", (event) => {
  const typing = ["TEXTAREA", "SELECT", "INPUT"].includes(event.target.tagName);
  if (event.target === $("comment") && event.key === "Escape") return $("place").focus();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $("keys").open || !$("single").checked) return;
  const points = /^\d$/.test(event.key) ? Number(event.key) + (half ? 0.5 : 0) : NaN;
  if (event.key === "c") $("comment").focus();
  else if (event.key === "?") $("keys").showModal();
  else if (question?.points.includes(points) && !event.repeat) thenGive(points);
  else if (KEYS[event.key] && question) then(KEYS[event.key]);
  else return;
  event.preventDefault();
});
$("comment").addEventListener("change", () => then(comment));
$("questions").addEventListener("change", () => then(load));
$("help").addEventListener("click", () => $("keys").showModal());
for (const [id, key] of Object.entries({ previous: "k", next: "j", undo: "u", names: "n", split: "s" })) {
  $(id).addEventListener("click", () => then(KEYS[key]));
}
addEventListener("beforeunload", (event) => {
  if (isUnsaved()) event.preventDefault();
});
then(load);
