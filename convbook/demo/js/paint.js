"use strict";
// Maps and pictures on canvases. Blue is above 0, orange below, the stronger the farther from it; by
// the root, so that weak values are seen too.

function canvas(H, W) {
  return el("canvas", { width: W, height: H });
}

function captioned(title, ...nodes) {
  return el("figure", { class: "part" }, el("figcaption", {}, title), ...nodes);
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const parts = (name) => style.getPropertyValue(name).match(/[\da-f]{2}/gi).map((hex) => parseInt(hex, 16));
  return { zero: parts("--zero"), above: parts("--x-on"), below: parts("--w-on") };
}

function paintMap(node, values, strongest, { zero, above, below }) {
  const image = new ImageData(node.width, node.height);
  values.forEach((v, k) => {
    const share = strongest ? Math.sqrt(Math.min(1, Math.abs(v) / strongest)) : 0;
    const end = v < 0 ? below : above;
    for (let c = 0; c < 3; c++) image.data[4 * k + c] = zero[c] + share * (end[c] - zero[c]);
    image.data[4 * k + 3] = 255;
  });
  node.getContext("2d").putImageData(image, 0, 0);
}

// Pixels from 0 to 255 in the order of an array of shape (C, H, W), grey or in colour.
function paintPixels(node, pixels) {
  const [size, { width, height }] = [node.width * node.height, node];
  const C = pixels.length / size;
  const image = new ImageData(width, height);
  for (let k = 0; k < size; k++) {
    for (let c = 0; c < 3; c++) image.data[4 * k + c] = pixels[(c % C) * size + k];
    image.data[4 * k + 3] = 255;
  }
  node.getContext("2d").putImageData(image, 0, 0);
}
