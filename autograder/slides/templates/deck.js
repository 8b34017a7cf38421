"use strict";
// Starts the deck. Light and dark follow the system until T is pressed. With ?print in the address
// it is not started: every slide is shown, light, a page each, for printing.

const printing = location.search === "?print";
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
    plugins: [RevealNotes],
  });
  Reveal.on("ready", ({ currentSlide }) => enlarge(currentSlide));
  Reveal.on("slidechanged", ({ currentSlide }) => enlarge(currentSlide));
  Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light or dark" }, switchTheme);
}

// A demo is drawn as large as its slide has room for. Where it becomes higher, as its reader chose
// another size, it is drawn smaller.
const LARGEST = 1.6, STEP = 0.1;

function enlarge(slide) {
  for (const demo of slide.querySelectorAll("iframe:not([data-scale])")) {
    scaleBy(demo, 1);
    new ResizeObserver(() => settle(demo)).observe(demo);
  }
}

function scaleBy(demo, scale) {
  demo.dataset.scale = scale;
  demo.style.width = `${100 / scale}%`;
  demo.style.transform = `scale(${scale})`;
}

// A demo lays itself out anew for its width; two frames later its height counts.
function settle(demo) {
  cancelAnimationFrame(demo.waiting);
  demo.waiting = requestAnimationFrame(() => {
    demo.waiting = requestAnimationFrame(() => judge(demo));
  });
}

// The first time it grows, with the room it has; narrower it may be higher, so it may shrink again.
function judge(demo) {
  const scale = Number(demo.dataset.scale), room = demo.parentElement.clientHeight / demo.offsetHeight;
  const wanted = demo.dataset.fits === undefined ? room : scale > room ? scale - STEP : scale;
  const next = Math.floor(Math.min(Math.max(wanted, 1), LARGEST) / STEP + 0.01) * STEP;
  demo.dataset.fits = next === scale;
  if (next !== scale) scaleBy(demo, next);
}
