"use strict";
// Starts the deck. Light and dark follow the system until T is pressed. With ?print or ?handout in
// the address it is not started: every slide is shown, light, for printing.

const printing = ["?print", "?handout"].includes(location.search);
const system = matchMedia("(prefers-color-scheme: dark)");
let chosen = printing ? "light" : null;

function showTheme() {
  document.documentElement.dataset.theme = chosen ?? (system.matches ? "dark" : "light");
}

function switchTheme() {
  chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  showTheme();
}

system.addEventListener("change", showTheme);
showTheme();

document.documentElement.classList.toggle("print-pdf", printing);
if (location.search === "?handout") layOutHandout();
if (!printing) startDeck();

function startDeck() {
  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    minScale: 0.1,
    maxScale: 10,
    center: false,
    display: "flex",
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    backgroundTransition: "none",
    controls: false,
    keyboardCondition: isForDeck,
    plugins: [RevealNotes],
  });
  Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light or dark" }, switchTheme);
  Reveal.on("ready", greetDemos);
  setUpTimer();
}
