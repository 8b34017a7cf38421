"use strict";
// Keys go to the demo on a slide while it has a step left for them; then they turn the page. A demo
// says when it is there: one that has not loaded takes no key.

const DEMO_KEYS = { 32: " ", 33: "PageUp", 34: "PageDown", 37: "ArrowLeft", 38: "ArrowUp", 39: "ArrowRight", 40: "ArrowDown", 67: "c", 82: "r", 87: "w" };
const demos = new Set(); // their windows
// In the speaker's view, the deck that the room sees; it has the demo that counts.
const shownToRoom = /receiver/i.test(location.search) ? parent.opener : null;
const copies = new Set(); // for that deck, the decks in the speaker's view

function demoFrames(node) {
  return [...node.querySelectorAll("iframe.convbook-demo")].map((frame) => frame.contentWindow);
}

function demoOnSlide() {
  const slide = Reveal.getCurrentSlide?.(); // nothing before the deck has begun
  return slide && demoFrames(slide).find((demo) => demos.has(demo));
}

// Reveal asks it of each key, and does nothing where it is false.
function isForDeck(event) {
  const key = DEMO_KEYS[event.keyCode], demo = demoOnSlide();
  const changed = event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && key !== " ");
  if (!key || !demo || changed || deckIsBusy()) return true;
  event.preventDefault?.();
  if (shownToRoom) shownToRoom.postMessage({ slides: "pressed", keyCode: event.keyCode, shiftKey: event.shiftKey }, "*");
  else demo.postMessage({ slides: "key", key, shiftKey: event.shiftKey }, "*");
  return false;
}

// Other keys have their meaning there; and what comes after a demo is shown already.
function deckIsBusy() {
  const typing = document.activeElement?.matches("input, textarea");
  return typing || Reveal.isOverview() || Reveal.isPaused() || Reveal.isOverlayOpen() || Reveal.availableFragments().prev;
}

function press({ key, keyCode, shiftKey }) {
  document.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode, shiftKey, bubbles: true, cancelable: true }));
}

const FROM_DEMO = {
  ready: (_, demo) => demos.add(demo),
  over: ({ by }, demo) => demo === demoOnSlide() && (by > 0 ? Reveal.next() : Reveal.prev()),
  key: press,
  at: ({ step }, demo) => demo === demoOnSlide() && copies.forEach((copy) => copy.postMessage({ slides: "at", step }, "*")),
};

addEventListener("message", ({ source, data }) => {
  if (!source || typeof data !== "object") return;
  if (demoFrames(document).includes(source)) FROM_DEMO[data.demo]?.(data, source);
  else if (source === shownToRoom && data.slides === "at") demoOnSlide()?.postMessage(data, "*");
  else if (source.parent.opener === window && data.slides === "copy") copies.add(source);
  else if (source.parent.opener === window && data.slides === "pressed") press(data);
});

// Demos that were there first have said so to nobody.
function greetDemos() {
  demoFrames(document).forEach((demo) => demo.postMessage({ slides: "hello" }, "*"));
  shownToRoom?.postMessage({ slides: "copy" }, "*");
}
