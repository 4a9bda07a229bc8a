// Comfort only: without this file the form shows all its chapters on one page.
// form[data-steps]: one chapter at a time, a list of the steps, and a summary before saving.
"use strict";

(() => {
  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  // ---- what a chapter says, in words ----------------------------------------------------
  const words = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim() : "");
  const titleOf = (chapter) => words(chapter.querySelector("legend"));
  const answerOf = (box) => {
    const ticks = [...box.querySelectorAll("input:is([type=checkbox], [type=radio]):not([name=confirmed])")];
    if (ticks.length) {
      return ticks.filter((each) => each.checked && each.value)
        .map((each) => words(each.closest("label") || each.ownerDocument.querySelector(`label[for="${each.id}"]`)))
        .join(", ");
    }
    const field = box.querySelector("select, textarea, input:not([type=hidden])");
    if (!field || !field.value) {
      return "";
    }
    return field.matches("select") ? words(field.selectedOptions[0]) : field.value;
  };
  const pairsOf = (chapter) => [...chapter.querySelectorAll(".box")].map((box) => {
    const label = box.querySelector(".form-label");
    const name = label ? words(label.firstChild || label) : "";
    const confirmed = box.querySelector("input[name=confirmed]:checked");
    return [name, answerOf(box) + (confirmed ? " (confirmed)" : "")];
  });

  // ---- the steps of one form ------------------------------------------------------------
  // A form that is replaced by the server's answer goes on where the former one stood.
  let current = null;

  const begin = (form, { isNews = false } = {}) => {
    if (form.querySelector(".form-steps")) {
      return;
    }
    const chapters = [...form.querySelectorAll("fieldset.chapter")];
    if (chapters.length < 2) {
      return;
    }
    const actions = form.querySelector(".form-actions");
    const savers = [...actions.querySelectorAll("button[name=save]")];
    const last = chapters.length;

    const list = make("ol", { class: "steps" });
    const buttons = [...chapters.map(titleOf), "Summary"].map((title, number) => {
      const button = make("button", { type: "button" }, title);
      button.addEventListener("click", () => go(number));
      list.append(make("li", {}, button));
      return button;
    });
    chapters[0].before(make("nav", { class: "form-steps", "aria-label": "Steps" }, list));

    const heading = make("h2", { tabindex: "-1" }, "Summary");
    const summary = make("section", { class: "steps-summary", "aria-label": "Summary" }, heading);
    actions.before(summary);
    const next = make("button", { type: "button", class: "btn btn-primary" }, "Next");
    const back = make("button", { type: "button", class: "btn btn-plain" }, "Back");
    actions.prepend(back, next);
    for (const chapter of chapters) {
      chapter.querySelector("legend").tabIndex = -1;
    }

    const mark = () => {
      chapters.forEach((chapter, number) => {
        const faulty = chapter.querySelectorAll(".box-faulty").length;
        buttons[number].replaceChildren(titleOf(chapter));
        if (faulty) {
          buttons[number].append(" ", make("span", { class: "tag state-beyond" }, `${faulty} to correct`));
        }
      });
    };

    const sumUp = () => {
      const parts = chapters.map((chapter, number) => {
        const change = make("button", { type: "button", class: "btn btn-plain btn-sm" }, "Change",
          make("span", { class: "visually-hidden" }, ` ${titleOf(chapter)}`));
        change.addEventListener("click", () => go(number));
        const pairs = make("dl", { class: "pairs" });
        for (const [name, value] of pairsOf(chapter)) {
          pairs.append(make("dt", {}, name),
            value ? make("dd", {}, value) : make("dd", { class: "not-recorded" }, "not recorded"));
        }
        return make("div", { class: "steps-part" },
          make("div", { class: "panel-head" }, make("h3", {}, titleOf(chapter)), change), pairs);
      });
      summary.replaceChildren(heading, ...parts);
    };

    const show = (number) => {
      current = number;
      chapters.forEach((chapter, each) => { chapter.hidden = each !== number; });
      buttons.forEach((button, each) => {
        if (each === number) {
          button.setAttribute("aria-current", "step");
        } else {
          button.removeAttribute("aria-current");
        }
      });
      const isLast = number === last;
      summary.hidden = !isLast;
      if (isLast) {
        sumUp();
      }
      back.hidden = number === 0;
      next.hidden = isLast;
      next.textContent = number === last - 1 ? "Summary" : "Next";
      for (const saver of savers) {
        saver.hidden = !isLast;
      }
    };

    const go = (number) => {
      show(number);
      const target = number === last ? heading : chapters[number].querySelector("legend");
      target.focus({ preventScroll: true });
      form.scrollIntoView({ block: "nearest" });
    };

    // Next asks the server to look through what was typed, as Enter does; it saves nothing. A
    // chapter with an entry to correct stays. Without an answer the summary's Save asks again.
    let isAsking = false;
    const goOn = async () => {
      if (isAsking) {
        return;
      }
      isAsking = true;
      next.setAttribute("aria-busy", "true");
      const looked = await look(form);
      isAsking = false;
      next.removeAttribute("aria-busy");
      // The form may have followed a choice while the server looked.
      const stands = form.isConnected ? form : document.querySelector("form[data-steps]");
      const chapterOf = (one) => one && one.querySelectorAll("fieldset.chapter")[current];
      const isFaulty = chapterOf(looked)?.querySelector(".box-faulty");
      if (isFaulty || (looked && chapterOf(stands).querySelector(".box-faulty"))) {
        stands.replaceWith(looked);
        if (!isFaulty) {
          current += 1;
        }
        if (window.htmx) {
          window.htmx.process(looked);
        }
        begin(looked);
        const place = looked.querySelector("fieldset.chapter:not([hidden])");
        const faulty = place && place.querySelector(".box-faulty :is(input, select, textarea)");
        (isFaulty && faulty ? faulty : (place || looked).querySelector("legend, h2")).focus();
      } else {
        stands.goToStep(current + 1);
      }
    };
    next.addEventListener("click", goOn);
    back.addEventListener("click", () => go(current - 1));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && current < last && event.target.matches("input:not([type=checkbox]), select")) {
        event.preventDefault();
        goOn();
      }
    });

    mark();
    const faulty = chapters.findIndex((chapter) => chapter.querySelector(".box-faulty"));
    if (isNews && faulty >= 0) {
      show(faulty);
    } else if (isNews && document.querySelector(".message[role=status]") && form.dataset.unsaved === "yes") {
      show(last);
    } else {
      show(Math.min(current || 0, last));
    }
    form.dataset.stepsReady = "yes";
    form.goToStep = go;
    form.openStepOf = (box) => {
      const number = chapters.findIndex((chapter) => chapter.contains(box));
      if (number >= 0 && number !== current) {
        show(number);
      }
    };
  };

  // The form as the server gives it back after reading it through; null when it cannot be asked.
  const look = async (form) => {
    const typed = new FormData(form);
    typed.set("check", "yes");
    try {
      const answer = await fetch(form.getAttribute("action") || location.href, {
        method: "POST", body: new URLSearchParams(typed), credentials: "same-origin",
      });
      if (!answer.ok) {
        return null;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return page.querySelector("form[data-steps]");
    } catch {
      return null;
    }
  };

  const beginAll = (isNews) => {
    for (const form of document.querySelectorAll("form[data-steps]")) {
      begin(form, { isNews });
      if (!isNews && document.activeElement === document.body) {
        form.goToStep?.(current);
      }
    }
  };
  beginAll(true);
  document.addEventListener("htmx:afterSwap", () => beginAll(false));
  document.addEventListener("htmx:afterSettle", () => beginAll(false));

  // A link of the error summary opens the step of its box.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const box = link && document.getElementById(link.getAttribute("href").slice(1));
    const form = box && box.closest("form[data-steps]");
    if (form && form.openStepOf) {
      form.openStepOf(box);
    }
  });
})();
