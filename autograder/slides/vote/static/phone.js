"use strict";
// Shows what is asked now, and sends what is tapped. What others chose does not come here.

const title = document.getElementById("title");
const options = document.getElementById("options");
const said = document.getElementById("said");
const PATIENCE = 4000; // milliseconds without a connection before it is said, or tried anew

let vote = null;
let lost = null;
connect();

function connect() {
  const events = new EventSource("events");
  events.onmessage = ({ data }) => show(JSON.parse(data));
  events.onopen = () => {
    clearTimeout(lost);
    lost = null;
  };
  events.onerror = () => {
    lost ??= setTimeout(() => retry(events), PATIENCE);
  };
}

// A browser comes back by itself to a server that went away, but not to one that refused it.
function retry(events) {
  lost = null;
  say("No connection. Trying again.");
  events.close();
  connect();
}

function show(now) {
  if (now?.round !== vote?.round) build(now);
  vote = now;
  for (const [i, button] of [...options.children].entries()) {
    button.disabled = !vote.open;
    button.setAttribute("aria-pressed", String(i === vote.yours));
  }
  say(state());
}

function build(now) {
  title.textContent = now?.title ?? "No vote is open";
  options.replaceChildren(...(now?.options ?? []).map(button));
}

function button(text, i) {
  const made = document.createElement("button");
  const letter = document.createElement("b");
  letter.textContent = name(i);
  made.append(letter, text && ` ${text}`);
  made.onclick = () => send(i);
  return made;
}

const name = (i) => String.fromCharCode(65 + i);

function state() {
  if (!vote) return "Keep this page. The next question appears here.";
  const yours = vote.yours === null ? "" : `You voted ${name(vote.yours)}.`;
  if (!vote.open) return `The vote is closed. ${yours || "You did not vote."}`;
  return yours ? `${yours} You may change it.` : "Tap your answer.";
}

async function send(choice) {
  const { round } = vote;
  try {
    const answer = await fetch("vote", { method: "POST", body: JSON.stringify({ round, choice }) });
    if (!answer.ok) return say((await answer.json()).error);
    if (vote?.round === round) show({ ...vote, yours: choice });
  } catch {
    say("Your vote did not arrive. Tap again.");
  }
}

// The same words twice are not read out twice.
function say(words) {
  if (said.textContent !== words) said.textContent = words;
}
