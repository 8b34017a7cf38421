"use strict";
// A handout: four slides to a page, without answers, each beside lines to write on.

const SLIDES_A_PAGE = 4;

function layOutHandout() {
  document.querySelectorAll(".answer, aside.notes").forEach((node) => node.remove());
  const room = document.querySelector(".slides");
  const slides = [...room.children];
  for (let first = 0; first < slides.length; first += SLIDES_A_PAGE) {
    const rows = slides.slice(first, first + SLIDES_A_PAGE).map((slide, k) => handoutRow(slide, first + k + 1));
    room.append(box("page", ...rows));
  }
  document.documentElement.classList.add("handout");
}

function handoutRow(slide, number) {
  const lines = Array.from({ length: 8 }, () => box("line"));
  return box("kept", box("small", slide), box("lines", box("number", number), ...lines));
}

function box(name, ...children) {
  const node = document.createElement("div");
  node.className = name;
  node.append(...children);
  return node;
}
