// Without a line: whether order, wristband and bag are those of a permit. Amber where it holds, red
// in every other case; never green. What is shown is looked at again each second.
"use strict";

(() => {
  const STEPS = ["order", "wristband", "bag"];
  const SYMBOL = /^\](?:C0|d1|Q1)/;
  const { key } = document.body.dataset;
  const dialog = document.getElementById("permit");
  const form = document.getElementById("permit-scan");
  let codes = {}; // what was read by now
  let shown = null; // what the amber screen stands for

  const view = (name) => {
    for (const one of dialog.querySelectorAll("[data-view]")) one.hidden = one.dataset.view !== name;
    dialog.classList.toggle("permitted", name === "permitted");
    dialog.classList.toggle("cannot", name === "cannot");
    document.querySelector(`audio[data-of="${name}"]`)?.play().catch(() => {});
  };

  function ask() {
    const step = STEPS[Object.keys(codes).length];
    for (const one of dialog.querySelectorAll("[data-step]")) one.hidden = one.dataset.step !== step;
    form.elements.code.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.matches("[data-permit]")) {
      [codes, shown] = [{}, null];
      view("asks");
      dialog.showModal();
      ask();
    } else if (event.target.matches("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => { [codes, shown] = [{}, null]; });

  // At a patient nothing is typed: what did not come from a scanner or the camera is no scan.
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { code, how } = form.elements;
    const read = how.value === "typed" ? "" : Queue.codeOf(code.value).replace(SYMBOL, "");
    code.value = "";
    codes[STEPS[Object.keys(codes).length]] = read;
    if (!read) cannot();
    else if (Object.keys(codes).length < STEPS.length) ask();
    else await judge(codes);
  });

  async function judge(asked) {
    const permit = await permitOf(asked);
    if (asked !== codes) return; // somebody left, and may have begun anew: what is shown is of that alone
    if (!permit) return cannot();
    shown = asked;
    document.getElementById("permit-until").textContent = Clock.minute(new Date(permit.end));
    document.getElementById("permit-alike").hidden = !permit.looksAlike;
    view("permitted");
  }

  async function permitOf(asked) {
    try {
      return await Permits.of(key, (await Queue.chain())?.device, asked);
    } catch {
      return null;
    }
  }

  function cannot() {
    shown = null;
    view("cannot");
  }

  // It ends while it is looked at: with its time, with a clock that was set, and with the line.
  setInterval(async () => {
    const looked = shown;
    if (!looked) await Permits.now().catch(() => {});
    else if (!document.getElementById("back").hidden || !await permitOf(looked)) {
      if (looked === shown) cannot();
    }
  }, 1000);
})();
