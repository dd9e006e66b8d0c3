// Shows a button beside each citation that copies it, italics and all. Without this script a click selects it whole.
"use strict";

(() => {
  const copied = (text) => {
    const selection = getSelection();
    selection.selectAllChildren(text);
    return document.execCommand("copy"); // the Clipboard API is not there where the page came over plain HTTP
  };
  for (const button of document.querySelectorAll("button.copy")) {
    const said = button.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (!copied(button.previousElementSibling)) return;
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = said; }, 2000);
    });
  }
})();
