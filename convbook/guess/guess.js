// A guess: fields for what is asked, then the guess beside the truth, which the kernel sends.

const SVG = "http://www.w3.org/2000/svg";

function make(kind, attributes = {}, ...inside) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

// Text in which what stands between backticks is code.
function said(text) {
  return text.split("`").map((piece, i) => (i % 2 ? make("code", {}, piece) : piece));
}

// A field for one number, or for some in a row. Each of these returns how its value is read.
function typed(part, box, id) {
  const several = part.kind !== "number";
  const example = part.kind === "shape" ? "a shape: 8, 3, 32, 32" : several ? "numbers in a row" : "a number";
  const input = make("input", { id, type: "text", maxlength: several ? 400 : 60, autocomplete: "off",
    spellcheck: "false", placeholder: example });
  box.append(make("div", { class: "typed" }, make("label", { for: id }, ...said(part.label)), input));
  return () => input.value;
}

function radios(name, options, box) {
  const inputs = options.map((option, i) => {
    const input = make("input", { type: "radio", name, value: i });
    box.append(make("label", {}, input, " ", ...said(option)));
    return input;
  });
  return () => {
    const at = inputs.findIndex((input) => input.checked);
    return at < 0 ? null : at;
  };
}

function choice(part, box, id) {
  const choices = make("div", { class: "choices" });
  box.append(make("legend", {}, ...said(part.label)), choices);
  return radios(id, part.options, choices);
}

// The picture of a part, and where on it a pointer is, from the upper left of what counts.
function drawing(part, box) {
  const place = make("div", { class: "drawing" });
  place.innerHTML = part.svg;
  const svg = place.firstElementChild;
  box.append(place);
  const at = (event) => {
    const frame = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / frame.width;
    return [(event.clientX - frame.left) * scale - part.left, (event.clientY - frame.top) * scale - part.above];
  };
  const follow = (start, move) => {
    svg.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      try {
        svg.setPointerCapture(event.pointerId);
      } catch {} // a pointer that is gone already
      start(...at(event), event);
      const on = (next) => move(...at(next));
      svg.addEventListener("pointermove", on);
      for (const end of ["pointerup", "pointercancel"]) {
        svg.addEventListener(end, () => svg.removeEventListener("pointermove", on), { once: true });
      }
    });
  };
  return { svg, follow };
}

function shape(svg, kind, attributes) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  svg.append(made);
  return made;
}

const STROKE = { fill: "none", stroke: "rgb(214, 106, 0)", "stroke-width": 3, "stroke-dasharray": "7 5" };
const within = (value, most) => Math.max(0, Math.min(most, value));

function boxed(part, box, id) {
  box.append(make("legend", {}, ...said(part.label)), make("p", { class: "how" },
    "Draw a box with the mouse, or type its first and last row and column."));
  const { svg, follow } = drawing(part, box);
  const frame = shape(svg, "rect", STROKE);
  const ends = make("div", { class: "typed ends" });
  const inputs = ["first row", "last row", "first column", "last column"].map((name, i) => {
    const most = (i < 2 ? part.rows : part.columns) - 1;
    const input = make("input", { id: `${id}-${i}`, type: "number", min: 0, max: most, step: 1 });
    ends.append(make("label", { for: input.id }, name), input);
    return input;
  });
  box.append(ends);
  const read = () => inputs.map((input) => (/^\d{1,4}$/.test(input.value) ? Number(input.value) : null));
  const draw = () => {
    const [top, bottom, left, right] = read();
    const fits = [top, bottom, left, right].every((end) => end !== null) && top <= bottom && left <= right;
    const place = fits ? [left, top, right - left + 1, bottom - top + 1].map((x) => x * part.cell) : [0, 0, 0, 0];
    ["x", "y", "width", "height"].forEach((name, i) => {
      frame.setAttribute(name, place[i] + (i === 0 ? part.left : i === 1 ? part.above : 0));
    });
  };
  let from = [0, 0];
  const cell = (x, y) => [Math.floor(within(y / part.cell, part.rows - 1)), Math.floor(within(x / part.cell, part.columns - 1))];
  const to = (x, y) => {
    const [row, column] = cell(x, y);
    const values = [Math.min(from[0], row), Math.max(from[0], row), Math.min(from[1], column), Math.max(from[1], column)];
    values.forEach((value, i) => { inputs[i].value = value; });
    draw();
  };
  follow((x, y) => { from = cell(x, y); to(x, y); }, to);
  ends.addEventListener("input", draw);
  draw();
  return () => {
    const values = read();
    return values.includes(null) ? null : values;
  };
}

function valueAt(axis, place) {
  const value = axis.log ? axis.low * (axis.high / axis.low) ** place : axis.low + place * (axis.high - axis.low);
  return Number(value.toPrecision(2)).toString();
}

