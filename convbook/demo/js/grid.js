"use strict";
// Numbers shown as tables. Each cell carries its number in data-v, so that it can be read back.

// el("p", {class: "sum"}, "text", child): an element with attributes and children.
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A number for the eye: a true minus sign, at most two decimals.
function fmt(value) {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toFixed(2)));
  return text.replace("-", "−");
}

// The widest text among the numbers of a nested array; a minus is wider than a digit.
function widest(nested) {
  const width = (text) => text.length + (text.startsWith("−") ? 0.5 : 0);
  return nested.flat(Infinity).map(fmt).reduce((a, b) => (width(b) > width(a) ? b : a));
}

// A text that is as wide as any product of two numbers of these arrays.
function widestProduct(some, others) {
  const largest = (nested) => Math.max(...nested.flat(Infinity).map(Math.abs));
  return fmt(-largest(some) * largest(others));
}

// The terms of a sum, signs as one writes them by hand: 3 − 2 + 1.
function sumText(terms) {
  return terms
    .map((t, i) => (i === 0 ? fmt(t) : t < 0 ? ` − ${fmt(-t)}` : ` + ${fmt(t)}`))
    .join("");
}

// A table of rows x cols cells. name is the array as the code writes it, and the caption unless
// title says it better; kind names its colours in demo.css; sample is the widest text that will
// stand in a cell, so that the table keeps its width from step to step; rowHeads and colHeads are texts at its sides.
class Grid {
  constructor({ name, title, label, rows, cols, kind, note, sample = "0", rowHeads, colHeads }) {
    this.cells = [];
    const table = el("table", { class: `grid ${kind}`, "data-name": name, "aria-label": label ?? name });
    this.colHeads = (colHeads ?? []).map((text) => el("th", { scope: "col" }, text));
    this.rowHeads = (rowHeads ?? []).map((text) => el("th", { scope: "row" }, text));
    if (colHeads) table.append(el("thead", {}, el("tr", {}, ...(rowHeads ? [el("th", { "aria-hidden": "true" })] : []), ...this.colHeads)));
    table.style.setProperty("--sample", JSON.stringify(sample));
    const body = table.appendChild(el("tbody"));
    for (let i = 0; i < rows; i++) {
      const row = body.appendChild(el("tr", {}, ...this.rowHeads.slice(i, i + 1)));
      this.cells.push(Array.from({ length: cols }, () => row.appendChild(el("td"))));
    }
    this.caption = el("figcaption", {}, title ?? el("code", {}, name), note ? el("span", {}, ` ${note}`) : "");
    this.node = el("figure", { class: "map" }, this.caption, table);
    this.table = table;
  }

  // look(i, j) gives {v, text, marks}: the number (null for none yet), what to write instead of it,
  // and the class names of the cell.
  paint(look) {
    this.cells.forEach((row, i) =>
      row.forEach((cell, j) => {
        const { v = null, text = v === null ? "" : fmt(v), marks = "" } = look(i, j);
        cell.textContent = text;
        cell.className = marks;
        cell.dataset.v = v === null ? "" : v;
      }),
    );
  }

  // Marks the heads of row i and column j.
  head(i, j) {
    this.rowHeads.forEach((th, r) => th.classList.toggle("on", r === i));
    this.colHeads.forEach((th, c) => th.classList.toggle("on", c === j));
  }

  // Calls back with (i, j) when a cell is clicked or tapped.
  onPick(callback) {
    this.table.classList.add("pick");
    this.cells.forEach((row, i) => row.forEach((cell, j) => cell.addEventListener("click", () => callback(i, j))));
  }
}
