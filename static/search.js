// Patients under the search box while one types. Without this file, Enter sends the form.
"use strict";

(() => {
  const box = document.querySelector("[data-search-box]");
  const form = box && box.form;
  const panel = document.getElementById("topsearch-found");
  const status = document.getElementById("topsearch-status");
  if (!form || !panel || !form.dataset.finder) {
    return;
  }
  const PAUSE_MS = 200;
  let timer = 0;
  let running = null;
  let shownFor = null;

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", "topsearch-list");

  const options = () => [...panel.querySelectorAll("[role=option]")];
  const chosen = () => panel.querySelector('[aria-selected="true"]');
  const isOpen = () => !panel.hidden;

  const choose = (option) => {
    for (const each of options()) {
      each.setAttribute("aria-selected", String(each === option));
    }
    if (option) {
      box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  };

  const open = () => {
    panel.hidden = false;
    box.setAttribute("aria-expanded", String(options().length > 0));
  };

  const close = () => {
    window.clearTimeout(timer);
    if (running) {
      running.abort();
    }
    choose(null);
    panel.hidden = true;
    box.setAttribute("aria-expanded", "false");
    status.textContent = "";
  };

  const say = (words) => {
    panel.replaceChildren();
    const line = document.createElement("p");
    line.className = "found-note";
    line.textContent = words;
    panel.append(line);
    status.textContent = words;
    open();
  };

  // The newest question replaces the one that still runs: an old answer never overwrites it.
  const ask = async () => {
    if (running) {
      running.abort();
    }
    const mine = new AbortController();
    running = mine;
    const text = box.value.trim();
    try {
      const answer = await fetch(form.dataset.finder, {
        method: "POST",
        body: new FormData(form),
        headers: { "HX-Request": "true" }, // a part of a page, for whoever answers
        redirect: "manual",
        signal: mine.signal,
      });
      if (!answer.ok) {
        throw new Error("no answer");
      }
      const part = await answer.text();
      if (mine.signal.aborted || document.activeElement !== box) {
        return;
      }
      panel.innerHTML = part;
      shownFor = text;
      const told = panel.querySelector("[data-status]");
      status.textContent = told ? told.dataset.status : "";
      choose(null);
      open();
    } catch {
      if (!mine.signal.aborted) {
        shownFor = null;
        say("The list does not answer. Press Enter to search.");
      }
    }
  };

  box.addEventListener("input", () => {
    // What stands below answers another text: nothing of it may be chosen any more.
    choose(null);
    for (const each of options()) {
      each.removeAttribute("role");
    }
    box.setAttribute("aria-expanded", "false");
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE_MS);
  });

  box.addEventListener("focus", () => {
    if (shownFor !== null && shownFor === box.value.trim() && shownFor) {
      open();
    } else {
      ask();
    }
  });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen()) {
        ask();
        return;
      }
      const all = options();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // Before the first and after the last one stands the box itself: nothing chosen.
      const place = all.indexOf(chosen()) + step;
      const from = chosen() ? place : step === 1 ? 0 : all.length - 1;
      choose(all[from] || null);
    } else if (event.key === "Enter" && isOpen() && chosen()) {
      event.preventDefault();
      chosen().click();
    }
  });

  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) {
      close();
    }
  });
  form.addEventListener("submit", () => window.clearTimeout(timer));
})();
