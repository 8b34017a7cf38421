// Where one left off: a lesson that is opened again shows the cell that was last looked at. The
// place is kept by the browser, for this machine alone.

const KEY = "convbook:place:";
const MARGIN = 24; // pixels of a cell that are in view at the least
const STILL = 300; // milliseconds after which scrolling has come to rest
// What lies above is measured as it is drawn, and plots and formulas arrive late: so the place is
// looked for again until it stays in view.
const PAUSE = 400; // milliseconds
const TRIES = 50;
const STAYS = 4; // times in a row

export const STYLE = `
.convbook-resumed { display: flex; align-items: center; gap: 8px; min-height: 34px; padding: 0 12px;
  background: var(--jp-layout-color2); color: var(--jp-ui-font-color1);
  font: var(--jp-ui-font-size1) var(--jp-ui-font-family);
  border-bottom: 1px solid var(--jp-border-color2); }
.convbook-resumed button { font: inherit; color: inherit; cursor: pointer; padding: 2px 10px;
  background: var(--jp-layout-color1); border: 1px solid var(--jp-border-color1); }
.convbook-resumed button:focus-visible { outline: 2px solid var(--jp-brand-color1); }`;

export class Place {
  constructor(panel, Widget) {
    this.panel = panel;
    this.Widget = Widget;
    this.bar = null;
    this.isComing = true; // nothing is kept until the old place has been found
    this.timer = 0;
    this.find().finally(() => this.watch());
  }

  get key() {
    return KEY + this.panel.context.path;
  }

  watch() {
    this.isComing = false;
    if (this.panel.isDisposed) return;
    this.panel.content.activeCellChanged.connect(() => this.keep());
    this.panel.node.addEventListener("scroll", () => this.keepSoon(), true);
    this.keepSoon(); // the reader may have gone elsewhere meanwhile
  }

  keepSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), STILL);
  }

  // The active cell where it is in view, else the first one that is.
  keep() {
    const { content } = this.panel;
    if (this.isComing || this.panel.isDisposed || !this.panel.isVisible) return;
    const seen = (cell) => cell && this.isInView(cell);
    const active = seen(content.activeCell);
    const cell = active ? content.activeCell : content.widgets.find(seen);
    if (cell) this.remember(cell, Boolean(active));
  }

  remember(cell, active) {
    stored().set(this.key, JSON.stringify({ cell: cell.model.id, active }));
  }

  isInView(cell) {
    const edge = this.panel.content.node.getBoundingClientRect();
    const box = cell.node.getBoundingClientRect();
    const isThere = cell.node.isConnected && box.height > 0;
    return isThere && box.bottom > edge.top + MARGIN && box.top < edge.bottom - MARGIN;
  }

  async find() {
    const { panel } = this;
    await panel.context.ready;
    await panel.revealed;
    await visible(panel);
    const place = read(this.key);
    const cells = panel.content.widgets;
    let index = cells.findIndex((cell) => cell.model.id === place?.cell);
    while (index > 0 && cells[index].isHidden) index -= 1; // its section was folded since
    if (index < 1 || location.hash || panel.content.activeCellIndex > 0) return;
    panel.content.activeCellIndex = index;
    this.say();
    await this.goTo(cells[index], index, place.active ? "center" : "start");
  }

  // Scroll to a cell until it stays in view, or the reader goes elsewhere.
  async goTo(cell, index, where) {
    const { panel } = this;
    const left = new AbortController();
    for (const kind of ["wheel", "keydown", "pointerdown"])
      panel.node.addEventListener(kind, () => left.abort(), { capture: true, once: true });
    for (let tries = 0, stays = 0; tries < TRIES && stays < STAYS; tries += 1) {
      if (left.signal.aborted || panel.isDisposed) return;
      const isThere = this.isInView(cell);
      stays = isThere ? stays + 1 : 0;
      if (!isThere) panel.content.scrollToItem(index, where).catch(() => {});
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }

  say() {
    const bar = new this.Widget();
    bar.addClass("convbook-resumed");
    bar.node.setAttribute("role", "region");
    bar.node.setAttribute("aria-label", "Where you left off");
    bar.node.innerHTML =
      "<span>This is where you left off.</span><button>To the top</button><button>Stay here</button>";
    const [top, stay] = bar.node.querySelectorAll("button");
    top.addEventListener("click", () => this.top());
    stay.addEventListener("click", () => this.close());
    this.bar = bar;
    this.panel.contentHeader.addWidget(bar);
  }

  top() {
    const { content } = this.panel;
    this.close();
    content.activeCellIndex = 0;
    this.remember(content.widgets[0], true);
    content.scrollToItem(0, "start").catch(() => {});
  }

  close() {
    this.bar?.dispose();
    this.bar = null;
    this.panel.content.node.focus();
  }
}

// A tab that is restored behind another one has no place to scroll to until it is looked at.
function visible(panel) {
  return new Promise((done) => {
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      done();
    });
    watcher.observe(panel.node);
    panel.disposed.connect(() => watcher.disconnect());
  });
}

function read(key) {
  try {
    return JSON.parse(stored().get(key));
  } catch {
    return null;
  }
}

// A browser may keep nothing: then a lesson opens at its top.
function stored() {
  try {
    const { localStorage } = window;
    return {
      get: (key) => localStorage.getItem(key),
      set: (key, text) => {
        try {
          localStorage.setItem(key, text);
        } catch {
          // it is full
        }
      },
    };
  } catch {
    return { get: () => null, set: () => {} };
  }
}
