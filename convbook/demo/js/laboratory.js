"use strict";
// Nine sliders are the weights of a filter; its map of a photograph, or of the camera, follows at
// once. The steps are filters of the lesson; from one to the next the weights glide.

const data = readData();
const shipped = unpack(data.photo);
const CAMERA = 2 * shipped.shape[0]; // pixels of a side
let [H, W] = shipped.shape;
let pixels = shipped.values;
const filters = data.filters;
const stage = Stage.open({ name: "laboratory", label: "A laboratory for filters", interval: 2200 });
const GLIDE = 500; // milliseconds from one filter to the next
let w = filters[0].w.flat();
let [gliding, frames] = [0, 0];

function canvas(label) {
  return el("canvas", { width: W - 2, height: H - 2, role: "img", "aria-label": label });
}

// The grey of a number: what the sum of weights makes of flat places decides where 0 is.
function greyOf(sum) {
  const centre = 1 - Math.min(1, Math.abs(sum)); // weights that add up to 0 put 0 at mid-grey
  return (v) => 255 * (v + 0.5 * centre);
}

function paintPhoto(node) {
  [node.width, node.height] = [W - 2, H - 2];
  const image = new ImageData(W - 2, H - 2);
  for (let i = 0; i < H - 2; i++) {
    for (let j = 0; j < W - 2; j++) fill(image, i * (W - 2) + j, pixels[(i + 1) * W + j + 1]);
  }
  node.getContext("2d").putImageData(image, 0, 0);
}

function fill(image, k, v) {
  image.data[4 * k] = image.data[4 * k + 1] = image.data[4 * k + 2] = v;
  image.data[4 * k + 3] = 255;
}

function paintMap() {
  [map.width, map.height] = [W - 2, H - 2];
  const image = new ImageData(W - 2, H - 2);
  const grey = greyOf(sumOf(w));
  const [a, b, c, d, e, f, g, h, l] = w.map((v) => v / 255);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < H - 2; i++) {
    for (let j = 0, n = i * W; j < W - 2; j++, n++) {
      const v = a * pixels[n] + b * pixels[n + 1] + c * pixels[n + 2]
        + d * pixels[n + W] + e * pixels[n + W + 1] + f * pixels[n + W + 2]
        + g * pixels[n + 2 * W] + h * pixels[n + 2 * W + 1] + l * pixels[n + 2 * W + 2];
      if (v < low) low = v;
      if (v > high) high = v;
      fill(image, i * (W - 2) + j, grey(v));
    }
  }
  map.getContext("2d").putImageData(image, 0, 0);
  map.setAttribute("aria-label", `Its map, from ${fmt(low)} to ${fmt(high)}`);
  frames++;
  stage.root.dataset.frames = frames;
}

const sumOf = (weights) => weights.reduce((x, y) => x + y, 0);

function sumSentence() {
  const sum = Math.round(100 * sumOf(w)) / 100;
  if (w.every((v) => Math.abs(v) < 0.005)) return "All weights are 0, and so is the map.";
  if (sum === 0) return "The weights add up to 0: flat places give 0, shown as mid-grey, and only change is seen.";
  if (sum === 1) return "The weights add up to 1: flat places keep their brightness.";
  if (sum < 0) return `The weights add up to ${fmt(sum)}: flat places become negative, the lighter the more, and are shown dark.`;
  return `The weights add up to ${fmt(sum)}: flat places become ${fmt(sum)} times as bright${sum > 1 ? ", and what is above 1 is shown white" : ""}.`;
}

// The sliders; arrow keys belong to them.
const NAMES = ["top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right"];
const knobs = NAMES.map((name, k) => {
  const input = el("input", { type: "range", id: `w-${k}`, min: -3, max: 3, step: 0.05, value: w[k], "aria-label": `weight ${name}` });
  const shown = el("output", {});
  input.addEventListener("keydown", (event) => /^(Arrow|Home|End|Page)/.test(event.key) && event.stopPropagation());
  input.addEventListener("input", () => {
    stage.pause();
    halt();
    w[k] = Number(input.value);
    paint();
    stage.say(`A filter of your own. ${sumSentence()}`);
  });
  const node = el("label", { class: "knob" }, shown, input);
  return { input, shown, node };
});

