// The pages work without this; it only makes them quick. Nothing is decided here.
"use strict";

// A scanner types fast and ends with Enter: what it types belongs into the box for codes, wherever
// the focus is, unless somebody is writing into a field. The step's own box comes first.
const box = document.getElementById("codes") || document.getElementById("scan-box");
if (box) {
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, textarea, select, [contenteditable]");
    const printable = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    const pressing = event.key === " " && event.target.closest("button, a, summary");
    if (!writing && printable && !pressing) box.focus();
  });
}

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
