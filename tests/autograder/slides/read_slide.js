// The slide that is shown: what does not fit on it, small text, weak contrast, missing words.
() => {
  const section = document.querySelector(".slides > section.present");
  const scale = Reveal.getScale();
  const name = (node) => `${node.tagName}.${node.getAttribute("class") ?? ""} ${node.textContent.trim().slice(0, 40)}`;
  const shown = [...section.querySelectorAll("*")].filter(
    (node) => !node.closest("aside.notes, svg *, iframe *") && node.checkVisibility({ visibilityProperty: true }),
  );
  const clipped = [];

  // The room for content ends above the slide's number.
  const room = section.getBoundingClientRect();
  const bottom = room.bottom - 12 * scale;
  for (const node of shown) {
    const box = node.getBoundingClientRect();
    const inside = box.left >= room.left - 1 && box.right <= room.right - 20 * scale + 1 && box.top >= room.top && box.bottom <= bottom + 1;
    if (box.width && box.height && !inside) clipped.push(`beyond the slide: ${name(node)}`);
    const box_like = !/^(M|SPAN|CODE|EM|STRONG|A)/i.test(node.tagName);
    const ink = node.querySelector("math") ? 12 : 1; // a formula's letters reach beyond its lines
    if (box_like && node.tagName !== "svg" && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + ink) && node.clientWidth)
      clipped.push(`larger than its box: ${name(node)}`);
  }

  // Blocks of a slide stand below one another, or side by side; none covers another.
  const blocks = shown.filter((node) => node.matches("h1, h2, .label, .text, .rest > div, .answer, .licence"));
  blocks.push(document.querySelector(".slide-number"));
  for (const [i, one] of blocks.entries())
    for (const other of blocks.slice(i + 1)) {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 1) clipped.push(`covers another: ${name(one)} and ${name(other)}`);
    }

  const inner = (frame) => frame.contentDocument;
  for (const frame of section.querySelectorAll("iframe")) {
    const root = inner(frame).documentElement;
    const view = frame.contentWindow;
    const board = inner(frame).querySelector(".board");
    if (board.scrollHeight > board.clientHeight + 1 || board.scrollWidth > board.clientWidth + 1) clipped.push("a demo's board is larger than its room");
    if (root.scrollHeight > view.innerHeight + 1 || root.scrollWidth > view.innerWidth + 1) clipped.push("a demo is larger than its frame");
  }

  const readable = (where) => (node) => ({ where, what: name(node), ...look(node) });
  const words = shown.filter(hasText);
  const texts = words.filter((node) => !node.closest("math")).map(readable("text"));
  texts.push(...words.filter((node) => node.closest("math")).map(readable("formula")));
  for (const frame of section.querySelectorAll("iframe")) {
    const seen = [...inner(frame).body.querySelectorAll("main *")].filter((node) => node.checkVisibility({ visibilityProperty: true }));
    const kind = (node) => (node.closest("td, th, .bar, .axis, svg") ? "cell" : "demo");
    texts.push(...seen.filter(hasText).map((node) => readable(kind(node))(node)));
  }
  // A picture's smallest text, in pixels of a slide of 1280 x 720: a point of it is 1/72 inch.
  for (const svg of section.querySelectorAll(".picture > svg")) {
    const box = svg.viewBox.baseVal;
    const drawn = svg.getBoundingClientRect();
    const pixels = Math.min(drawn.width / box.width, drawn.height / box.height) / scale;
    texts.push({ where: "picture", what: svg.getAttribute("aria-label").slice(0, 40), contrast: 21, size: Number(svg.dataset.points) * pixels });
  }

  const pictures = [...section.querySelectorAll("svg, img, iframe")].filter((node) => !node.parentElement.closest("svg"));
  return {
    clipped,
    texts,
    wordless: pictures.filter((node) => !(node.getAttribute("aria-label") || node.alt || node.title)).map((node) => `no words: ${name(node)}`),
    notes: section.querySelector("aside.notes")?.textContent.trim() ?? "",
    frames: [...section.querySelectorAll("iframe")].map((frame) => inner(frame).documentElement.dataset.shown),
  };
}
