"use strict";
// A minute in which the room thinks: M starts it, and M ends it. So does turning the page, or
// showing an answer.

const MINUTE = 60_000; // milliseconds
const timer = { node: null, said: null, ends: 0, ticking: 0 };

function setUpTimer() {
  const add = (name, attributes) => {
    const node = Object.assign(document.createElement("div"), { className: name });
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return document.querySelector(".reveal").appendChild(node);
  };
  timer.node = add("timer", { "aria-hidden": "true", hidden: "" });
  timer.said = add("timer-said", { role: "status" });
  Reveal.addKeyBinding({ keyCode: 77, key: "M", description: "A minute to think; again: end it" }, switchTimer);
  Reveal.on("slidechanged", endTimer);
  Reveal.on("fragmentshown", endTimer);
}

function switchTimer() {
  if (!timer.node.hidden) return endTimer();
  timer.ends = Date.now() + MINUTE;
  timer.node.hidden = false;
  timer.ticking = setInterval(tick, 100);
  tick();
}

function tick() {
  const left = Math.max(0, Math.ceil((timer.ends - Date.now()) / 1000)); // seconds
  timer.node.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  timer.node.classList.toggle("over", left === 0);
  if (left > 0) return;
  clearInterval(timer.ticking);
  timer.said.textContent = "The minute is over.";
}

function endTimer() {
  clearInterval(timer.ticking);
  timer.node.hidden = true;
  timer.said.textContent = "";
}
