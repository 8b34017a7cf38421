"use strict";
// The frame of every demo: controls, a sentence that says what happens, a board to draw on.

const ICONS = {
  previous: '<path d="M11 3 5 8l6 5z"/>',
  play: '<path d="M4 2.5v11L13 8z"/>',
  pause: '<path d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z"/>',
  next: '<path d="M5 3l6 5-6 5z"/>',
};

// A slide of 1280 x 720 pixels has this height left below its heading; whatever is as wide as a
// slide is kept as low.
const SLIDE = { width: 900, height: 560 };

function readData() {
  return JSON.parse(document.getElementById("data").textContent);
}

class Stage {
  static open(options) {
    return new Stage.kind(options);
  }

  // name: class name for demo.css; label: for a screen reader; interval: milliseconds a step when
  // playing. The demo sets draw(step), which paints the board and returns the sentence.
  constructor({ name, label, interval = 1000 }) {
    this.step = 0;
    this.steps = 1;
    this.interval = interval;
    this.timer = null;
    this.large = false;
    this.draw = () => "";
    this.board = el("div", { class: "board" });
    this.sentence = el("p", { class: "sentence", "aria-live": "polite", id: "sentence" });
    this.root = el("main", { class: `stage ${name}`, "aria-label": label }, this.controls(), this.sentence, this.board);
    document.body.append(this.root);
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("resize", () => this.fit());
    followTheme();
    this.settle();
  }

  // On a slide these do more: see room.js.
  settle() {
    fitFrame(this.root);
  }

  // Where the numbers of a step come from: pairs of cells, from and to.
  flights() {
    return [];
  }

  // The settings of a demo, which stand where it puts them, and the name of one.
  dock(panel) {
    return panel;
  }

  named(field) {
    return field.label;
  }

  controls() {
    this.buttons = {
      previous: this.button("previous", "Previous", () => this.go(this.step - 1)),
      play: this.button("play", "Play", () => this.toggle()),
      next: this.button("next", "Next", () => this.go(this.step + 1)),
    };
    this.slider = el("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Step", id: "slider" });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.count = el("output", { class: "count", id: "count" });
    return el("div", { class: "controls" }, ...Object.values(this.buttons), this.slider, this.count);
  }

  button(icon, text, action) {
    const node = el("button", { type: "button", id: icon });
    node.addEventListener("click", action);
    this.face(node, icon, text);
    return node;
  }

  face(node, icon, text) {
    node.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true">${ICONS[icon]}</svg><span>${text}</span>`;
  }

  // Starts at the first step of a sequence of so many steps; 0 when there is nothing to step.
  restart(steps) {
    this.pause();
    this.steps = steps;
    this.slider.max = Math.max(steps - 1, 0);
    for (const node of [...Object.values(this.buttons), this.slider]) node.disabled = steps === 0;
    this.show(0);
  }

  // A move by the user; playing stops.
  go(step) {
    this.pause();
    this.show(step);
  }

  show(step) {
    this.step = Math.min(Math.max(step, 0), Math.max(this.steps - 1, 0));
    this.slider.value = this.step;
    this.count.textContent = this.steps ? this.counted() : "no step";
    this.slider.setAttribute("aria-valuetext", this.count.textContent);
    this.buttons.previous.setAttribute("aria-disabled", this.step === 0);
    this.buttons.next.setAttribute("aria-disabled", this.step >= this.steps - 1);
    this.root.dataset.step = this.step;
    this.root.dataset.steps = this.steps;
    this.sentence.classList.remove("wrong");
    this.say(this.draw(this.step));
  }

  counted() {
    return `step ${this.step + 1} of ${this.steps}`;
  }

  // The same sentence is not written again, so that it is not read aloud again. Its box does not
  // shrink from step to step, or the page below would jump.
  say(text) {
    if (this.sentence.textContent === text) return;
    this.sentence.textContent = text;
    this.sentence.style.minHeight = `${this.sentence.offsetHeight}px`;
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.step >= this.steps - 1) this.show(0);
    this.face(this.buttons.play, "pause", "Pause");
    this.timer = setInterval(() => {
      this.show(this.step + 1);
      if (this.step >= this.steps - 1) this.pause();
    }, this.interval);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.face(this.buttons.play, "play", "Play");
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") return leaveFrame();
    // In a number field the arrows and Home belong to the number.
    if (event.target.type === "number") return;
    const onControl = event.target.closest("button, input");
    const moves = {
      ArrowRight: () => this.go(this.step + 1),
      ArrowLeft: () => this.go(this.step - 1),
      Home: () => this.go(0),
      End: () => this.go(this.steps - 1),
      ...(onControl ? {} : { " ": () => this.toggle() }),
      ...this.keys,
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  // Says what a number field takes, and leaves all else as it is.
  refuse({ label, min, max }) {
    this.pause();
    this.sentence.classList.add("wrong");
    this.say(`${label[0].toUpperCase()}${label.slice(1)} must be a whole number from ${min} to ${max}.`);
  }

  // Number fields for hyperparameters. fields: [{key, label, min, max, value}];
  // change({key: value}) is called with all values once every one of them is a number in range.
  settings(fields, change) {
    const inputs = fields.map(({ key, min, max, value }) =>
      el("input", { type: "number", id: `set-${key}`, min, max, value, step: 1, inputmode: "numeric", required: "" }));
    const read = () => {
      const bad = inputs.findIndex((input) => !input.checkValidity());
      if (bad >= 0) return this.refuse(fields[bad]);
      change(Object.fromEntries(fields.map(({ key }, i) => [key, Number(inputs[i].value)])));
    };
    inputs.forEach((input) => input.addEventListener("input", read));
    const labels = fields.map((field, i) =>
      el("label", { title: `${field.min} to ${field.max}` }, el("span", {}, this.named(field)), inputs[i]));
    return el("div", { class: "settings", role: "group", "aria-label": "Hyperparameters" }, ...labels);
  }

  // Takes the first of the layouts that has room, with the largest cells that have room in it.
  // layouts: {name: [smallest, largest] cell in pixels}, from wide to narrow; the last one is taken
  // in any case, and what is then too wide scrolls. Cells are smaller still where that makes it as
  // low as a slide.
  fit(layouts = this.layouts) {
    this.layouts = layouts;
    this.sentence.style.minHeight = "";
    if (!layouts || document.documentElement.clientWidth === 0) return;
    const narrow = () => this.board.scrollWidth <= this.board.clientWidth;
    const low = () => this.root.offsetHeight <= SLIDE.height;
    for (const [name, [smallest, largest]] of Object.entries(layouts)) {
      this.root.dataset.layout = name;
      const cell = this.largestCell(smallest, largest, narrow);
      if (cell === null) continue;
      if (window.innerWidth >= SLIDE.width) this.largestCell(smallest, cell, low);
      return;
    }
  }

  // Sets the largest whole size of a cell that is good, and returns it; if none is good, sets the
  // smallest and returns null.
  largestCell(smallest, largest, good) {
    const isGood = (cell) => {
      this.root.style.setProperty("--cell", `${cell}px`);
      return good();
    };
    if (isGood(largest)) return largest;
    let [low, high] = [smallest, largest];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (isGood(middle)) low = middle;
      else high = middle;
    }
    return isGood(low) ? low : null;
  }
}

Stage.kind = Stage; // on a slide it is another: see room.js
