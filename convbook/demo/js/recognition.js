"use strict";
// A trained net looks at a drawing, or through the camera. Each step adds a shape to a drawing; one
// may draw by hand on any of them.

const data = readData();
const layers = unpackLayers(data.layers);
const SHEET = 256; // pixels of a side; the net sees the means of squares of them
const COLOURS = { black: "#1b1b1b", white: "#ffffff", yellow: "#ffcc33", red: "#dd2e44", green: "#3b9a3b", blue: "#3b88c3", brown: "#a0632a" };
const PAPER = "#c9cdd2";
const BRUSH = 24;
const MOVES = { ArrowLeft: [-16, 0], ArrowRight: [16, 0], ArrowUp: [0, -16], ArrowDown: [0, 16] };
const WAIT = 100; // milliseconds from one frame of the camera to the next that is looked at
const stage = Stage.open({ name: "recognition", label: "A trained net looks at a drawing", interval: 1500 });

const sheet = canvas(SHEET, SHEET);
const ink = sheet.getContext("2d", { willReadFrequently: true });
const small = canvas(data.side, data.side);
let colour = "black";
let hand = [SHEET / 2, SHEET / 2];
let scores = [];
let pixels = null; // what the net sees, in the order of an array of shape (3, H, W)

// The sheet in the pixels of the net: the mean of each square.
function shrink() {
  const { side } = data;
  const each = SHEET / side;
  const { data: rgba } = ink.getImageData(0, 0, SHEET, SHEET);
  const sums = new Float32Array(3 * side * side);
  for (let n = 0; n < SHEET * SHEET; n++) {
    const k = Math.floor(n / SHEET / each) * side + Math.floor((n % SHEET) / each);
    for (let c = 0; c < 3; c++) sums[c * side * side + k] += rgba[4 * n + c];
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / each ** 2));
}

function look() {
  const { side, mean } = data;
  pixels = shrink();
  paintPixels(small, pixels);
  scores = [...forwardPass(centred(pixels, [3, side, side], mean), layers).at(-1).values];
  showBars(softmax(scores));
}

// The bars, and what they say.
const bars = data.classes.map((name) => {
  const bar = el("span", { class: "share" });
  const percent = el("td", { class: "percent" });
  return { bar, percent, row: el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "track" }, bar), percent) };
});

function showBars(shares) {
  const best = Math.max(...shares);
  bars.forEach(({ bar, percent, row }, m) => {
    bar.style.width = `${100 * shares[m]}%`;
    percent.textContent = `${Math.round(100 * shares[m])} %`;
    row.classList.toggle("best", shares[m] === best);
  });
}

function verdict() {
  const shares = softmax(scores);
  const best = Math.max(...shares);
  return `The net says ${data.classes[shares.indexOf(best)]}, ${Math.round(100 * best)} %.`;
}

// The drawings that come with the demo.
function clear() {
  ink.fillStyle = PAPER;
  ink.fillRect(0, 0, SHEET, SHEET);
}

function addShape({ colour: name, path, width }) {
  const shape = new Path2D(path);
  [ink.lineWidth, ink.lineCap, ink.lineJoin] = [width ?? 1, "round", "round"];
  ink.fillStyle = ink.strokeStyle = COLOURS[name];
  if (width) ink.stroke(shape);
  else ink.fill(shape);
}

stage.draw = (step) => {
  if (camera.stream) eye.stop();
  const first = data.shapes.findLastIndex((shape, k) => k <= step && shape.new);
  clear();
  for (const shape of data.shapes.slice(first, step + 1)) addShape(shape);
  look();
  return `${data.shapes[step].says} ${verdict()}`;
};

// By hand, or by keys.
function line(to) {
  if (camera.stream) eye.stop();
  const [x, y] = hand;
  addShape({ colour, width: BRUSH, path: `M${x} ${y}L${to[0]} ${to[1] + 0.01}` });
  hand = to;
  look();
}

function placeOf(event) {
  const box = sheet.getBoundingClientRect();
  return [((event.clientX - box.left) * SHEET) / box.width, ((event.clientY - box.top) * SHEET) / box.height];
}

const finish = () => stage.say(`Drawn by hand. ${verdict()}`);
sheet.addEventListener("pointerdown", (event) => {
  stage.pause();
  sheet.setPointerCapture(event.pointerId);
  hand = placeOf(event);
  line(hand);
});
sheet.addEventListener("pointermove", (event) => event.buttons && line(placeOf(event)));
sheet.addEventListener("pointerup", finish);
sheet.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (!move && event.key !== " ") return;
  event.preventDefault();
  event.stopPropagation();
  const to = hand.map((v, k) => Math.min(Math.max(v + (move?.[k] ?? 0), 0), SHEET));
  if (move && !event.shiftKey) hand = to;
  else line(to);
  showHand();
  if (!move || event.shiftKey) finish();
});
const spot = el("span", { class: "spot", hidden: "" });
function showHand() {
  const [x, y] = hand.map((v) => Math.round((100 * v) / SHEET));
  Object.assign(spot.style, { left: `${x}%`, top: `${y}%` });
  spot.hidden = document.activeElement !== sheet;
  sheet.setAttribute("aria-label", `The drawing. Arrow keys move the brush, with Shift they draw, Space makes a dot. The brush is ${x} % from the left, ${y} % from the top.`);
}
for (const name of ["focus", "blur"]) sheet.addEventListener(name, showHand);

// The camera; where there is none, a photograph.
let last = 0;
const camera = new Camera(SHEET, (rgba) => {
  if (performance.now() - last < WAIT) return;
  last = performance.now();
  ink.putImageData(new ImageData(rgba, SHEET), 0, 0);
  look();
});
const eye = cameraButton(camera, (on, why) => {
  if (on) stage.say("The camera: hold something before it. It has learned from emoji alone, so try one on a phone.");
  if (!why) return;
  showPhoto();
  stage.say(`${why}, so it looks at a photograph of a cup. ${verdict()} It has learned from drawings alone.`);
});

function showPhoto() {
  const { shape: [, H, W], values } = unpack(data.photo);
  const node = canvas(H, W);
  paintPixels(node, values);
  ink.drawImage(node, 0, 0, SHEET, SHEET);
  look();
}

const pots = Object.entries(COLOURS).map(([name, value]) => {
  const node = el("button", { type: "button", class: "paint", "aria-label": name, "aria-pressed": name === colour, style: `background:${value}` });
  node.addEventListener("click", () => {
    colour = name;
    pots.forEach((other) => other.setAttribute("aria-pressed", other === node));
  });
  return node;
});
const wipe = el("button", { type: "button", id: "wipe" }, "Wipe (W)");
wipe.addEventListener("click", () => stage.go(0));
sheet.setAttribute("tabindex", 0);
sheet.setAttribute("role", "application");
small.setAttribute("role", "img");
small.setAttribute("aria-label", `What the net sees, ${data.side} × ${data.side} pixels`);
stage.keys = { c: eye.toggle, w: () => stage.go(0) };
stage.board.append(el("div", { class: "easel" },
  captioned("draw here", el("div", { class: "sheet" }, sheet, spot)),
  captioned("what the net sees", small),
  captioned("what it takes it for", el("table", { class: "bars-of-classes" }, el("tbody", {}, ...bars.map(({ row }) => row)))),
  el("div", { class: "pots", role: "group", "aria-label": "Colours, and the camera" }, ...pots, wipe, eye.node)));
stage.restart(data.shapes.length);
if (isPrinted()) stage.show(data.shapes.findIndex(({ says }) => says === "A mouth."));
showHand();
stage.fit({ wide: [20, 34], stacked: [14, 24] });
