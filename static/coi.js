// The pages work without this; it only makes them quick. Nothing is decided here.
"use strict";

// A second click on the same button does nothing: the first one is under way.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button")) {
    setTimeout(() => { button.disabled = true; });
    // A print is a file: the page stays, and a lost one can be asked for again after a while.
    if (event.target.matches(".paper")) setTimeout(() => { button.disabled = false; }, 4000);
  }
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[disabled]:not(.never)")) button.disabled = false;
});
