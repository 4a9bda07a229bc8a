// Comfort only: the table under each chart has all of this.
// Pointing at a value, or reaching it by the keyboard, shows what it says; the arrow keys lead from
// value to value, so that a chart is one stop of the tab key.
"use strict";

(() => {
  for (const chart of document.querySelectorAll("[data-chart]")) {
    const svg = chart.querySelector("svg");
    const points = svg ? [...svg.querySelectorAll("g[tabindex]")] : [];
    if (!points.length) {
      continue;
    }
    const tip = document.createElement("div");
    tip.className = "chart-tip";
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true");
    chart.append(tip);

    // The name stays; the browser's own, slower hint goes.
    for (const point of points) {
      const title = point.querySelector("title");
      point.setAttribute("aria-label", title.textContent);
      title.remove();
    }

    const show = (point) => {
      tip.textContent = point.getAttribute("aria-label");
      tip.hidden = false;
      const box = chart.getBoundingClientRect();
      const at = point.getBoundingClientRect();
      const middle = at.left + at.width / 2 - box.left;
      const left = Math.min(Math.max(middle - tip.offsetWidth / 2, 4), Math.max(box.width - tip.offsetWidth - 4, 4));
      const above = at.top - box.top - tip.offsetHeight - 6;
      tip.style.left = `${left}px`;
      tip.style.top = `${above > 0 ? above : at.bottom - box.top + 6}px`;
    };
    const hide = () => {
      tip.hidden = true;
    };
    window.addEventListener("resize", hide);
    const pointOf = (event) => event.target.closest("g[tabindex]");

    svg.addEventListener("mouseover", (event) => {
      const point = pointOf(event);
      if (point) {
        show(point);
      }
    });
    svg.addEventListener("mouseout", hide);
    // On the figure: a browser takes a drawing that listens for focus for one that wants it.
    chart.addEventListener("focusin", (event) => {
      const point = pointOf(event);
      if (point) {
        show(point);
      }
    });
    chart.addEventListener("focusout", hide);

    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    svg.addEventListener("keydown", (event) => {
      const here = points.indexOf(pointOf(event));
      if (event.key === "Escape") {
        hide();
      }
      if (here < 0 || !(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      event.preventDefault();
      const there = Math.min(Math.max(here + moves[event.key], 0), points.length - 1);
      points[here].setAttribute("tabindex", "-1");
      points[there].setAttribute("tabindex", "0");
      points[there].focus();
    });
  }
})();
