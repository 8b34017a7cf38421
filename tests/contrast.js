// How well a text stands out, as WCAG counts contrast: for read_looks.js and read_slide.js.
const rgba = (text) => {
  const [r, g, b, alpha = 1] = text.match(/[\d.]+/g).map(Number);
  const whole = text.startsWith("color(") ? 255 : 1; // what color-mix gives counts from 0 to 1
  return [r * whole, g * whole, b * whole, alpha];
};
const linear = (c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const behind = (node) => {
  for (let n = node; n; n = n.parentElement) {
    const color = rgba(getComputedStyle(n).backgroundColor);
    if (color[3] > 0.99) return color;
  }
  return [255, 255, 255, 1];
};
const hasText = (node) => [...node.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
const look = (node) => {
  const { color, fontSize } = getComputedStyle(node);
  const [dark, light] = [luminance(rgba(color)), luminance(behind(node))].sort((a, b) => a - b);
  return { contrast: (light + 0.05) / (dark + 0.05), size: parseFloat(fontSize) };
};
