// A net that looks at a piece of a photograph: one moves the piece, its light, or draws on it.

const LARGEST = 160; // pixels of the longer side, as in pictures.py
const MOST_BYTES = 20 * 1024 * 1024;
const COLOURS = { black: [0, 0, 0], white: [255, 255, 255], red: [210, 40, 40], yellow: [240, 200, 40], green: [40, 140, 60], blue: [40, 90, 190] };
const QUICK = 60; // milliseconds of a look; up to that the way to the kernel takes longer
const BRUSH = 2.2; // pixels from its middle to its edge
const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function pieceOf({ photo, at, light }, [H, W]) {
  const piece = new Uint8Array(H * W * 3);
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < 3 * W; j++) {
      const v = photo.rgb[(at[0] + i) * photo.W * 3 + at[1] * 3 + j];
      piece[i * W * 3 + j] = Math.min(255, Math.round(v * light));
    }
  }
  return piece;
}

function paintPhoto(canvas, photo, light) {
  if (canvas.width !== photo.W || canvas.height !== photo.H) [canvas.width, canvas.height] = [photo.W, photo.H];
  const image = new ImageData(photo.W, photo.H);
  for (let k = 0; k < photo.W * photo.H; k++) {
    for (let c = 0; c < 3; c++) image.data[4 * k + c] = photo.rgb[3 * k + c] * light;
    image.data[4 * k + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// A file of the reader's, as small as the net needs it.
async function readPicture(file, [least]) {
  if (!/^image\//.test(file.type)) throw new Error("That is no picture. PNG and JPEG can be read.");
  if (file.size > MOST_BYTES) throw new Error("That picture has more than 20 MB. Save it smaller.");
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error("That picture cannot be read. PNG and JPEG can.");
  }
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const [w, h] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const [W, H] = [Math.max(w, least), Math.max(h, least)];
  const canvas = el("canvas", { width: W, height: H });
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, W, H);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (W - w) / 2, (H - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, W, H);
  const rgb = new Uint8Array(W * H * 3);
  for (let k = 0; k < W * H; k++) for (let c = 0; c < 3; c++) rgb[3 * k + c] = data[4 * k + c];
  return { name: "your picture", H, W, rgb };
}

function view(page) {
  const setup = page.get("setup");
  const [H, W] = setup.size;
  const pictures = setup.pictures.map((p) => ({ ...p, rgb: new Uint8Array(bytesOf(p.pixels)) }));
  const now = { photo: copyOf(pictures[0]), at: [...setup.at], light: 1, draws: false, brush: [0, 0], plays: 0 };
  const rate = new Rate();
  const line = fewAtATime((what) => page.ask(what), () => (page.get("frame").ms < QUICK ? 4 : 1), Math.max(0, page.get("frame").serial));

  // The photograph, and the frame on it.
  const photo = el("canvas", { class: "photo", tabindex: 0, role: "application", "aria-roledescription": "photograph" });
  const frame = el("div", { class: "frame" });
  const spot = el("div", { class: "spot", hidden: "" });
  const stack = el("div", { class: "stack" }, photo, frame, spot);
  const trouble = el("p", { class: "trouble", role: "alert", hidden: "" });
  const complain = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
  };

  const limits = () => [now.photo.H - H, now.photo.W - W];
  const share = (value, whole) => `${(100 * value) / whole}%`;
  function drawHand() {
    paintPhoto(photo, now.photo, now.light);
    Object.assign(frame.style, { top: share(now.at[0], now.photo.H), left: share(now.at[1], now.photo.W), height: share(H, now.photo.H), width: share(W, now.photo.W) });
    frame.hidden = limits().every((most) => most === 0);
    Object.assign(spot.style, { top: share(now.brush[0], now.photo.H), left: share(now.brush[1], now.photo.W) });
    spot.hidden = !now.draws || document.activeElement !== photo;
    limits().forEach((most, k) => {
      hands[k].input.max = most;
      hands[k].set(now.at[k]);
      hands[k].node.hidden = most === 0;
    });
    photo.setAttribute("aria-label", now.draws
      ? `Photograph. Arrow keys move the brush, the space bar paints. Brush at row ${Math.round(now.brush[0])}, column ${Math.round(now.brush[1])}.`
      : `Photograph. Arrow keys move the piece that the net sees, at row ${now.at[0]}, column ${now.at[1]}.`);
  }
  function look() {
    complain("");
    drawHand();
    line.ask({ piece: toBase64(pieceOf(now, setup.size)) });
  }
  let settling = 0;
  function settle() {
    clearTimeout(settling);
    settling = setTimeout(() => (line.busy() || now.plays ? settle() : page.ask({ settled: true })), 700);
  }
  function place(row, column) {
    const most = limits();
    now.at = [row, column].map((v, k) => Math.min(Math.max(Math.round(v), 0), most[k]));
    look();
    settle();
  }
  const hands = [
    slider("down", { min: 0, max: 1, value: 0 }, (v) => place(v, now.at[1])),
    slider("right", { min: 0, max: 1, value: 0 }, (v) => place(now.at[0], v)),
  ];
  const light = slider("brightness", { min: 0.1, max: 2.5, step: 0.05, value: 1, text: (v) => `${v.toFixed(2)} times` }, (v) => {
    now.light = v;
    look();
    settle();
  });

  // Drawing.
  const colour = el("select", { "aria-label": "Colour of the brush" }, ...Object.keys(COLOURS).map((name) => el("option", {}, name)));
  function dab(row, column) {
    const rgb = COLOURS[colour.value];
    for (let i = Math.max(0, Math.floor(row - BRUSH)); i < Math.min(now.photo.H, row + BRUSH); i++) {
      for (let j = Math.max(0, Math.floor(column - BRUSH)); j < Math.min(now.photo.W, column + BRUSH); j++) {
        if (Math.hypot(i + 0.5 - row, j + 0.5 - column) <= BRUSH) now.photo.rgb.set(rgb, 3 * (i * now.photo.W + j));
      }
    }
    now.brush = [row, column];
    look();
    settle();
  }
  let grip = [0, 0]; // where in the piece the hand took hold
  followHand(photo, (row, column, begins) => {
    if (now.draws) return dab(row, column);
    stop();
    if (begins) {
      const inside = row >= now.at[0] && row < now.at[0] + H && column >= now.at[1] && column < now.at[1] + W;
      grip = inside ? [row - now.at[0], column - now.at[1]] : [H / 2, W / 2];
    }
    place(row - grip[0], column - grip[1]);
  }, settle, () => now.draws);
  photo.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step && event.key !== " ") return;
    event.preventDefault();
    stop();
    const far = event.shiftKey ? 8 : now.draws ? 2 : 1;
    if (!now.draws) return step && place(now.at[0] + far * step[0], now.at[1] + far * step[1]);
    if (!step) return dab(...now.brush);
    now.brush = now.brush.map((v, k) => Math.min(Math.max(v + far * step[k], 0), [now.photo.H, now.photo.W][k] - 1));
    drawHand();
  });
  for (const name of ["focus", "blur"]) photo.addEventListener(name, drawHand);

  // Other pictures.
  function take(picture) {
    now.photo = copyOf(picture);
    now.at = limits().map((most) => Math.floor(most / 2));
    now.brush = [now.at[0] + H / 2, now.at[1] + W / 2];
    look();
    settle();
  }
  const choice = el("select", { "aria-label": "Picture" }, ...pictures.map(({ name }, k) => el("option", { value: k }, name)));
  choice.addEventListener("change", () => take(pictures[choice.value]));
  async function takeFile(found) {
    try {
      const picture = await readPicture(found, setup.size);
      if (pictures.at(-1).mine) pictures.pop();
      else choice.append(el("option", { value: pictures.length }, "from a file"));
      pictures.push({ ...picture, mine: true });
      choice.value = pictures.length - 1;
      take(picture);
    } catch (error) {
      complain(error.message);
    }
  }
  const file = el("input", { type: "file", accept: "image/*", "aria-label": "A picture of your own" });
  file.addEventListener("change", () => file.files[0] && takeFile(file.files[0]));
  stack.addEventListener("dragover", (event) => {
    event.preventDefault();
    event.stopPropagation();
    photo.classList.add("over");
  });
  stack.addEventListener("dragleave", () => photo.classList.remove("over"));
  stack.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    photo.classList.remove("over");
    if (event.dataTransfer.files[0]) takeFile(event.dataTransfer.files[0]);
  });

  // Buttons.
  const button = (text, action) => {
    const node = el("button", { type: "button" }, text);
    node.addEventListener("click", action);
    return node;
  };
  const draw = button("Draw", () => {
    now.draws = !now.draws;
    draw.setAttribute("aria-pressed", now.draws);
    tools.hidden = !now.draws;
    photo.classList.toggle("brush", now.draws);
    stop();
    drawHand();
  });
  draw.setAttribute("aria-pressed", false);
  const tools = el("span", { class: "tools", hidden: "" }, colour, " ", button("Wipe it off", () => take(pictures[choice.value])));
  const play = button("Play", () => (now.plays ? stop() : start()));
  function start() {
    now.plays = performance.now();
    play.textContent = "Stop";
    requestAnimationFrame(wander);
  }
  function stop() {
    now.plays = 0;
    play.textContent = "Play";
  }
  // Round and round over the photograph; where the piece is all of it, the light changes.
  function wander(time) {
    if (!now.plays || !page.root.isConnected) return;
    requestAnimationFrame(wander);
    if (line.full()) return; // it goes as fast as the net can look
    const angle = (time - now.plays) / 2500;
    const most = limits();
    if (most.some((m) => m > 0)) now.at = most.map((m, k) => Math.round((m * (1 + Math.sin(angle * (k ? 1 : 1.618)))) / 2));
    else {
      now.light = 1 + 0.8 * Math.sin(angle);
      light.set(now.light);
    }
    look();
    settle();
  }

  // What the net makes of it.
  const boxes = makeBoxes(setup);
  const scores = makeScores(setup.classes, setup.last);
  const saliency = el("canvas", { width: W, height: H, role: "img", "aria-label": "Where it looks: light pixels change the score most" });
  const seen = el("canvas", { width: W, height: H, role: "img", "aria-label": "The piece that the net sees" });
  const twins = el("div", { class: "twins" }, el("figure", {}, el("figcaption", {}, "the piece"), seen));
  if (setup.saliency) twins.append(el("figure", {}, el("figcaption", {}, "where it looks"), saliency));
  const verdict = el("p", { class: "told", "aria-live": "polite" });
  const speed = el("p", { class: "told speed" });
  function show() {
    const said = page.get("frame");
    const problems = said.said.join(" ");
    if (!said.scores.length) return complain(problems);
    paintBoxes(boxes.columns, said);
    paintScores(scores.rows, said.scores);
    mark(scores, said.whose.at(-1));
    paintPhoto(seen, { H, W, rgb: pieceOf(now, setup.size) }, 1);
    const heat = bytesOf(said.saliency);
    if (heat.length) paintGrey(saliency, heat);
    const best = setup.classes[said.scores.indexOf(Math.max(...said.scores))];
    const text = `The net takes it for ${best}. ${whoseSentence(setup, said.whose)} ${problems}`;
    if (verdict.textContent !== text) verdict.textContent = text;
    const pace = rate.tick();
    speed.textContent = `One look took ${Math.max(1, Math.round(said.ms))} ms${pace ? `, ${pace.toFixed(pace < 10 ? 1 : 0)} looks a second` : ""}.`;
    page.root.dataset.serial = said.serial;
  }

  ownKeys(page.root);
  page.root.append(
    el("div", { class: "bar", role: "group", "aria-label": "Picture and tools" }, choice, play, draw, tools, el("label", {}, "your own:", file)),
    el("div", { class: "parts" },
      el("div", { class: "hand" }, stack, ...hands.map((h) => h.node), light.node, trouble, twins, scores.node),
      boxes.node),
    verdict, speed);
  now.brush = [now.at[0] + H / 2, now.at[1] + W / 2];
  drawHand();
  show();
  return () => {
    if (page.get("frame").serial !== Number(page.root.dataset.serial)) {
      show();
      line.answered(page.get("frame").serial);
    }
  };
}

function copyOf(picture) {
  return { ...picture, rgb: Uint8Array.from(picture.rgb) };
}
