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

  // From the keyboard: what is typed on the closed search box opens it and stands in it.
  const openByTyping = (event) => {
    const box = event.target.closest && event.target.closest(".select2-selection");
    const isLetter = event.key.length === 1 && event.key !== " ";
    if (!box || !isLetter || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const select = box.closest(".select2-container").previousElementSibling;
    if (select && select.matches("select.admin-autocomplete")) {
      event.preventDefault();
      window.django.jQuery(select).select2("open");
      const search = document.querySelector(".select2-container--open .select2-search__field");
      search.value = event.key;
      search.focus();
      search.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const isEmpty = (field) =>
    field.matches("input[type=text], select, textarea") && !field.value && field.offsetParent;

  // A chosen patient leads to the next box that is still empty.
  const toNextEmpty = (event) => {
    const fields = [...event.target.form.elements];
    const later = fields.slice(fields.indexOf(event.target) + 1);
    const next = later.find((field) => field.name !== "record_number_typed" && isEmpty(field));
    if (next) {
      // After the library, which takes the focus back to its box.
      window.setTimeout(() => next.focus(), 0);
    }
  };

  const drawnBox = (field) => field.parentElement.querySelector(".select2-selection") || field;

  // The page gives its focus to the first box, which may be hidden a moment later behind the one
  // that the library draws: then whatever is typed goes nowhere.
  const toDrawnBox = () => {
    const focused = document.activeElement;
    if (focused && focused.matches("select.admin-autocomplete")) {
      drawnBox(focused).focus();
    }
  };

  // A refused form leads to the first box that is wrong; a question about the patient whose number
  // was typed, which is all there is to say, leads to the button that answers it.
  const toFirstError = () => {
    const wrong = [...document.querySelectorAll("#content form [aria-invalid=true]")];
    const first = wrong.find((field) => field.offsetParent);
    if (!first) {
      return;
    }
    const isAskedPatient = first.matches("select.admin-autocomplete") && first.value;
    if (isAskedPatient && wrong.length === 1) {
      document.querySelector(".submit-row input[type=submit]").focus();
      return;
    }
    drawnBox(first).focus();
  };

  document.addEventListener("keydown", openByTyping);
  // After the page's own first focus, and after the library has drawn its boxes.
  window.addEventListener("load", () => {
    const $ = window.django && window.django.jQuery;
    if ($) {
      $(() => {
        $("select.admin-autocomplete").on("select2:select", toNextEmpty);
        toDrawnBox();
        toFirstError();
      });
    }
  });
})();
