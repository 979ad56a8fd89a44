// Draws a template's text anew as it is typed. What is typed goes to the server and is not kept there.
"use strict";

const form = document.querySelector("form.live");
const PAUSE = 500; // milliseconds without a key
const AGAIN = 1500; // until it is asked for once more, when others were being drawn
let waiting, under_way;

function later(pause) {
  clearTimeout(waiting);
  waiting = setTimeout(draw, pause);
}

async function draw() {
  under_way?.abort();
  const mine = under_way = new AbortController();
  const told = document.getElementById("live-status");
  told.textContent = told.dataset.textBegun;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const newer = page.getElementById("drawn");
    if (mine.signal.aborted) return;
    if (!newer) told.textContent = told.dataset.textRefused;
    else {
      // The text and the cursor in it stay: only what is beside it is new.
      document.getElementById("drawn").replaceWith(newer);
      told.textContent = newer.dataset.text;
    }
    if (answer.status === 503) later(AGAIN);
  } catch (error) {
    if (error.name !== "AbortError") told.textContent = told.dataset.textAway;
  }
}

form.addEventListener("input", () => later(PAUSE));
// The button asks itself; what was asked before it is not waited for.
form.addEventListener("submit", () => { clearTimeout(waiting); under_way?.abort(); });
