// A form that somebody filled in goes only where it is heard: the server is asked first. Where none
// answers, or nobody or somebody else is signed in, the page stays with all that was typed, and says
// so beside the button; who presses again although no line was found sends it all the same. Nothing
// typed is kept anywhere else. Without this script forms go as ever.
"use strict";

(() => {
  const PATIENCE = 5000; // milliseconds until the line counts as gone
  const USE = 60000; // so often at most whoever types is noted as being here
  const { line, who } = document.body.dataset;
  const NO_TEXT = /^(hidden|radio|checkbox|button|submit|reset)$/;
  const THERE = new Set([429, 500]); // an answer that names nobody, of a server that is there
  const without = new WeakMap(); // by form: the button beside which it was said that there is no line
  let asking = false, passed = null;

  const isTyped = (field) => field.matches("input, textarea") && !NO_TEXT.test(field.type);
  // A scan is tried again as fast as it was made, a file is printed again; the door opens for all.
  const isAsked = (form) =>
    form.getAttribute("method") === "post" && !form.closest(".door, .paper, .take-along, .take-whole") &&
    [...form.elements].some(isTyped) && ![...form.elements].some((field) => field.matches("#scan-box, [data-scan]"));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form === passed || !isAsked(form)) return;
    event.preventDefault();
    if (!asking) ask(form, event.submitter);
  });

  async function ask(form, button) {
    asking = true;
    form.querySelector(".not-sent")?.remove();
    document.dispatchEvent(new Event("sends"));
    const told = await answer(`${line}?by_itself=1`);
    asking = false;
    for (const one of form.elements) if (one.matches("button[disabled]:not(.never)")) one.disabled = false;
    const isTriedAgain = !told && navigator.onLine && without.has(form) && without.get(form) === button;
    without.delete(form);
    if (told?.who === who) send(form, button, told.csrf_token);
    else if (told?.isThere || isTriedAgain) send(form, button);
    else say(form, button, !told ? "line" : told.who ? "other" : "session");
  }

  // Another session of the same person is known by another token; nobody else's takes this one.
  function send(form, button, token) {
    if (token) for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
    passed = form;
    form.requestSubmit(button);
    passed = null;
  }

  function say(form, button, why) {
    if (why === "line") without.set(form, button);
    const told = document.createElement("div");
    told.className = "refusal not-sent";
    told.setAttribute("role", "alert");
    told.append(document.getElementById(`not-sent-${why}`).content.cloneNode(true));
    const at = button?.closest("p") ?? button;
    if (at && form.contains(at)) at.before(told);
    else form.append(told);
    told.scrollIntoView({ block: "nearest" });
    document.dispatchEvent(new Event("stays"));
  }

  async function answer(address) {
    try {
      const told = await fetch(address, { headers: { Accept: "application/json" }, signal: Patience.of(PATIENCE) });
      if (THERE.has(told.status)) return { isThere: true };
      return told.ok ? await told.json() : null;
    } catch {
      return null;
    }
  }

  // Whoever types is here, however long it takes; the server ends each session in its time all the same.
  let used = performance.now(), noting = 0;
  addEventListener("input", ({ isTrusted }) => {
    if (!isTrusted || noting) return;
    noting = setTimeout(() => {
      [used, noting] = [performance.now(), 0];
      answer(line);
    }, Math.max(0, used + USE - performance.now()));
  }, true);
})();
