"use strict";
// Training, on the volumes of net.js: what each layer hands back, the loss, a step of Adam.

// BACKWARD.KIND(dout, x, out, layer): adds to layer.dw and layer.db, and returns the values of dx;
// a convolution returns none, as nothing that learns stands before it.
const BACKWARD = {
  CONV(dout, x, out, { w, dw, db, stride, pad }) {
    const [F, C, HH, WW] = w.shape;
    const from = paddedVolume(x, pad);
    for (let f = 0, n = 0; f < F; f++) {
      for (let i = 0; i < out.H; i++) {
        for (let j = 0; j < out.W; j++, n++) {
          const d = dout[n];
          if (d === 0) continue; // most are, behind a pool
          db[f] += d;
          let k = f * C * HH * WW;
          for (let c = 0; c < C; c++) {
            for (let u = 0; u < HH; u++) {
              const row = (c * from.H + i * stride + u) * from.W + j * stride;
              for (let v = 0; v < WW; v++) dw[k++] += d * from.values[row + v];
            }
          }
        }
      }
    }
  },

  RELU(dout, x) {
    return dout.map((d, k) => (x.values[k] > 0 ? d : 0));
  },

  // The first of the largest gets all.
  POOL(dout, x, out, { size, stride }) {
    const dx = new Float32Array(x.values.length);
    for (let c = 0, n = 0; c < out.C; c++) {
      for (let i = 0; i < out.H; i++) {
        for (let j = 0; j < out.W; j++, n++) dx[winner(x, out.values[n], c, i * stride, j * stride, size)] += dout[n];
      }
    }
    return dx;
  },

  FC(dout, x, out, { w, dw, db }) {
    const [D, M] = w.shape;
    const dx = new Float32Array(D);
    for (let m = 0; m < M; m++) db[m] += dout[m];
    for (let d = 0, k = 0; d < D; d++) {
      for (let m = 0; m < M; m++, k++) {
        dw[k] += x.values[d] * dout[m];
        dx[d] += w.values[k] * dout[m];
      }
    }
    return dx;
  },
};

function winner(x, best, c, top, left, size) {
  for (let u = 0; u < size; u++) {
    const row = (c * x.H + top + u) * x.W + left;
    for (let v = 0; v < size; v++) if (x.values[row + v] === best) return row + v;
  }
}

// The mean loss of a batch of volumes; every layer with weights gets its gradients, dw and db.
function lossAndGrads(layers, batch, labels) {
  const learning = layers.filter(({ w }) => w);
  for (const layer of learning) {
    layer.dw = new Float32Array(layer.w.values.length);
    layer.db = new Float32Array(layer.b.values.length);
  }
  let loss = 0;
  batch.forEach((x, n) => {
    const volumes = forwardPass(x, layers);
    const p = softmax(volumes.at(-1).values);
    loss -= Math.log(Math.max(p[labels[n]], 1e-12)) / batch.length;
    let dout = Float32Array.from(p, (v, m) => (v - (m === labels[n])) / batch.length);
    for (let l = layers.length - 1; l >= 0; l--) {
      dout = BACKWARD[layers[l].kind](dout, volumes[l], volumes[l + 1], layers[l]);
    }
  });
  return loss;
}

// Step t of Adam, from 1, for one array of parameters; memory keeps its two means.
function adam(values, grad, memory, t, rate) {
  const [beta1, beta2, eps] = [0.9, 0.999, 1e-8];
  memory.m ??= new Float32Array(values.length);
  memory.s ??= new Float32Array(values.length);
  const { m, s } = memory;
  for (let k = 0; k < values.length; k++) {
    m[k] = beta1 * m[k] + (1 - beta1) * grad[k];
    s[k] = beta2 * s[k] + (1 - beta2) * grad[k] * grad[k];
    values[k] -= (rate * m[k]) / (1 - beta1 ** t) / (Math.sqrt(s[k] / (1 - beta2 ** t)) + eps);
  }
}
