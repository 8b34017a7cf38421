// The home page as a tab of JupyterLab. JupyterLab loads this file as it is, without a build: it
// looks for _JUPYTERLAB.convbook, hands it what all extensions share, and asks for the plugins.
(() => {
  const here = document.currentScript.src;
  let shared;

  async function use(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  // JupyterLab keeps a locked cell from being edited, and shows that only when one tries.
  const LOCKED = `.jp-CodeCell .jp-InputArea:has(.jp-mod-readOnly) > .jp-InputPrompt::after {
    content: "locked"; display: block; font-size: 10px; line-height: 1.2; }`;
  // The line of a check that is folded is read whole.
  const WHOLE = ".jp-InputPlaceholder .jp-PlaceholderText { white-space: normal; }";
  // An answer that is folded keeps its distance from what follows.
  const FOLDED = ".jp-RenderedMarkdown details { margin-bottom: 1em; }";

  async function activate(app) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: LOCKED + WHOLE + FOLDED }));
    const { Widget } = await use("@lumino/widgets");
    const { ServerConnection } = await use("@jupyterlab/services");
    const settings = app.serviceManager.serverSettings;
    let tab = null;

    // GET shows what is known; POST runs the checks of what has changed.
    async function refresh(method) {
      const url = settings.baseUrl + "convbook/home";
      try {
        const answer = await ServerConnection.makeRequest(url, { method }, settings);
        if (!answer.ok) throw new Error(`the server said ${answer.status}`);
        tab.node.innerHTML = await answer.text();
      } catch (error) {
        tab.node.textContent =
          `The home page cannot be shown (${error.message}). Is convbook lab still running?`;
      }
    }

    async function click(event) {
      const link = event.target.closest("[data-path]");
      const button = event.target.closest("button");
      if (link) {
        event.preventDefault();
        app.commands.execute("docmanager:open", { path: link.dataset.path });
      } else if (button) {
        button.disabled = true;
        button.textContent = button.dataset.busy;
        await app.commands.execute("docmanager:save-all").catch(() => {});
        await refresh("POST");
      }
    }

    function open() {
      if (tab === null || tab.isDisposed) {
        tab = new Widget();
        tab.id = "convbook-home";
        tab.title.label = "Home";
        tab.title.closable = true;
        tab.node.style.overflow = "auto";
        tab.node.addEventListener("click", click);
        tab.onAfterShow = () => refresh("GET");
        app.shell.add(tab, "main", { mode: "tab-before" });
        refresh("GET");
      }
      app.shell.activateById(tab.id);
    }

    app.commands.addCommand("convbook:home", {
      label: "Home of the course",
      caption: "The lessons, your points, and what to do next",
      describedBy: { args: { type: "object", properties: {} } },
      execute: open,
    });
    // An address that names a document opens that document alone.
    app.restored.then(() => location.pathname.includes("/tree/") || open());
  }

  // Without the other plugin there is still a home page.
  async function plugins() {
    const home = { id: "convbook:home", autoStart: true, activate };
    try {
      const reading = await import(new URL("reading.js", here));
      return [home, await reading.plugin(use)];
    } catch (error) {
      console.error("convbook: a lesson is shown without what is done in it.", error);
      return [home];
    }
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.convbook = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const all = await plugins();
      return () => ({ __esModule: true, default: all });
    },
  };
})();
