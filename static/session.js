// Warns two minutes before a session ends. The server judges; one session holds for all tabs, so
// this asks it before it believes its own clock. Without this file a session ends all the same.
"use strict";

(() => {
  const dialog = document.getElementById("session-warning");
  if (!dialog || !dialog.showModal) {
    return;
  }
  const { session, login } = dialog.dataset;
  const WARNED_BEFORE = 120;
  const ASKED_EVERY = 10;
  const TOLD_EVERY_MS = 60000;
  const clock = dialog.querySelector("[data-session-clock]");
  const said = dialog.querySelector("[data-session-said]");
  const stayButton = dialog.querySelector("[data-session-stay]");
  const token = dialog.querySelector("[name=csrfmiddlewaretoken]");

  let endsAt = 0;
  let timer = 0;
  let told = Date.now();
  let over = false;

  const secondsLeft = () => Math.ceil((endsAt - Date.now()) / 1000);

  // What the server says, or null when it cannot be reached.
  const ask = async (isHere) => {
    const body = isHere ? new URLSearchParams({ csrfmiddlewaretoken: token.value }) : undefined;
    try {
      const answer = await fetch(session, { method: isHere ? "POST" : "GET", body, cache: "no-store" });
      // A token of a former login: somebody is logged in again, in another tab.
      return answer.ok ? await answer.json() : isHere ? await ask(false) : null;
    } catch {
      return null;
    }
  };

  const inWords = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const rest = String(seconds % 60).padStart(2, "0");
    return minutes ? `${minutes}:${rest} minutes` : `${seconds} seconds`;
  };

  const show = (canStay) => {
    for (const part of dialog.querySelectorAll("[data-when]")) {
      part.hidden = (part.dataset.when === "idle") !== canStay;
    }
    stayButton.hidden = !canStay;
    if (!dialog.open) {
      dialog.showModal();
      (canStay ? stayButton : dialog.querySelector("[type=submit]")).focus();
    }
  };

  // The page shows patients: it goes. What was typed goes to the server first (mrtrack.js).
  const end = () => {
    if (over) {
      return;
    }
    over = true;
    const next = location.pathname + location.search;
    const url = `${login}?${new URLSearchParams({ next })}`;
    const event = new CustomEvent("session-ended", { cancelable: true, detail: { url } });
    if (document.dispatchEvent(event)) {
      location.replace(url);
    }
  };

  const follow = (answer) => {
    if (answer) {
      endsAt = Date.now() + answer.left * 1000;
    }
    const left = secondsLeft();
    if (left <= 0 && (answer || left < -ASKED_EVERY)) {
      end();
    } else if (left > WARNED_BEFORE) {
      if (dialog.open) {
        dialog.close();
      }
      later(left - WARNED_BEFORE);
    } else {
      if (answer) {
        show(answer.can_stay);
      }
      later(1);
    }
  };

  const later = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(tick, seconds * 1000);
  };

  const tick = async () => {
    const left = secondsLeft();
    if (dialog.open) {
      clock.textContent = inWords(Math.max(0, left));
      if (left === 60 || left === 30) {
        said.textContent = `${left} seconds left`;
      }
    }
    if (!dialog.open || left <= 0 || left % ASKED_EVERY === 0) {
      follow(await ask(false));
    } else {
      later(1);
    }
  };

  const stay = async () => {
    told = Date.now();
    follow(await ask(true));
  };

  stayButton.addEventListener("click", stay);
  // Escape closes the warning: somebody is there.
  dialog.addEventListener("cancel", () => {
    if (!stayButton.hidden) {
      stay();
    }
  });

  // Typing and pointing in a long form ask nothing of the server: it is told once a minute.
  const here = () => {
    if (!dialog.open && !over && Date.now() - told > TOLD_EVERY_MS) {
      stay();
    }
  };
  for (const kind of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(kind, here, { passive: true });
  }
  // After a sleep of the machine no clock of ours is right.
  const askAgain = async () => {
    if (!document.hidden && !over) {
      follow(await ask(false));
    }
  };
  document.addEventListener("visibilitychange", askAgain);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      askAgain();
    }
  });

  endsAt = Date.now() + Number(dialog.dataset.sessionLeft) * 1000;
  later(Math.max(1, secondsLeft() - WARNED_BEFORE));
})();
