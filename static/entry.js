// Comfort only: every entry form works without this file.
"use strict";

(() => {
  // A button of the panel that puts right what was typed: into the box, without loading the page.
  const put = (form, name, value) => {
    const box = form.elements.namedItem(name);
    if (!box || box.value === undefined) {
      return null;
    }
    box.value = value;
    return box;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-accept]");
    if (!button || !button.form) {
      return;
    }
    const [name, ...rest] = button.value.split(":");
    let box = null;
    if (name === "swap") {
      const [one, other] = rest.map((each) => button.form.elements.namedItem(each));
      if (one && other) {
        [one.value, other.value] = [other.value, one.value];
        box = one;
      }
    } else {
      box = put(button.form, name, rest.join(":"));
    }
    if (box) {
      event.preventDefault();
      box.focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  // A form that follows a choice is replaced by the server's answer. What was typed while the
  // answer was on its way must not be lost: then the answer is dropped and asked for again.
  const sent = new WeakMap();
  const typed = (form) => new URLSearchParams(new FormData(form)).toString();

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("form[data-record]")) {
      sent.set(event.target, typed(event.target));
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.target;
    if (form.matches("form[data-record]") && sent.has(form) && sent.get(form) !== typed(form)) {
      event.detail.shouldSwap = false;
      const leading = form.elements.namedItem(form.dataset.record);
      if (leading) {
        leading.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  });
})();
