"use strict";
// Motion from one step to the next, on a slide: frames glide, numbers fly, lines bend. Who asked
// for less motion gets the steps alone.

class Motion {
  static TIME = 400; // milliseconds
  static flying = []; // cells, which are not where they belong

  static run(node, frames) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    node.animate(frames, { duration: Motion.TIME, easing: "ease-in-out" });
  }

  // The frame around what counts in each table or lane of time goes to its place. At once, where
  // all was laid out anew.
  static frames(board, atOnce = false) {
    Motion.land();
    for (const owner of board.querySelectorAll("table.grid, .field-of-time > .lane")) {
      owner.glide ??= owner.parentElement.appendChild(el("div", { class: "glide", "aria-hidden": "true" }));
      Motion.frame(owner, Motion.marked(owner), atOnce);
    }
  }

  // A window with its pixels, or the one cell that counts; no frame goes around a whole table.
  static marked(owner) {
    const near = owner.matches(".x, .grad") ? ", td.near" : "";
    const cells = [...owner.querySelectorAll(`td.on, .bar.on${near}`)];
    return cells.length === owner.querySelectorAll("td").length ? [] : cells;
  }

  static frame({ glide, parentElement }, cells, atOnce) {
    const before = glide.hidden || !glide.style.width ? null : Motion.box(glide, parentElement);
    glide.getAnimations().forEach((animation) => animation.cancel());
    glide.hidden = !cells.length;
    if (!cells.length) return;
    const after = Motion.union(cells.map((cell) => Motion.box(cell, parentElement)));
    Object.assign(glide.style, after);
    if (before && !atOnce) Motion.run(glide, [before, after]);
  }

  static box(node, around) {
    const [inner, outer] = [node, around].map((one) => one.getBoundingClientRect());
    return Motion.styles(inner.left - outer.left, inner.top - outer.top, inner.width, inner.height);
  }

  static styles(left, top, width, height) {
    return { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
  }

  static union(boxes) {
    const [left, top, width, height] = ["left", "top", "width", "height"].map((side) => boxes.map((box) => parseFloat(box[side])));
    const end = (starts, sizes) => Math.max(...starts.map((start, i) => start + sizes[i]));
    const [x, y] = [Math.min(...left), Math.min(...top)];
    return Motion.styles(x, y, end(left, width) - x, end(top, height) - y);
  }

  // Cells come from where their numbers were.
  static fly(pairs) {
    for (const [from, to] of pairs) {
      const [there, here] = [from, to].map((cell) => cell.getBoundingClientRect());
      const start = `translate(${there.left - here.left}px, ${there.top - here.top}px)`;
      Motion.run(to, [{ transform: start }, { transform: "none" }]);
      Motion.flying.push(to);
    }
  }

  static land() {
    for (const cell of Motion.flying.splice(0)) cell.getAnimations().forEach((animation) => animation.cancel());
  }

  static lines(board) {
    return [...board.querySelectorAll(".lines path")].map((path) => path.getAttribute("d"));
  }

  // Lines that are as many as before go from where they were.
  static bend(board, before) {
    const shape = (line) => `path("${line}")`;
    board.querySelectorAll(".lines path").forEach((path, i) => {
      const after = path.getAttribute("d");
      if (before[i]?.length && before[i].split("M").length === after.split("M").length) {
        Motion.run(path, [{ d: shape(before[i]) }, { d: shape(after) }]);
      }
    });
  }
}
