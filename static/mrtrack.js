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
  // Back to a page that the browser has kept alive: nothing is on its way any more. A page shown
  // for the first time may be slow to finish, and the form be sent before that.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      sending = null;
    }
  });
  const left = () => [...document.querySelectorAll('form[data-unsaved="yes"]')].filter((form) => form !== sending);
  let sessionEnded = false;
  window.addEventListener("beforeunload", (event) => {
    if (left().length && !sessionEnded) {
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
  const keptLeft = document.body.dataset.keptLeft;
  const typedIn = (form) => {
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) {
      if (value instanceof File) {
        typed.delete(name);
      }
    }
    typed.set("kept_form", form.getAttribute("action") || location.pathname + location.search);
    return typed;
  };
  // Browsers send 64 kB of a page that is left, each box with some 200 bytes around it. What is
  // longer is kept while it is typed, when the hands rest; `kept_draft` makes one copy of it.
  const MOST_ON_LEAVING = 60000;
  const HANDS_REST = 2000;
  const isLong = (typed) => {
    const size = (text) => new TextEncoder().encode(text).length;
    return [...typed].reduce((sum, [name, value]) => sum + size(name) + size(value) + 200, 0) > MOST_ON_LEAVING;
  };
  const draftOf = (form) => {
    let box = form.querySelector("input[name=kept_draft]");
    if (!box) {
      box = Object.assign(document.createElement("input"), { type: "hidden", name: "kept_draft" });
      box.value = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      form.append(box);
    }
    return box;
  };
  const send = (typed) => fetch(keptLeft, { method: "POST", body: typed, redirect: "manual" }).catch(() => {});
  const keepLong = (form) => {
    if (form !== sending && form.isConnected && isLong(typedIn(form))) {
      draftOf(form);
      send(typedIn(form));
    }
  };
  const resting = new Map();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (keptLeft && form && form.dataset.unsaved === "yes") {
      clearTimeout(resting.get(form));
      resting.set(form, setTimeout(keepLong, HANDS_REST, form));
    }
  });
  window.addEventListener("beforeunload", () => {
    if (keptLeft && !cancelled) {
      left().forEach(keepLong);
    }
  });
  // The session has ended while the page was open (session.js): what was typed is sent before the
  // page goes, and the answer leads over the login back to the form with everything in it.
  let lastField = "";
  document.addEventListener("focusin", (event) => {
    if (event.target.form && event.target.form.hasAttribute("data-unsaved") && typing(event.target)) {
      lastField = event.target.id;
    }
  });
  const field = location.hash && document.getElementById(location.hash.slice(1));
  if (field && typing(field)) {
    field.focus();
  }
  document.addEventListener("session-ended", async (event) => {
    event.preventDefault();
    sessionEnded = true;
    let url = event.detail.url;
    for (const form of keptLeft ? left() : []) {
      const answer = await fetch(keptLeft, { method: "POST", body: typedIn(form) }).catch(() => null);
      if (answer && answer.redirected) {
        url = answer.url;
      }
    }
    // Back to the box in which one typed, not only to the page.
    const to = new URL(url, location.href);
    if (lastField && left().length) {
      to.searchParams.set("next", `${to.searchParams.get("next")}#${lastField}`);
    }
    location.replace(to);
  });
  window.addEventListener("pagehide", () => {
    if (!keptLeft || sessionEnded) {
      return;
    }
    for (const form of left()) {
      if (!cancelled) {
        navigator.sendBeacon(keptLeft, typedIn(form));
      } else if (form.elements.kept_draft) {
        const given = new FormData();
        given.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        given.set("kept_draft", form.elements.kept_draft.value);
        given.set("kept_cancelled", "yes");
        navigator.sendBeacon(keptLeft, given);
      }
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
  window.addEventListener("pageshow", (event) => {
    for (const form of event.persisted ? document.querySelectorAll("form[data-sent]") : []) {
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
