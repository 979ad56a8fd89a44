// On a registered device: lets the worker stand by for the time without a line, and hands in what
// was captured meanwhile, and forgets permits that have ended. On any other the worker is sent away
// again. The pages work without it, and nothing is decided here.
"use strict";

(() => {
  const MOST = 50; // captures of one sending
  const PAUSE = 15000; // milliseconds between two looks at the permits
  const PATIENCE = 10000; // for an answer: questions that hang would leave the browser no line for its pages
  const { device, worker, scope, captures, permits } = document.body.dataset;
  let isSent = false; // a form of this page: by its answer, somebody else may be here

  async function standBy() {
    const workers = navigator.serviceWorker; // there is none on an open line
    if (!workers) return;
    if (!device) for (const one of await workers.getRegistrations()) await one.unregister();
    else {
      await workers.register(worker, { scope, updateViaCache: "none" });
      await (await caches.open("coi-language")).put("/offline?last", new Response(document.documentElement.lang));
      await navigator.storage?.persist?.(); // what is captured shall not make room for pictures
    }
  }

  // Until all of it is on record. What is in hand is done: the line is back. What the server does not
  // take stays here, and whoever is here is told.
  async function handIn() {
    await Queue.complete("other");
    let waiting = await Queue.waiting();
    const last = await Queue.chain();
    if (last?.device === device && !waiting.length) return;
    let [number, before] = [0, Infinity];
    do {
      before = waiting.length;
      if (isSent) return; // the next page hands it in
      const answer = await send(waiting.slice(0, MOST));
      if (answer.redirected) return; // nobody is signed in any more
      if (!answer.ok) break;
      const told = await answer.json();
      await Queue.handedIn(device, told);
      number += told.kept.length;
      if (told.alarm) say("fork");
      waiting = await Queue.waiting();
    } while (waiting.length && waiting.length < before);
    if (number) say("in");
    if (waiting.length) say("refused");
  }

  const send = (some) => fetch(captures, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("[name=csrf_token]").value },
    body: new URLSearchParams({ captures: JSON.stringify(some) }),
  });

  // What the server does not say any more has ended; whoever is here is told at once.
  async function renew() {
    const signal = Patience.of(PATIENCE);
    const answer = await fetch(`${permits}?by_itself=1`, { headers: { Accept: "application/json" }, signal });
    if (!answer.ok || answer.redirected) return;
    if ((await Permits.renew((await answer.json()).permits)).length) say("ended");
  }

  function say(what) {
    const told = document.querySelector(`[data-captured="${what}"]`);
    if (told) told.hidden = false;
  }

  const quietly = () => {}; // a browser that keeps nothing, or a line that is gone just now
  standBy().catch(quietly);
  if (!device || !captures || !window.indexedDB || !navigator.locks) return;
  addEventListener("submit", () => { isSent = true; });
  handIn().catch(quietly);
  renew().catch(quietly);
  setInterval(() => renew().catch(quietly), PAUSE);
})();
