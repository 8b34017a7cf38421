"use strict";
// A demo on a slide, for a whole room: it fills its frame, its cells are as large as fits, and the
// keys of the slides step through it. Nothing of this is in a notebook.

class Room extends Stage {
  static CELLS = [20, 64]; // smallest and largest, in pixels
  static FORWARD = ["ArrowRight", "ArrowDown", "PageDown", " "];
  static BACK = ["ArrowLeft", "ArrowUp", "PageUp"];

  settle() {
    this.large = true;
    this.root.classList.add("room");
    this.foot = el("div", { class: "foot" }, this.root.querySelector(".controls"));
    this.root.append(this.foot);
    document.addEventListener("keydown", (event) => this.pass(event), true);
    document.addEventListener("click", (event) => event.target.type === "number" || leaveFrame());
    addEventListener("message", ({ source, data }) => source === parent && this.hear(data));
    this.tell({ demo: "ready" });
  }

  tell(message) {
    parent.postMessage(message, "*");
  }

  hear(data) {
    if (data?.slides === "hello") this.tell({ demo: "ready" });
    if (data?.slides === "key") this.answer(data);
    if (data?.slides === "at") this.show(data.step);
  }

  // Settings stand below, beside the controls.
  dock(panel) {
    this.foot.append(panel);
    return el("div", { hidden: "" });
  }

  // As the formula writes it.
  named({ key }) {
    return key;
  }

  counted() {
    return `${this.step + 1} / ${this.steps}`;
  }

  show(step) {
    const [before, lines] = [this.step, Motion.lines(this.board)];
    super.show(step);
    if (!this.fits()) this.fit();
    Motion.frames(this.board);
    this.tell({ demo: "at", step: this.step });
    if (this.step !== before) Motion.bend(this.board, lines);
    if (this.step === before + 1) Motion.fly(this.flights(this.step));
  }

  fits() {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.board;
    return scrollWidth <= clientWidth && scrollHeight <= clientHeight;
  }

  fit(layouts = this.layouts) {
    this.layouts = layouts;
    if (!layouts || document.documentElement.clientWidth === 0) return;
    this.root.dataset.layout = "wide";
    this.largestCell(...Room.CELLS, () => this.fits());
    Motion.frames(this.board, true);
  }

  // The slides send a key and hear whether it was of use; if not, they turn the page.
  answer({ key, shiftKey }) {
    if (/^[a-z]$/.test(key)) return this.keys?.[key]?.(); // a letter turns no page
    const by = Room.BACK.includes(key) || (key === " " && shiftKey) ? -1 : 1;
    let taken = false;
    try {
      taken = this.take(key, by);
    } finally {
      if (!taken) this.tell({ demo: "over", by });
    }
  }

  take(key, by) {
    if (this.keys?.[key] && !key.startsWith("Page")) return this.keys[key](), true;
    if (this.timer && key === " ") return this.pause(), true;
    const next = this.step + by;
    if (next < 0 || next >= this.steps) return false;
    if (key === " " && by > 0) this.toggle();
    else this.go(next);
    return true;
  }

  // A key that was pressed in the demo goes to the slides, as if it had been pressed there, but for
  // what a field or a button needs itself.
  pass(event) {
    const { key, keyCode, shiftKey, target } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || !/^(.|Arrow.*|Page.*)$/.test(key)) return;
    if (this.needs(target, key) || (this.keys?.[key] && !key.startsWith("Page"))) return;
    event.preventDefault();
    event.stopPropagation();
    this.tell({ demo: "key", key, keyCode, shiftKey });
  }

  needs(target, key) {
    if (key.startsWith("Page")) return false;
    if (target.type === "number") return /^([\d+-]|ArrowUp|ArrowDown)$/.test(key);
    if (target.type === "range" || target.closest(".blocks")) return key.startsWith("Arrow");
    if (target.matches("[role=application]")) return /^(Arrow.*| )$/.test(key);
    return target.matches("button, summary") && key === " ";
  }
}

Stage.kind = Room;
