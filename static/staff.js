// Comfort in the administration only: every page works without this file.
"use strict";

(() => {
  // The patient search box is drawn by a library that gives its parts no names.
  const nameOf = (select) => {
    const label = select.labels && select.labels[0];
    return label ? label.textContent.trim().replace(/:$/, "") : "Patient";
  };

  const nameBox = (select) => {
    const box = select.parentElement.querySelector(".select2-selection");
    if (!box) {
      return;
    }
    box.setAttribute("aria-label", nameOf(select));
    box.removeAttribute("aria-labelledby");
    if (box.hasAttribute("aria-owns")) {
      box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
    }
    const shown = box.querySelector(".select2-selection__rendered");
    if (shown) {
      shown.removeAttribute("role");
      shown.removeAttribute("aria-readonly");
    }
  };

  const nameAll = () => {
    document.querySelectorAll("select.admin-autocomplete").forEach(nameBox);
    for (const field of document.querySelectorAll(".select2-search__field")) {
      field.setAttribute("aria-label", "Name, record number or birth date");
    }
    for (const list of document.querySelectorAll(".select2-results__options")) {
      list.setAttribute("aria-label", "Patients found");
    }
    for (const open of document.querySelectorAll("body > .select2-container--open")) {
      open.setAttribute("role", "region");
      open.setAttribute("aria-label", "Find a patient");
    }
  };

  // The library draws when the page is ready, and again whenever a box opens.
  if (document.querySelector("select.admin-autocomplete")) {
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  }
})();
