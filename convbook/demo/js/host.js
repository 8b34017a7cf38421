"use strict";
// What the demo asks of the page around it: light or dark, and room for its height.
// The page may belong to another origin, or may not be there; then every question gets null.

function frame() {
  try {
    return window.frameElement;
  } catch {
    return null;
  }
}

// JupyterLab says on <body> which theme it shows, and so do its HTML exports; VS Code has its own
// attribute. A deck or any other page may say data-theme="dark" on an element around the frame.
function namedTheme(host) {
  const body = host.ownerDocument.body;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === "false" ? "dark" : "light";
  const code = body.dataset.vscodeThemeKind;
  if (code) return /light/.test(code) ? "light" : "dark";
  const named = host.closest("[data-theme=dark], [data-theme=light]");
  return named ? named.dataset.theme : null;
}

// The first background that is not transparent, seen from the frame outwards.
function backgroundTheme(host) {
  const view = host.ownerDocument.defaultView;
  for (let node = host.parentElement; node; node = node.parentElement) {
    const color = view.getComputedStyle(node).backgroundColor;
    const [r, g, b, alpha = 1] = (color.match(/^rgba?\((.*)\)/)?.[1] ?? "").split(/[,/ ]+/).map(Number);
    if (b !== undefined && alpha > 0.5) {
      return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
    }
  }
  return null;
}

function followTheme() {
  const root = document.documentElement;
  if (root.dataset.theme !== "auto") {
    root.dataset.shown = root.dataset.theme;
    return;
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  const host = frame();
  const show = () => {
    const around = host && (namedTheme(host) ?? backgroundTheme(host));
    root.dataset.shown = around ?? (system.matches ? "dark" : "light");
  };
  system.addEventListener("change", show);
  if (host) {
    const watch = new MutationObserver(show);
    const names = ["class", "style", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
    for (const node of [host.ownerDocument.documentElement, host.ownerDocument.body]) {
      watch.observe(node, { attributes: true, attributeFilter: names });
    }
    // A style sheet of the page may come later than this script.
    host.ownerDocument.defaultView.addEventListener("load", show);
  }
  show();
}

// Makes the frame as high as the content, now and whenever the content changes. A slide that is
// not shown has no width; measuring there would give nonsense, so it waits.
function fitFrame(content) {
  const host = frame();
  if (!host) return;
  document.documentElement.classList.add("framed");
  const fit = () => {
    if (window.innerWidth > 0) host.style.height = `${Math.ceil(content.getBoundingClientRect().height)}px`;
  };
  new ResizeObserver(fit).observe(content);
  fit();
}

// Gives the keyboard back to the page around, so that arrow keys turn the slides again.
function leaveFrame() {
  const host = frame();
  if (!host) return;
  document.activeElement?.blur();
  host.blur();
  host.ownerDocument.defaultView.focus();
}
