"use strict";
// A trained net on typed arrays. A volume is {C, H, W, values}, values in the order of an array of
// shape (C, H, W), in float32 as NumPy has them.

// What Python packed: {shape, type, base64}.
const UNPACKED = {
  uint8: (bytes) => bytes,
  float32: (bytes) => new Float32Array(bytes.buffer),
  float16: (bytes) => Float32Array.from(new Uint16Array(bytes.buffer), fromHalf),
};

function unpack({ shape, type, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return { shape, values: UNPACKED[type](bytes) };
}

// A number of 16 bits: a sign, 5 of the exponent, 10 of the fraction; neither inf nor nan.
function fromHalf(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
  return bits >> 15 ? -size : size;
}

function volume(C, H, W) {
  return { C, H, W, values: new Float32Array(C * H * W) };
}

// The layers of a net, as Python packed them.
function unpackLayers(layers) {
  return layers.map((layer) => (layer.w ? { ...layer, w: unpack(layer.w), b: unpack(layer.b) } : layer));
}

// Pixels from 0 to 255, as a net looks at them: from 0 to 1, less the mean of each channel.
function centred(pixels, [C, H, W], mean) {
  const x = volume(C, H, W);
  pixels.forEach((v, k) => (x.values[k] = v / 255 - mean[Math.floor(k / (H * W))]));
  return x;
}

function mapOf({ H, W, values }, c) {
  return values.subarray(c * H * W, (c + 1) * H * W);
}

function paddedVolume(x, pad) {
  const out = volume(x.C, x.H + 2 * pad, x.W + 2 * pad);
  for (let row = 0; row < x.C * x.H; row++) {
    const [c, i] = [Math.floor(row / x.H), row % x.H];
    out.values.set(x.values.subarray(row * x.W, (row + 1) * x.W), (c * out.H + i + pad) * out.W + pad);
  }
  return out;
}

const FORWARD = {
  CONV(x, { w, b, stride, pad }) {
    const [F, C, HH, WW] = w.shape;
    const from = paddedVolume(x, pad);
    const out = volume(F, outputSize(x.H, HH, stride, pad), outputSize(x.W, WW, stride, pad));
    let n = 0;
    for (let f = 0; f < F; f++) {
      for (let i = 0; i < out.H; i++) {
        for (let j = 0; j < out.W; j++) {
          let sum = b.values[f];
          let k = f * C * HH * WW;
          for (let c = 0; c < C; c++) {
            for (let u = 0; u < HH; u++) {
              const row = (c * from.H + i * stride + u) * from.W + j * stride;
              for (let v = 0; v < WW; v++) sum += w.values[k++] * from.values[row + v];
            }
          }
          out.values[n++] = sum;
        }
      }
    }
    return out;
  },

  RELU(x) {
    return { ...x, values: x.values.map((v) => Math.max(v, 0)) };
  },

  POOL(x, { size, stride }) {
    const out = volume(x.C, outputSize(x.H, size, stride, 0), outputSize(x.W, size, stride, 0));
    out.values.forEach((_, n) => {
      const [row, j] = [Math.floor(n / out.W), n % out.W];
      const [c, i] = [Math.floor(row / out.H), row % out.H];
      let best = -Infinity;
      for (let u = 0; u < size; u++) {
        const start = (c * x.H + i * stride + u) * x.W + j * stride;
        for (let v = 0; v < size; v++) best = Math.max(best, x.values[start + v]);
      }
      out.values[n] = best;
    });
    return out;
  },

  // The volume in one row, times w of shape (D, M).
  FC(x, { w, b }) {
    const [D, M] = w.shape;
    const out = volume(M, 1, 1);
    out.values.forEach((_, m) => {
      let sum = b.values[m];
      for (let d = 0; d < D; d++) sum += x.values[d] * w.values[d * M + m];
      out.values[m] = sum;
    });
    return out;
  },
};

// The volume of each layer, first the one that goes in.
function forwardPass(x, layers) {
  const volumes = [x];
  for (const layer of layers) volumes.push(FORWARD[layer.kind](volumes.at(-1), layer));
  return volumes;
}

function softmax(scores) {
  const top = Math.max(...scores);
  const powers = [...scores].map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function range(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}
