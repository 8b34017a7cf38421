// The end of every live part's script. Before it stands a function view(page):
//
//   page.root        the element to fill
//   page.get(name)   a value of the state, as the kernel has it
//   page.ask(what)   send a message to the kernel, which then changes the state
//
// view returns a function that is called with the names of what has changed.

const SILENT_AFTER = 8000; // milliseconds without an answer, after which a sentence says so

// A rule, not the element itself: the kernel may put another picture in its place.
function hiding(name) {
  const rule = document.createElement("style");
  rule.textContent = `.${CSS.escape(name)} { display: none; }`;
  document.head.append(rule);
  return () => rule.remove();
}

export default {
  render({ model, el }) {
    const root = Object.assign(document.createElement("div"), { className: "convbook-live" });
    const says = Object.assign(document.createElement("p"), { className: "says", hidden: true });
    says.setAttribute("role", "status");
    el.append(root, says);

    const say = (text) => {
      says.textContent = text;
      says.hidden = !text;
    };
    let silent = 0;
    const page = {
      root,
      get: (name) => model.get(name),
      ask(what) {
        clearTimeout(silent);
        silent = setTimeout(
          () => say("The kernel does not answer. It may be busy, or have ended: run this cell again."),
          SILENT_AFTER,
        );
        model.send(what);
      },
    };
    const update = view(page);
    const changed = () => {
      update?.(Object.keys(model.changedAttributes?.() || {}));
      say(model.get("problem"));
    };
    const answered = () => {
      clearTimeout(silent);
      say(model.get("problem"));
    };
    model.on("change", changed);
    model.on("msg:custom", answered);

    const show = hiding(model.get("still_name"));
    return () => {
      show();
      clearTimeout(silent);
      model.off("change", changed);
      model.off("msg:custom", answered);
    };
  },
};
