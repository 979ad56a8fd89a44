// On a registered device: lets the worker stand by for the time without a line. On any other it is
// sent away again. The pages work without it, and nothing is decided here.
"use strict";

(async () => {
  const workers = navigator.serviceWorker; // there is none on an open line
  if (!workers) return;
  const { device, worker, scope } = document.body.dataset;
  if (device) await workers.register(worker, { scope, updateViaCache: "none" });
  else for (const one of await workers.getRegistrations()) await one.unregister();
})().catch(() => {}); // a browser that keeps nothing, or a line that is gone just now
