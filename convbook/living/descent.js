// Paint the map you want, and watch gradient descent look for the filter behind it.

const VALUES = { light: 1, "mid-grey": 0, dark: -1, nothing: null };
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const RADIUS = 1.7;

// The photograph, pale, and over it what is painted; 128 is 0.
function paintWanted(canvas, target, photo, [H, W], nothing) {
  const image = new ImageData(W - 2, H - 2);
  for (let i = 0; i < H - 2; i++) {
    for (let j = 0; j < W - 2; j++) {
      const k = i * (W - 2) + j;
      const pale = target[k] === nothing;
      const v = pale ? 0.45 * photo[(i + 1) * W + j + 1] : target[k] + 128;
      const [r, g, b] = pale ? [v * 0.75 + 20, v * 0.8 + 40, v + 75] : [v, v, v];
      image.data.set([r, g, b, 255], 4 * k);
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function paintMap(canvas, bytes) {
  paintGrey(canvas, Uint8Array.from(new Int8Array(bytes), (v) => v + 128));
}

// The losses on a logarithmic axis.
function paintLosses(canvas, losses, most) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const logs = losses.map((loss) => Math.log10(Math.max(loss, 1e-9)));
  const [low, high] = [Math.min(...logs, -3), Math.max(...logs, 0)];
  context.strokeStyle = "#3b8ad9"; // on a light page and on a dark one
  context.lineWidth = 3;
  context.beginPath();
  logs.forEach((v, k) => {
    const y = 4 + ((high - v) / (high - low)) * (height - 8);
    context.lineTo(4 + (k / Math.max(40, Math.min(most, losses.length))) * (width - 8), y);
  });
  context.stroke();
}

function makeFilter() {
  const cells = Array.from({ length: 9 }, () => el("td"));
  const rows = [0, 3, 6].map((k) => el("tr", {}, ...cells.slice(k, k + 3)));
  return { cells, node: el("table", { class: "weights", "aria-label": "The filter" }, el("tbody", {}, ...rows)) };
}

function paintFilter(cells, w) {
  const top = Math.max(...w.map(Math.abs), 1e-9);
  cells.forEach((cell, k) => {
    const strength = Math.round((70 * Math.abs(w[k])) / top);
    const text = Math.abs(w[k]) < 1e4 ? (Math.round(100 * w[k]) / 100 + 0).toFixed(2) : w[k].toExponential(0);
    cell.textContent = text.replace("-", "−");
    cell.style.background = `color-mix(in srgb, ${w[k] < 0 ? "#d9731a" : "#3b8ad9"} ${strength}%, transparent)`;
  });
}

function view(page) {
  const setup = page.get("setup");
  const [H, W] = setup.size;
  const photo = bytesOf(setup.photo);
  const line = fewAtATime((what) => page.ask(what), () => 3, page.get("frame").serial, (old, what) => ({ ...old, ...what }));
  const rate = new Rate();
  const now = { target: new Int8Array((H - 2) * (W - 2)), brush: [H / 2, W / 2], goes: false, painted: false };
  const canvas = (label, extra = {}) => el("canvas", { width: W - 2, height: H - 2, role: "img", "aria-label": label, ...extra });
  const [wanted, got] = [canvas("", { class: "photo brush", tabindex: 0, role: "application", "aria-roledescription": "painting" }), canvas("The map that the filter gives now")];
  const losses = el("canvas", { width: 300, height: 150, role: "img", "aria-label": "The loss at each step" });
  const spot = el("div", { class: "spot", hidden: "" });
  const filter = makeFilter();
  const told = el("p", { class: "told", "aria-live": "polite" });
  const problems = el("p", { class: "told", hidden: "" });
  const speed = el("p", { class: "told speed" });

  const ask = (what) => line.ask(what);
  const painted = () => toBase64(new Uint8Array(now.target.buffer));
  function change(what) {
    stop();
    ask(what);
  }

  // Painting. What is painted is sent when the hand rests.
  const colour = el("select", { "aria-label": "Brush" }, ...Object.keys(VALUES).map((name) => el("option", {}, name)));
  function dab(row, column) {
    const value = VALUES[colour.value];
    const part = value === null ? setup.nothing : Math.round(value * setup.parts);
    for (let i = 0; i < H - 2; i++) {
      for (let j = 0; j < W - 2; j++) {
        if (Math.hypot(i + 0.5 - row, j + 0.5 - column) <= RADIUS) now.target[i * (W - 2) + j] = part;
      }
    }
    now.brush = [row, column];
    drawWanted();
  }
  function drawWanted() {
    paintWanted(wanted, now.target, photo, setup.size, setup.nothing);
    spot.style.top = `${(100 * now.brush[0]) / (H - 2)}%`;
    spot.style.left = `${(100 * now.brush[1]) / (W - 2)}%`;
    spot.hidden = document.activeElement !== wanted;
    wanted.setAttribute("aria-label", `The map you want. Arrow keys move the brush, the space bar paints. Brush at row ${Math.floor(now.brush[0])}, column ${Math.floor(now.brush[1])}.`);
  }
  followHand(wanted, dab, () => change({ painted: painted() }), () => true);
  wanted.addEventListener("keydown", (event) => {
    const step = MOVES[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    if (!step) {
      dab(...now.brush);
      return change({ painted: painted() });
    }
    const far = event.shiftKey ? 6 : 2;
    now.brush = now.brush.map((v, k) => Math.min(Math.max(v + far * step[k], 0.5), [H, W][k] - 2.5));
    drawWanted();
  });
  for (const name of ["focus", "blur"]) wanted.addEventListener(name, drawWanted);

  // What else can be wanted, and the rate.
  const ready = el("select", { "aria-label": "The map that is wanted" }, ...[...setup.wanted, "what I paint"].map((name) => el("option", {}, name)));
  ready.addEventListener("change", () => (setup.wanted.includes(ready.value) ? change({ want: ready.value, begin: true }) : wipe()));
  function wipe() {
    now.target.fill(setup.nothing);
    ready.value = "what I paint";
    drawWanted();
    change({ painted: painted(), begin: true });
  }
  const [low, high] = setup.rates.map(Math.log10);
  const shown = el("output");
  const text = (v) => String(Number((10 ** v).toPrecision(2)));
  const speedOf = slider("rate", { min: low, max: high, step: 0.02, value: Math.log10(page.get("frame").rate), text }, (v) => {
    shown.textContent = text(v);
    ask({ rate: 10 ** v });
  });
  shown.textContent = text(Math.log10(page.get("frame").rate));
  speedOf.node.append(shown);

  // A step when the last one is drawn: the page asks for each, so that Stop is heard at once.
  const button = (name, action) => {
    const node = el("button", { type: "button" }, name);
    node.addEventListener("click", action);
    return node;
  };
  const go = button("Start", () => (now.goes ? stop() : start()));
  function start() {
    now.goes = true;
    go.textContent = "Stop";
    for (let k = 0; k < 3; k++) ask({ step: true }); // each answer asks for one more
  }
  function stop() {
    if (now.goes) setTimeout(() => page.ask({ settled: true }), 300);
    now.goes = false;
    go.textContent = "Start";
  }
  const again = button("Begin anew", () => change({ begin: true }));
  const one = button("One step", () => change({ step: true }));

  function show() {
    const frame = page.get("frame");
    if (frame.target) {
      now.target = Int8Array.from(new Int8Array(bytesOf(frame.target)));
      drawWanted();
    }
    paintFilter(filter.cells, frame.w);
    paintMap(got, bytesOf(frame.map));
    paintLosses(losses, frame.losses, setup.most);
    problems.textContent = frame.said.join(" ");
    problems.hidden = !frame.said.length;
    if (frame.status !== "going" && frame.losses.length) stop();
    // While it runs, a screen reader hears every 50th step.
    const count = frame.losses.length - 1;
    told.setAttribute("aria-live", now.goes && count % 50 ? "off" : "polite");
    told.textContent = frame.sentence;
    told.classList.toggle("trouble", frame.status === "diverged");
    const pace = now.goes && rate.tick();
    if (pace) speed.textContent = `${pace.toFixed(pace < 10 ? 1 : 0)} steps a second.`;
    page.root.dataset.serial = frame.serial;
    page.root.dataset.status = frame.status;
    page.root.dataset.steps = Math.max(count, 0);
  }

  ownKeys(page.root);
  const figure = (name, ...nodes) => el("figure", {}, el("figcaption", {}, name), ...nodes);
  page.root.append(
    el("div", { class: "bar", role: "group", "aria-label": "What is wanted, and the search" },
      el("label", {}, "wanted:", ready), button("Wipe", wipe), el("label", {}, "brush:", colour), go, one, again, speedOf.node),
    el("div", { class: "parts four" },
      figure("the map you want: paint here", el("div", { class: "stack" }, wanted, spot)),
      figure("the map of the filter", got),
      figure("the filter", filter.node), figure("loss, on a logarithmic axis", losses)),
    told, problems, speed);
  now.target = Int8Array.from(new Int8Array(bytesOf(page.get("frame").target)));
  drawWanted();
  show();
  return () => {
    if (page.get("frame").serial === Number(page.root.dataset.serial)) return;
    show();
    line.answered(page.get("frame").serial);
    if (now.goes) requestAnimationFrame(() => now.goes && page.root.isConnected && ask({ step: true }));
  };
}
