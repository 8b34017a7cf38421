// What the net says: its boxes, a column each, the scores, and where it looks.

const [TILE, GAP] = [32, 2]; // pixels of a map in its column, and between two

function makeBoxes(setup) {
  const columns = setup.boxes.map(({ name, C, H, W }) => {
    const scale = Math.max(1, Math.floor(TILE / Math.max(H, W)));
    const canvas = el("canvas", { width: scale * W, height: C * (scale * H + GAP) - GAP, role: "img" });
    const whose = el("span", { class: "whose" });
    const node = el("figure", {}, el("figcaption", {}, el("b", {}, name), whose), canvas);
    return { name, C, H, W, scale, canvas, whose, node };
  });
  return { columns, node: el("div", { class: "maps", role: "group", tabindex: 0, "aria-label": "The first maps of each layer" }, ...columns.map((c) => c.node)) };
}

// All maps in one strip, each pixel as a square of scale x scale.
function stripOf({ C, H, W, scale, canvas }, bytes, from) {
  const image = new ImageData(canvas.width, canvas.height);
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < scale * H; i++) {
      const row = from + (c * H + Math.floor(i / scale)) * W;
      let to = 4 * (c * (scale * H + GAP) + i) * canvas.width;
      for (let j = 0; j < scale * W; j++, to += 4) {
        const v = bytes[row + Math.floor(j / scale)];
        image.data[to] = image.data[to + 1] = image.data[to + 2] = v;
        image.data[to + 3] = 255;
      }
    }
  }
  return image;
}

function paintBoxes(columns, frame) {
  const bytes = bytesOf(frame.maps);
  let from = 0;
  columns.forEach((column, k) => {
    const { name, C, H, W, canvas } = column;
    canvas.getContext("2d").putImageData(stripOf(column, bytes, from), 0, 0);
    from += C * H * W;
    mark(column, frame.whose[k]);
    const [low, high] = frame.ranges[k];
    canvas.setAttribute("aria-label", `${C} maps of ${name}, ${H} by ${W}, from ${low.toFixed(2)} to ${high.toFixed(2)}`);
  });
}

function mark({ node, whose }, name) {
  node.classList.toggle("own", name === "yours");
  whose.textContent = name === "yours" ? "yours" : "course";
}

function makeScores(classes, last) {
  const rows = classes.map((name) => {
    const [value, rod] = [el("td"), el("i")];
    return { value, rod, node: el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, el("span", { class: "rod" }, rod)), value) };
  });
  const whose = el("span", { class: "whose" });
  const head = el("tr", {}, el("th", { scope: "col" }, "class"), el("th", { scope: "col" }, "softmax"), el("th", { scope: "col" }, "score"));
  const table = el("table", { class: "scores", "aria-label": "Scores" }, el("thead", {}, head), el("tbody", {}, ...rows.map((r) => r.node)));
  return { rows, whose, node: el("figure", {}, el("figcaption", {}, el("b", {}, `${last} `), whose), table) };
}

function paintScores(rows, scores) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  rows.forEach(({ value, rod, node }, k) => {
    value.textContent = scores[k].toFixed(1).replace("-", "−");
    rod.style.width = `${(100 * powers[k]) / sum}%`;
    node.classList.toggle("best", scores[k] === top);
  });
}

function whoseSentence(setup, whose) {
  const kindOf = (k) => (setup.boxes[k]?.name ?? setup.last).split(" ")[0];
  const kinds = [...new Set(whose.map((_, k) => kindOf(k)))];
  const own = kinds.filter((kind) => whose.some((w, k) => w === "yours" && kindOf(k) === kind));
  if (!own.length) return "All layers are the course’s.";
  return own.length === kinds.length ? "All layers are yours." : `Yours: ${own.join(", ")}. The rest is the course’s.`;
}

