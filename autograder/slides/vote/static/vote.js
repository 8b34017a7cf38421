"use strict";
// Votes on questions of a deck, where autograder slides --vote serves it. V opens a vote on the
// question that is shown, V closes it, V takes it away. The server has the vote; this shows it.
{
  const LETTERS = "ABCDEF";
  const LEAST = 0.66, STEP = 0.02; // of the slide's size, beside the vote

  const panel = document.createElement("aside");
  panel.className = "vote";
  panel.setAttribute("aria-label", "Vote");
  let events = null;
  let vote = null; // as the server has it: {place, open, counts}
  let phones = "";

  function start() {
    Reveal.addKeyBinding({ keyCode: 86, key: "V", description: "Vote on a question" }, turn);
    for (const event of ["ready", "slidechanged"]) Reveal.on(event, follow);
    for (const event of ["slidechanged", "fragmentshown"]) Reveal.on(event, end);
    document.addEventListener("visibilitychange", follow);
    if (Reveal.isReady()) follow();
  }

  // A browser keeps few connections to one server, so only a question that is seen listens.
  function follow() {
    show();
    const wanted = isQuestion() && !document.hidden;
    if (wanted === Boolean(events)) return;
    events?.close();
    events = wanted ? new EventSource("events") : null;
    if (events) events.onmessage = ({ data }) => take(JSON.parse(data));
  }

  const slide = () => Reveal.getCurrentSlide();
  const isQuestion = () => Boolean(slide()?.classList.contains("question"));
  const place = () => `${location.pathname.split("/").pop()} ${Reveal.getIndices().h + 1}`;
  const isHere = () => vote?.place === place();

  function turn() {
    if (!isQuestion()) return;
    if (isHere()) ask(vote.open ? "close" : "clear");
    else ask("open", { place: place(), title: slide().getAttribute("aria-label"), options: options() });
  }

  // Whoever goes on has the vote closed.
  function end() {
    if (!vote?.open) return;
    vote.open = false;
    ask("close");
  }

  const ask = (what, wish = {}) => fetch(what, { method: "POST", body: JSON.stringify(wish) });

  // A numbered list in a question has its options; of a formula phones show the letter alone.
  function options() {
    const listed = [...slide().querySelectorAll(".text ol > li")];
    if (!listed.length) return ["", "", "", ""];
    return listed.map((item) => (item.querySelector("math") ? "" : item.textContent.trim()));
  }

  function take(news) {
    ({ vote, phones } = news);
    show();
  }

  function show() {
    const shown = isQuestion() && isHere() ? slide() : null;
    for (const old of document.querySelectorAll(".voting")) {
      if (old !== shown) old.classList.remove("voting");
    }
    if (!shown) return panel.remove();
    if (!panel.isConnected || panel.dataset.place !== vote.place) build();
    fill();
    if (!shown.classList.contains("voting")) fit(shown);
  }

  function build() {
    const bars = vote.counts.map((_, i) => `<li><b>${LETTERS[i]}</b>
      <span class="track"><i></i></span><span class="count"></span></li>`);
    panel.innerHTML = `<img src="qr.svg" alt="QR code of the address below"><p class="address"></p>
      <ul>${bars.join("")}</ul><p class="sum"></p>`;
    panel.querySelector(".address").textContent = phones.replace("http://", "");
    panel.dataset.place = vote.place;
    document.querySelector(".reveal .slides").append(panel);
  }

  function fill() {
    const sum = vote.counts.reduce((a, b) => a + b, 0);
    panel.classList.toggle("closed", !vote.open);
    for (const [i, row] of [...panel.querySelectorAll("li")].entries()) {
      row.querySelector("i").style.width = `${(100 * vote.counts[i]) / Math.max(sum, 1)}%`;
      row.querySelector(".count").textContent = vote.counts[i];
    }
    panel.querySelector(".sum").textContent = `${sum} ${sum === 1 ? "vote" : "votes"}${vote.open ? "" : ", closed"}`;
  }

  // The slide gets as narrow as the vote leaves it, and smaller only where it does not fit.
  function fit(section) {
    section.classList.add("voting");
    let scale = 1;
    do section.style.setProperty("--fit", scale.toFixed(2));
    while (overflows(section) && (scale -= STEP) >= LEAST);
  }

  // Its blocks stand below one another: none may reach into the next, or out of the slide.
  function overflows(section) {
    const blocks = [...section.querySelectorAll("h2, .text, .rest > div, .answer")];
    const boxes = blocks.map((block) => block.getBoundingClientRect());
    const end = section.getBoundingClientRect().bottom - 30 * Reveal.getScale();
    const high = boxes.some((box, i) => box.bottom > (boxes[i + 1]?.top ?? end) + 1);
    return high || [...blocks, ...section.querySelectorAll("pre")].some((box) => box.scrollWidth > box.clientWidth + 1);
  }

  if (!printing) start();
}
