// What is done, in JupyterLab's own table of contents: before the heading of an exercise stands a
// tick, or how many of its checks have passed: in this session, else as the notebook shows it, or when
// `convbook progress` or the home page last looked at it.

const CHECK = "check-";
const PASSED = "Passed: "; // how the box below a check begins; see convbook/check/results.py

// What is known of one notebook's checks.
export class Checks {
  constructor(panel, ask) {
    this.panel = panel;
    this.ask = ask;
    this.before = new Set(); // passed when last looked at
    this.now = new Map(); // in this session: a check's name to whether it passed
    this.model = null; // of the table of contents
    this.look();
  }

  async look() {
    this.before = new Set(await this.ask(this.panel.context.path));
    this.tell();
  }

  ran(cell, success) {
    const name = nameOf(cell.model);
    if (!name.startsWith(CHECK)) return;
    this.now.set(name, success);
    this.tell();
  }

  tell() {
    this.model?.refresh();
  }

  // Put the marks into each list of headings that the table of contents asks its notebook for.
  dress(model) {
    const plain = model.getHeadings.bind(model);
    this.model = model;
    model.getHeadings = async () => {
      const headings = (await plain()) || [];
      const marks = this.marks();
      for (const heading of headings) {
        const text = heading.text;
        heading.text = marks(text) + text;
        const old = model.headings.find((one) => one.cellRef === heading.cellRef && one.raw === heading.raw);
        if (old) heading.collapsed = old.collapsed; // another mark unfolds nothing
      }
      return headings;
    };
  }

  // Return a function that gives the mark of a heading, or ''.
  marks() {
    const named = [...this.panel.content.model.cells].map((cell) => [nameOf(cell), cell]);
    const cells = new Map(named.filter(([name]) => name.startsWith(CHECK)));
    const checks = [...cells.keys()];
    const passed = (name) =>
      this.now.get(name) ?? (this.before.has(name) || isShownAsPassed(cells.get(name)));
    return (text) => {
      if (!/^Exercise \d/.test(text)) return "";
      const words = new Set(text.match(/\w+/g));
      const own = checks.filter((name) => words.has(name.slice(CHECK.length).split("-")[0]));
      const count = own.filter(passed).length;
      if (count === 0) return "";
      return count === own.length ? "\u2713 " : `${count} of ${own.length} \u00b7 `;
    };
  }
}

function isShownAsPassed(model) {
  const outputs = model.outputs?.toJSON() ?? [];
  return outputs.some((output) => String(output.data?.["text/plain"] ?? "").startsWith(PASSED));
}

function nameOf(model) {
  return model.getMetadata("nbgrader")?.grade_id ?? "";
}
