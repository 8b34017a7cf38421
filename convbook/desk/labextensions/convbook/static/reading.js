// What a lesson does for its reader in JupyterLab: it says what is done, and opens where one left it.

import { Checks } from "./done.js";
import { Place, STYLE } from "./place.js";

// `use` gives a package that JupyterLab shares with its extensions.
export async function plugin(use) {
  const { INotebookTracker, NotebookActions } = await use("@jupyterlab/notebook");
  const { ITableOfContentsRegistry } = await use("@jupyterlab/toc");
  const { ServerConnection } = await use("@jupyterlab/services");
  const { Widget } = await use("@lumino/widgets");

  function activate(app, notebooks, contents) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
    const settings = app.serviceManager.serverSettings;
    const known = new Map(); // a notebook's panel to its checks

    async function passed(path) {
      const url = `${settings.baseUrl}convbook/passed?path=${encodeURIComponent(path)}`;
      try {
        const answer = await ServerConnection.makeRequest(url, {}, settings);
        return answer.ok ? await answer.json() : [];
      } catch {
        return []; // what ran in this session is known all the same
      }
    }

    function checksOf(panel) {
      if (!known.has(panel)) {
        known.set(panel, new Checks(panel, passed));
        panel.disposed.connect(() => known.delete(panel));
      }
      return known.get(panel);
    }

    notebooks.forEach((panel) => new Place(panel, Widget));
    notebooks.widgetAdded.connect((_, panel) => new Place(panel, Widget));
    app.shell.currentChanged?.connect((_, { newValue }) => known.get(newValue)?.look());
    NotebookActions.executed.connect((_, { notebook, cell, success }) => {
      const panel = notebooks.find((one) => one.content === notebook);
      if (panel) checksOf(panel).ran(cell, success);
    });
    if (contents) {
      const make = contents.getModel.bind(contents);
      contents.getModel = (widget, configuration) => {
        const model = make(widget, configuration);
        if (model && notebooks.has(widget)) checksOf(widget).dress(model);
        return model;
      };
    }
  }

  return {
    id: "convbook:reading",
    autoStart: true,
    requires: [INotebookTracker],
    optional: [ITableOfContentsRegistry],
    activate,
  };
}
