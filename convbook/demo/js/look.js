"use strict";
// A result that is wrong, place by place: the numbers that it is made of, term by term. It begins
// at the first wrong place. All numbers come as texts, so that none is rounded twice.

const data = readData();
const [height, width] = [data.expected.length, data.expected[0].length];
const stage = Stage.open({ name: "look", label: `Where ${data.name} goes wrong` });

const texts = (rows) => rows.flat().reduce((a, b) => (b.length > a.length ? b : a), "0");
const wrongPlaces = data.wrong.flat().flatMap((wrong, place) => (wrong ? [place] : []));

// One grid for each map of an input; terms count the cells through all of its maps.
const inputs = data.inputs.map((input, k) => {
  let begin = 0;
  const maps = input.maps.map(({ label, rows }) => {
    const grid = new Grid({
      name: label, kind: k ? "w" : "x", rows: rows.length, cols: rows[0].length, sample: texts(rows),
    });
    const map = { grid, rows, begin };
    begin += rows.length * rows[0].length;
    return map;
  });
  return maps;
});

const at = data.at.length ? `[${data.at.join(", ")}]` : "";
const result = (title, rows, wrong) => {
  const grid = new Grid({
    name: `${data.name}${at}`, title: `${title} ${data.name}${at}`, kind: "out", rows: height, cols: width,
    sample: texts([...data.yours, ...data.expected]),
    rowHeads: rows.map((_, i) => String(data.corner[0] + i)),
    colHeads: rows[0].map((_, j) => String(data.corner[1] + j)),
  });
  grid.onPick((i, j) => stage.go(i * width + j));
  return { grid, rows, wrong };
};
const results = [result("your", data.yours, data.wrong), result("expected", data.expected)];

const sum = el("p", { class: "terms" });
const column = (grids) => el("div", { class: "column" }, ...grids.map(({ grid }) => grid.node));
stage.board.append(
  el("div", { class: "row" }, ...inputs.map(column), column(results)),
  sum,
);

function paintInputs(terms) {
  inputs.forEach((maps, k) => {
    const used = new Set(terms.map((term) => term[k]));
    for (const { grid, rows, begin } of maps) {
      grid.paint((i, j) => ({
        text: rows[i][j],
        marks: used.has(begin + i * rows[0].length + j) ? "on" : "",
      }));
    }
  });
}

function paintResults(step) {
  for (const { grid, rows, wrong } of results) {
    grid.paint((i, j) => {
      const marks = [i * width + j === step ? "near" : "done", wrong?.[i][j] ? "off" : ""];
      return { text: rows[i][j], marks: marks.join(" ") };
    });
    grid.head(Math.floor(step / width), step % width);
  }
}

function draw(step) {
  const [i, j] = [Math.floor(step / width), step % width];
  const index = [...data.at, ...(data.flat ? [] : [data.corner[0] + i]), data.corner[1] + j];
  const [yours, expected] = [data.yours[i][j], data.expected[i][j]];
  paintInputs(data.terms[step]);
  paintResults(step);
  sum.replaceChildren(...data.lines[step].map((line) => el("span", {}, line)));
  const place = `${data.name}[${index.join(", ")}]`;
  stage.sentence.classList.toggle("warn", data.wrong[i][j]);
  return data.wrong[i][j] ? `${place} is ${yours} in your answer. It should be ${expected}.` : `${place} is ${expected}, and right.`;
}

function nextWrong() {
  const later = wrongPlaces.find((place) => place > stage.step);
  stage.go(later ?? wrongPlaces[0]);
}

if (wrongPlaces.length > 1) {
  const next = stage.button("next", "Next wrong number", nextWrong);
  next.id = "next-wrong";
  stage.buttons.next.after(next);
}
stage.draw = draw;
stage.restart(height * width);
stage.fit({ wide: [26, 40], stacked: [22, 30] });
stage.go(data.first);
