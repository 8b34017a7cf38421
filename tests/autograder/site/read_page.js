// What is wrong with a page as it is shown: what reaches out of it, and text that is too pale.
() => {
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const scrolls = (node) => {
    for (let n = node.parentElement; n && n.tagName !== "ARTICLE"; n = n.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(n).overflowX)) return true;
    }
    return false;
  };
  const all = [...document.querySelectorAll("article *")].filter(shown);
  const name = (node) => `${node.tagName}.${node.className} ${node.textContent}`.slice(0, 60);
  return {
    width: document.documentElement.scrollWidth,
    outside: all.filter((n) => n.getBoundingClientRect().right > innerWidth + 1 && !scrolls(n)).map(name),
    pale: all
      .filter((n) => hasText(n))
      .map((n) => [look(n).contrast, name(n)])
      .filter(([contrast]) => contrast < 4.5)
      .map(([contrast, what]) => `${contrast.toFixed(2)} ${what}`),
    formulas: [...document.querySelectorAll("article math")].filter((n) => n.getBoundingClientRect().width < 1).length,
    raw: (document.querySelector("article").innerText.match(/\$\$?[^\n]*\\|\\(?:frac|sum|begin|text)\b/g) ?? []),
  };
}
