"use strict";
// What runs by itself: while somebody can see it, and not in print.

// Calls change(true) when the demo comes into sight and change(false) when it goes: another slide,
// another tab, scrolled away. What runs by itself stops there, and spares the battery.
function watchShown(change) {
  const section = frame()?.closest("section");
  let [near, shown] = [true, null];
  const tell = () => {
    const now = near && !document.hidden && !section?.matches(".past, .future");
    if (now !== shown) change((shown = now));
  };
  new IntersectionObserver((entries) => {
    near = entries.at(-1).isIntersecting;
    tell();
  }).observe(document.body);
  document.addEventListener("visibilitychange", tell);
  if (section) new MutationObserver(tell).observe(section, { attributes: true, attributeFilter: ["class"] });
  tell();
}

// Is the page around printed? Then nothing will run.
function isPrinted() {
  return /print|handout/.test(frame()?.ownerDocument.location.search ?? "");
}
