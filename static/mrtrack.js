// Comfort only: every page works without this file.
"use strict";

(() => {
  const typing = (element) =>
    element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);

  // "/" goes to the patient search, Escape closes an open menu.
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      const box = document.querySelector("[data-search-box]");
      if (box) {
        event.preventDefault();
        box.focus();
      }
    }
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details[data-menu][open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });

  // A click elsewhere closes the menus of the top bar.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
  });

  // Leaving a page with typed, unsaved values asks first (form[data-unsaved]). A form that came
  // back with errors was typed in, too: it carries data-unsaved="yes", as does one that the
  // server's answer has replaced while it was typed in.
  // The form on its way: what was typed into another one on the page is not.
  let sending = null;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-unsaved")) {
      form.dataset.unsaved = "yes";
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) {
      sending = event.target;
    }
  });
  window.addEventListener("pageshow", () => {
    sending = null;
  });
  const left = () => [...document.querySelectorAll('form[data-unsaved="yes"]')].filter((form) => form !== sending);
  window.addEventListener("beforeunload", (event) => {
    if (left().length) {
      event.preventDefault();
    }
  });

  // Whoever leaves all the same finds it again: the server keeps the form, encrypted, for a day
  // (accounts/kept). Nothing stays in the browser. The form's own Cancel means what it says.
  let cancelled = false;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("form[data-unsaved] :is(.form-actions, .letter-choice) a, form.letter-choice a");
    cancelled = Boolean(link) && !link.target;
  });
  window.addEventListener("pagehide", () => {
    const address = document.body.dataset.keptLeft;
    if (!address || cancelled) {
      return;
    }
    for (const form of left()) {
      const typed = new FormData(form);
      for (const [name, value] of [...typed]) {
        if (value instanceof File) {
          typed.delete(name);
        }
      }
      typed.set("kept_form", form.getAttribute("action") || location.pathname + location.search);
      navigator.sendBeacon(address, typed);
    }
  });

  // <form data-once> is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-once")) {
      if (form.dataset.sent) {
        event.preventDefault();
      }
      form.dataset.sent = "yes";
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
    }
  });

  // <button type="button" data-print hidden> appears and prints the page.
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // <select data-submit> sends its form when it changes (the form's own button stays).
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submit]")) {
      event.target.form.requestSubmit();
    }
  });
})();
