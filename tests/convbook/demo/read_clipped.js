// The boxes whose content is wider than they are.
() =>
  [document.documentElement, ...document.querySelectorAll("main, .board, .controls, .sentence, td, button")]
    .filter((node) => node.scrollWidth > node.clientWidth + 1)
    .map((node) => `${node.tagName}.${node.className}: ${node.scrollWidth} > ${node.clientWidth}`)