function paint() {
  knobs.forEach(({ input, shown, node }, k) => {
    input.value = w[k];
    shown.textContent = fmt(Math.round(100 * w[k]) / 100);
    input.setAttribute("aria-valuetext", shown.textContent);
    node.style.setProperty("--share", `${Math.min(60, Math.round(25 * Math.abs(w[k])))}%`);
    node.classList.toggle("below", w[k] < 0);
  });
  sumNode.textContent = `sum ${fmt(Math.round(100 * sumOf(w)) / 100)}`;
  paintMap();
}

function halt() {
  cancelAnimationFrame(gliding);
  gliding = 0;
}

function glide(to) {
  halt();
  const from = [...w];
  const begun = performance.now();
  const move = (time) => {
    const share = Math.min(1, Math.max(0, (time - begun) / GLIDE));
    const eased = share * share * (3 - 2 * share);
    w = from.map((v, k) => v + eased * (to[k] - v));
    if (share === 1) w = [...to];
    paint();
    gliding = share < 1 ? requestAnimationFrame(move) : 0;
  };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    w = [...to];
    paint();
  } else gliding = requestAnimationFrame(move);
}

// The camera takes the place of the photograph.
const SHIPPED = "The photograph: a man's head behind a camera";
const camera = new Camera(CAMERA, (rgba) => {
  [H, W, pixels] = [CAMERA, CAMERA, greyscale(rgba)];
  paintPhoto(photo);
  paintMap();
});
const cameraKey = cameraButton(camera, (on, why) => {
  if (!on) [H, W, pixels] = [...shipped.shape, shipped.values];
  paintPhoto(photo);
  paintMap();
  photo.setAttribute("aria-label", on ? "The camera's picture" : SHIPPED);
  name.textContent = on ? "the camera" : "the photograph";
  stage.say(why ? `${why}, so the photograph stays. ${sumSentence()}` : `${on ? "The camera" : "The photograph"}, and its map. ${sumSentence()}`);
});

function greyscale(rgba) {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, k) => 0.299 * rgba[4 * k] + 0.587 * rgba[4 * k + 1] + 0.114 * rgba[4 * k + 2] + 0.5);
}

const photo = canvas(SHIPPED);
const name = el("figcaption", {}, "the photograph");
const map = canvas("Its map");
const sumNode = el("output", { class: "sum" });
const choices = filters.map(({ name }, k) => {
  const button = el("button", { type: "button", id: `filter-${k}` }, name);
  button.addEventListener("click", () => stage.go(k));
  return button;
});
const figure = (...nodes) => el("figure", { class: "large" }, ...nodes);
stage.board.append(el("div", { class: "bench" },
  figure(name, photo),
  el("div", { class: "middle" },
    el("div", { class: "knobs", role: "group", "aria-label": "The nine weights of the filter" }, ...knobs.map(({ node }) => node)), sumNode),
  figure(el("figcaption", {}, "its map"), map)),
  el("div", { class: "choices", role: "group", "aria-label": "Filters of the lesson, and the camera" }, ...choices, cameraKey.node));
stage.keys = { c: cameraKey.toggle };

stage.draw = (step) => {
  const { name, w: to, says } = filters[step];
  choices.forEach((button, k) => button.setAttribute("aria-pressed", k === step));
  glide(to.flat());
  const [before, after] = [w, to.flat()];
  w = after;
  const text = `${name[0].toUpperCase()}${name.slice(1)}. ${says} ${sumSentence()}`;
  w = before;
  return text;
};
paintPhoto(photo);
stage.restart(filters.length);
stage.fit({ wide: [30, 30] });
