// Hears each key of a scanner on the page on which it is tested, control characters too, so that the
// server can say what came; and keeps at this device what its scanner adds around each code.
"use strict";

(() => {
  const field = document.getElementById("code"), { form } = field;
  const part = (name) => document.querySelector(`[data-${name}]`);
  // Any form carries the sign for a control character; the character itself, none does.
  const pictured = (text) => text.replace(/[\0-\x1f]/g, (one) => String.fromCharCode(0x2400 + one.charCodeAt(0)));
  const plain = (text) => text.replace(/[\u2400-\u241f]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0x2400));
  const ENDS = { Enter: "\r", Tab: "\t", Escape: "\x1b" };
  let heard = "", last = -Infinity;

  addEventListener("keydown", (event) => {
    part("caps").hidden = !event.getModifierState("CapsLock");
    const isElsewhere = event.target !== field && event.target.matches("input, textarea, button, a, summary");
    if (isElsewhere || event.key === "Backspace") return;
    const gap = event.timeStamp - last, one = characterOf(event);
    if (!one) return;
    // What a hand presses behind a code is none of it, and wipes out none of it.
    if (gap > Pace.PAUSE && ENDS[event.key]) return;
    if (gap > Pace.PAUSE) heard = "";
    last = event.timeStamp;
    heard += one;
    if (event.key !== "Tab" || gap >= Pace.FAST || heard.length < Pace.SHORTEST) return;
    event.preventDefault();
    form.requestSubmit();
  }, true);

  function characterOf({ key, ctrlKey, altKey, metaKey }) {
    if (ENDS[key]) return ENDS[key];
    if (key.length > 1 || metaKey) return "";
    const code = key.toUpperCase().charCodeAt(0);
    if (ctrlKey && !altKey) return code >= 64 && code < 96 ? String.fromCharCode(code - 64) : "";
    return key;
  }

  form.addEventListener("submit", () => {
    form.elements.sent.value = pictured(heard);
    form.elements.before.value = pictured(Pace.around.before);
    form.elements.after.value = pictured(Pace.around.after);
  });

  // -- what is taken off ---------------------------------------------------------------------------

  function keep(before, after) {
    localStorage.setItem(Pace.AROUND, JSON.stringify({ before, after }));
    location.assign(form.dataset.page);
  }

  for (const hidden of document.querySelectorAll("[data-with-script]")) hidden.hidden = false;
  document.querySelector("button[data-before]")?.addEventListener("click", ({ target }) => {
    keep(plain(target.dataset.before), plain(target.dataset.after));
  });
  part("none").addEventListener("click", () => keep("", ""));
  const off = part("taken-off");
  off.hidden = !(Pace.around.before || Pace.around.after);
  off.querySelector("code[data-before]").textContent = pictured(Pace.around.before) || "–";
  off.querySelector("code[data-after]").textContent = pictured(Pace.around.after) || "–";
})();
