// The page of a device without a line. It verifies nothing, and says so whatever happens: only
// the server knows what is right. It captures what is scanned, shows all that it keeps, looks
// whether the line is back, and leads nobody away.
"use strict";

(() => {
  const PAUSE = 10000; // milliseconds between two looks
  const PATIENCE = 5000;
  const { alive } = document.body.dataset;
  const part = (id) => document.getElementById(id);

  // -- the line ------------------------------------------------------------------------------------

  async function look() {
    const isBack = await answers();
    part("back").hidden = !isBack;
    part("gone").hidden = isBack;
  }

  async function answers() {
    try {
      const answer = await fetch(alive, { cache: "no-store", signal: Patience.of(PATIENCE) });
      return answer.ok && (await answer.json()).status === "ok";
    } catch {
      return false;
    }
  }

  // -- what is captured ----------------------------------------------------------------------------

  async function show() {
    const [last, inHand, waiting] = [await Queue.chain(), await Queue.inHand(), await Queue.waiting()];
    part("capture").hidden = !last;
    part("not-ready").hidden = Boolean(last);
    list(part("in-hand"), inHand.map((one) => one.raw));
    for (const button of document.querySelectorAll("[data-kind], [data-drop]")) button.disabled = !inHand.length;
    part("number").textContent = waiting.length;
    list(part("waiting"), waiting.map((one) =>
      `${one.seq}. ${wordOf(one.kind)}, ${Clock.moment(new Date(one.at))}: ${one.codes.map((code) => code.raw).join(", ")}`));
  }

  const wordOf = (kind) => document.querySelector(`button[data-kind="${kind}"]`)?.textContent ?? kind;

  function list(at, lines) {
    at.replaceChildren(...lines.map((line) => {
      const one = document.createElement("li");
      one.textContent = line;
      return one;
    }));
  }

  part("scanned").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { code, how } = event.target.elements;
    const [raw, way] = [code.value, how.value];
    code.value = "";
    if (!raw.trim()) return;
    say(await Queue.hold(raw, way).catch(() => "refused"));
    await show();
    code.focus();
  });

  // What became of the last code; what was typed is shown nowhere: it may be anything.
  function say(became) {
    for (const one of document.querySelectorAll("[data-became]")) one.hidden = one.dataset.became !== became;
  }

  document.addEventListener("click", async (event) => {
    const { kind, drop } = event.target.dataset;
    if (kind) await Queue.complete(kind);
    else if (drop !== undefined) await Queue.drop();
    else return;
    say("kept");
    await show();
  });

  look();
  setInterval(look, PAUSE);
  addEventListener("online", look); // whoever puts the cable back in need not wait
  // Without a place to keep it, or a way to be alone with it, nothing is captured: it says so.
  if (window.indexedDB && navigator.locks && window.crypto?.subtle) show().catch(() => {});
})();
