// The page of a device without a line. It verifies nothing, and says so whatever happens: only
// the server knows what is right. It looks whether the line is back, and leads nobody away.
"use strict";

(() => {
  const PAUSE = 10000; // milliseconds between two looks
  const PATIENCE = 5000;
  const { alive } = document.body.dataset;

  async function look() {
    const isBack = await answers();
    document.getElementById("back").hidden = !isBack;
    document.getElementById("gone").hidden = isBack;
  }

  async function answers() {
    try {
      const answer = await fetch(alive, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      return answer.ok && (await answer.json()).status === "ok";
    } catch {
      return false;
    }
  }

  look();
  setInterval(look, PAUSE);
})();
