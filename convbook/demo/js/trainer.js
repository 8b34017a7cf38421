"use strict";
// A worker that trains: CONV, RELU, POOL, FC with Adam on the pictures of training.py. It goes on as
// far as the page asks, and sends what there is to see after every few steps.

class Run {
  constructor({ size: [H, W], mean, labels, held, shown, batch, rate }, pixels, w) {
    const [F, , HH, WW] = w.shape;
    const D = (F * (H - HH + 1) * (W - WW + 1)) / 4;
    const fresh = (...shape) => ({ shape, values: new Float32Array(shape.reduce((a, b) => a * b)) });
    this.layers = [
      { kind: "CONV", w: { ...w, values: w.values.slice() }, b: fresh(F), stride: 1, pad: 0 },
      { kind: "RELU" },
      { kind: "POOL", size: 2, stride: 2 },
      { kind: "FC", w: fresh(D, 10), b: fresh(10) },
    ];
    this.memory = new Map();
    const pictures = labels.map((_, n) => centred(pixels.subarray(n * H * W, (n + 1) * H * W), [1, H, W], [mean]));
    const all = pictures.map((x, n) => [x, labels[n]]);
    Object.assign(this, { t: 0, seen: [], shown, batch, rate, rows: all.slice(held), test: all.slice(0, held) });
  }

  // The pictures come in the order of the file, again and again.
  next() {
    const first = this.t * this.batch;
    const rows = Array.from({ length: this.batch }, (_, i) => this.rows[(first + i) % this.rows.length]);
    return lossAndGrads(this.layers, rows.map(([x]) => x), rows.map(([, y]) => y));
  }

  step() {
    this.seen.push(this.next());
    this.t++;
    for (const { w, b, dw, db } of this.layers) {
      if (!w) continue;
      for (const [values, grad] of [[w.values, dw], [b.values, db]]) {
        adam(values, grad, remembered(this.memory, values), this.t, this.rate);
      }
    }
  }

  // The loss since the last time, and how the net does on pictures held out.
  look() {
    const losses = this.seen.length ? this.seen : [this.next()];
    const guesses = this.test.map(([x]) => guess(softmax(forwardPass(x, this.layers).at(-1).values)));
    const right = guesses.filter(({ m }, n) => m === this.test[n][1]).length;
    this.seen = [];
    const loss = losses.reduce((a, b) => a + b, 0) / losses.length;
    return { t: this.t, loss, right, filters: this.layers[0].w.values.slice(), guesses: guesses.slice(0, this.shown) };
  }
}

function guess(p) {
  const best = Math.max(...p);
  return { m: p.indexOf(best), p: best };
}

function remembered(memory, key) {
  if (!memory.has(key)) memory.set(key, {});
  return memory.get(key);
}

async function inflate({ values }) {
  const stream = new Blob([values]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

let [run, every, until] = [null, 0, 0];

function work() {
  if (!run || run.t >= until) return;
  for (let k = 0; k < every; k++) run.step();
  postMessage(run.look());
  setTimeout(work); // first it hears what the page has to say
}

// {data, start} begins; {until} goes on as far as that step.
async function hear({ data: { data, start, until: wished = 0 } }) {
  until = Math.max(until, wished);
  try {
    if (data) run = new Run(data, await inflate(unpack(data.pictures)), start);
    if (data) every = data.every;
    work();
  } catch (error) {
    postMessage({ failed: String(error) });
  }
}
if (typeof document === "undefined") onmessage = hear;
