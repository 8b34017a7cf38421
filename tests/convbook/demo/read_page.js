// Everything that a demo shows now: by the name that stands over it the numbers, the texts and
// the class names of its cells (or of the one number, where it is no table).
() => {
  const arrays = {};
  for (const node of document.querySelectorAll("[data-name]")) {
    const rows = node.dataset.v !== undefined ? [[node]]
      : [...node.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);
    const all = (f) => rows.map((row) => row.map(f));
    arrays[node.dataset.name] = {
      numbers: all((cell) => cell.dataset.v),
      texts: all((cell) => cell.textContent),
      marks: all((cell) => [...cell.classList]),
      single: node.dataset.v !== undefined,
    };
  }
  const { step, steps } = document.querySelector("main").dataset;
  return { arrays, step: Number(step), steps: Number(steps), sentence: document.querySelector("#sentence").innerText };
}
