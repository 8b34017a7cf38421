// Shared by the living parts: elements, sliders, a hand that moves or paints on a canvas.

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Bytes of the kernel: a DataView, whatever the front end made of them.
function bytesOf(value) {
  if (!value) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  return new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
}

function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function slider(label, { min, max, step = 1, value, text = String }, change) {
  const input = el("input", { type: "range", min, max, step, value });
  const show = () => input.setAttribute("aria-valuetext", text(Number(input.value)));
  input.addEventListener("input", () => {
    show();
    change(Number(input.value));
  });
  show();
  const node = el("label", { class: "slider" }, el("span", {}, label), input);
  return { node, input, set: (v) => { input.value = v; show(); } };
}

function paintGrey(canvas, bytes, from = 0) {
  const image = new ImageData(canvas.width, canvas.height);
  const n = canvas.width * canvas.height;
  for (let k = 0; k < n; k++) {
    const v = bytes[from + k];
    image.data[4 * k] = image.data[4 * k + 1] = image.data[4 * k + 2] = v;
    image.data[4 * k + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// JupyterLab's keys stay out of a living part, or arrows would walk through the notebook; those with
// Ctrl or Command, as to save, go through. Its own listener comes after the window's.
function ownKeys(root) {
  const goesThrough = (event) => event.ctrlKey || event.metaKey;
  root.dataset.lmSuppressShortcuts = "true";
  const decide = (event) => {
    if (!root.isConnected) window.removeEventListener("keydown", decide, true);
    root.toggleAttribute("data-lm-suppress-shortcuts", !goesThrough(event));
  };
  window.addEventListener("keydown", decide, true);
  root.addEventListener("keydown", (event) => goesThrough(event) || event.stopPropagation());
}

// Calls hand(row, column, begins) in pixels of the canvas while the pointer is down, and done().
// Where draws() holds, it leaves no gap between two places.
function followHand(canvas, hand, done, draws) {
  let last = [0, 0];
  const at = (event, begins) => {
    const box = canvas.getBoundingClientRect();
    const here = [
      ((event.clientY - box.top) / box.height) * canvas.height,
      ((event.clientX - box.left) / box.width) * canvas.width,
    ];
    const steps = begins || !draws() ? 1 : Math.max(1, Math.ceil(Math.hypot(here[0] - last[0], here[1] - last[1])));
    for (let k = steps - 1; k >= 0; k--) hand(...here.map((v, axis) => v - (k / steps) * (v - last[axis])), begins);
    last = here;
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    at(event, true);
  });
  canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && at(event, false));
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => done());
}

// most() questions are on their way at most, each with a number; what is asked meanwhile is joined,
// and asked next. An answer that does not come is waited for no longer than PATIENCE.
const PATIENCE = 4000; // milliseconds
function fewAtATime(ask, most, from, join = (_, what) => what) {
  let [sent, got, since, next] = [from, from, 0, null];
  const line = {
    ask(what) {
      if (line.full()) next = join(next, what);
      else {
        since = performance.now();
        ask({ ...what, serial: ++sent });
      }
    },
    answered(serial) {
      got = Math.max(got, serial);
      const what = next;
      next = null;
      if (what) line.ask(what);
    },
    busy: () => sent > got,
    full: () => sent - got >= most() && performance.now() - since < PATIENCE,
  };
  return line;
}

// Pictures a second over the last two seconds, and null after a rest.
class Rate {
  constructor() {
    this.times = [];
  }
  tick() {
    const now = performance.now();
    if (now - (this.times.at(-1) ?? 0) > 1500) this.times = [];
    this.times.push(now);
    while (now - this.times[0] > 2000) this.times.shift();
    const span = now - this.times[0];
    return this.times.length > 3 ? (1000 * (this.times.length - 1)) / span : null;
  }
}
