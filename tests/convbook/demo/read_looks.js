// Size and contrast of every text that is shown, as WCAG counts contrast.
() => {
  return [...document.querySelectorAll("main *")]
    .filter((node) => (node.type === "number" || hasText(node)) && node.checkVisibility({ visibilityProperty: true }))
    .map((node) => ({ what: `${node.tagName}.${node.className} ${node.textContent}`.slice(0, 40), ...look(node) }));
}