function curve(part, box) {
  box.append(make("legend", {}, ...said(part.label)), make("p", { class: "how" },
    "Draw the curve with the mouse, or move each point with the arrow keys."));
  const { svg, follow } = drawing(part, box);
  svg.setAttribute("role", "group");
  svg.removeAttribute("aria-hidden");
  svg.setAttribute("aria-label", part.label.replaceAll("`", ""));
  const heights = Array(part.handles).fill(0.5);
  let touched = false;
  const line = shape(svg, "polyline", STROKE);
  const across = (i) => part.left + (i / (part.handles - 1)) * part.width;
  const up = (i) => part.above + (1 - heights[i]) * part.height;
  const points = heights.map((_, i) => {
    const where = valueAt(part.x, i / (part.handles - 1));
    const point = shape(svg, "circle", { r: 7, cx: across(i), tabindex: 0, role: "slider",
      "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100,
      "aria-label": `${part.y.name} at ${part.x.name} ${where}` });
    point.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowLeft: -0.02, PageUp: 0.1,
        PageDown: -0.1, Home: -1, End: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      put(i, heights[i] + step);
    });
    return point;
  });
  const put = (i, height) => {
    touched = true;
    heights[i] = within(height, 1);
    draw();
  };
  const draw = () => {
    line.setAttribute("points", heights.map((_, i) => `${across(i)},${up(i)}`).join(" "));
    points.forEach((point, i) => {
      point.setAttribute("cy", up(i));
      point.setAttribute("aria-valuenow", Math.round(100 * heights[i]));
      point.setAttribute("aria-valuetext", valueAt(part.y, heights[i]));
    });
  };
  let last = [0, 0.5];
  const to = (x, y) => {
    const place = within(x / part.width, 1) * (part.handles - 1);
    const height = within(1 - y / part.height, 1);
    const [before, level] = last;
    for (let i = 0; i < part.handles; i += 1) { // all that the pointer has passed
      const share = (i - before) / (place - before);
      if (Math.abs(i - place) < 0.5 || (share > 0 && share < 1)) {
        put(i, share > 0 && share < 1 ? level + share * (height - level) : height);
      }
    }
    last = [place, height];
  };
  follow((x, y) => {
    last = [within(x / part.width, 1) * (part.handles - 1), within(1 - y / part.height, 1)];
    to(x, y);
  }, to);
  draw();
  return () => (touched ? heights.map((height) => Number(height.toFixed(4))) : null);
}

const FIELDS = { number: typed, row: typed, shape: typed, choice, box: boxed, curve };

function view(page) {
  const result = make("div", { role: "status", tabindex: "-1" });
  // What is pressed here is meant for the fields: JupyterLab takes no key of it for a command.
  const form = make("form", { novalidate: "", "data-lm-suppress-shortcuts": "true" });
  page.root.append(form, result);
  const one = page.get("answer"); // names that the page has once begin so
  const parts = page.get("parts").map((part, number) => {
    const id = `${one}-${number}`;
    const drawn = !(part.kind in { number: 0, row: 0, shape: 0 });
    const box = make(drawn ? "fieldset" : "div", { class: "part" });
    const refused = make("p", { class: "refused", id: `${id}-refused`, role: "alert", hidden: "" });
    const read = FIELDS[part.kind](part, box, id);
    box.append(refused);
    form.append(box);
    return { read, box, refused };
  });
  const end = make("div", { class: "end" });
  let sure = () => null;
  if (page.get("sure").length) {
    const how = make("fieldset", { class: "part" });
    const choices = make("div", { class: "choices" });
    how.append(make("legend", {}, "How sure are you? (optional)"), choices);
    sure = radios(`${one}-sure`, page.get("sure"), choices);
    form.append(how);
  }
  end.append(make("button", { type: "submit" }, "That is my guess"));
  form.append(end);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    page.ask({ typed: parts.map((part) => part.read()), sure: sure() });
  });

  // JupyterLab keeps a page from sending a form by Enter.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.localName !== "input") return;
    event.preventDefault();
    form.requestSubmit();
  });

  let before = "{}"; // what was refused last
  const update = () => {
    const html = page.get("result");
    const was = form.contains(document.activeElement); // who hides a focus gives it a place
    form.hidden = Boolean(html);
    if (html && !result.firstChild) {
      result.innerHTML = html;
      if (was) result.focus({ preventScroll: true });
      setTimeout(() => {
        if (page.get("answered") && !document.querySelector(`.${CSS.escape(one)}`)) {
          result.append(make("p", {}, "Run this cell again to read the answer."));
        }
      }, 1500);
    }
    const refused = page.get("refused");
    let first = null;
    parts.forEach(({ box, refused: line }, i) => {
      line.textContent = refused[i] || "";
      line.hidden = !refused[i];
      for (const input of box.querySelectorAll("input")) {
        if (refused[i]) input.setAttribute("aria-describedby", line.id);
        else input.removeAttribute("aria-describedby");
        if (input.type !== "radio") input.setAttribute("aria-invalid", Boolean(refused[i]));
      }
      if (refused[i] && !first) first = box.querySelector("input, circle");
    });
    if (first && JSON.stringify(refused) !== before) first.focus();
    before = JSON.stringify(refused);
  };
  update();
  return update;
}
