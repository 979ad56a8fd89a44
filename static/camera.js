// Reads a code with the camera of a tablet where no scanner is at hand: the one code on which the
// cross is held, seen twice in a row. Two bags in a picture are never mixed up: what is not under
// the cross is not read, and where two codes are, none is. What was read goes the way of a scanner.
// No picture leaves the browser, and none is kept.
"use strict";

(() => {
  if (!navigator.mediaDevices?.getUserMedia || !window.Worker) return; // an open line, or no camera
  // What is held in a hand and touched: a workstation has a scanner, and its camera looks at people.
  if (!matchMedia("(any-pointer: coarse)").matches) return;
  document.documentElement.classList.add("has-camera");

  const RESTS = 60000; // so long nothing was read: the camera goes off
  const SLOW = 15000; // so long the reader may take to load, over a slow line
  const BESIDE = 0.06; // of the picture: bars are low, and a hand is not still
  const LONGEST = 1280; // pixels of a picture that is looked at
  const WANTED = { video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } };
  const MANY = '[data-scan="many"], #codes';
  const BASE = document.currentScript.src;

  let worker = null;
  let stream = null;
  let seen = ""; // what the last picture showed under the cross
  let taken = ""; // what was read, and still lies there
  let resting = 0;

  const dialog = () => document.getElementById("camera");
  const video = () => dialog().querySelector("video");

  // -- on and off ------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-camera]")) open();
    else if (event.target.closest("[data-light]")) light(event.target.closest("[data-light]"));
  });

  async function open() {
    dialog().showModal();
    say("starting");
    try {
      const begun = await navigator.mediaDevices.getUserMedia(WANTED);
      if (!dialog().open) return stop(begun);
      stream = begun;
    } catch (error) {
      return say(error.name === "NotAllowedError" ? "refused" : "none");
    }
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => { close(); say("none"); });
    dialog().querySelector("[data-light]").hidden = !track.getCapabilities?.().torch;
    video().srcObject = stream;
    [seen, taken] = ["", ""];
    await video().play().catch(() => {}); // closed meanwhile
    rest();
    look();
  }

  function close() {
    clearTimeout(resting);
    if (stream) stop(stream);
    stream = null;
    video().srcObject = null;
    const button = dialog().querySelector("[data-light]");
    button.hidden = true; // without a camera there is none
    button.setAttribute("aria-pressed", "false");
  }

  const stop = (one) => one.getTracks().forEach((track) => track.stop());

  function rest() {
    clearTimeout(resting);
    resting = setTimeout(() => { close(); say("rests"); }, RESTS);
  }

  document.addEventListener("visibilitychange", () => { if (document.hidden && dialog()?.open) dialog().close(); });
  document.addEventListener("DOMContentLoaded", () => dialog()?.addEventListener("close", close));

  async function light(button) {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    const [track] = stream.getVideoTracks();
    await track.applyConstraints({ advanced: [{ torch: isOn }] }).catch(() => { button.hidden = true; });
    button.setAttribute("aria-pressed", String(isOn));
  }

  function say(state) {
    for (const one of dialog().querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== state;
  }

  // -- what is under the cross -----------------------------------------------------------------

  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d", { willReadFrequently: true });

  async function look() {
    while (stream) {
      const picture = draw();
      const found = picture && await ask(picture);
      if (!stream) return;
      if (found) judge(found.filter(isUnder(picture)), found.length);
      else if (picture) return fail();
      await new Promise((next) => { setTimeout(next, 40); });
    }
  }

  function fail() {
    worker.terminate();
    worker = null;
    close();
    say("broken");
  }

  function draw() {
    const { videoWidth: width, videoHeight: height } = video();
    if (!width) return null;
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    drawing.drawImage(video(), 0, 0, canvas.width, canvas.height);
    return drawing.getImageData(0, 0, canvas.width, canvas.height);
  }

  // Gives the codes of one picture; null where the reader cannot be had.
  function ask(picture) {
    worker ||= new Worker(new URL("camera-worker.js", BASE));
    return new Promise((tell) => {
      const patience = setTimeout(() => tell(null), SLOW);
      const end = (found) => { clearTimeout(patience); tell(found); };
      worker.onmessage = ({ data }) => end(data);
      worker.onerror = () => end(null);
      // The picture is not handed over: its size is asked for once more.
      worker.postMessage(picture);
    });
  }

  // Whether a code holds the middle of the picture, or lies so close that a hand means it.
  const isUnder = ({ width, height }) => ({ corners }) => {
    const middle = { x: width / 2, y: height / 2 };
    const sides = corners.map((corner, n) => [corner, corners[(n + 1) % corners.length]]);
    const turns = sides.map(([a, b]) => (b.x - a.x) * (middle.y - a.y) - (b.y - a.y) * (middle.x - a.x));
    const isInside = turns.every((turn) => turn >= 0) || turns.every((turn) => turn <= 0);
    return isInside || sides.some(([a, b]) => distance(middle, a, b) < BESIDE * Math.min(width, height));
  };

  function distance(point, a, b) {
    const [x, y] = [b.x - a.x, b.y - a.y];
    const along = ((point.x - a.x) * x + (point.y - a.y) * y) / (x * x + y * y || 1);
    const at = Math.max(0, Math.min(1, along));
    return Math.hypot(point.x - a.x - at * x, point.y - a.y - at * y);
  }

  function judge(under, inView) {
    const texts = [...new Set(under.map((one) => one.text))];
    const text = texts.length === 1 ? texts[0] : "";
    if (texts.length > 1) say("several");
    else if (!text) say(inView ? "beside" : "looking");
    if (!inView) taken = "";
    const isSure = text && text === seen && text !== taken;
    seen = text;
    if (isSure) read(text);
  }

  function read(text) {
    taken = text;
    const goesOn = document.querySelector(MANY);
    if (goesOn) {
      say("next");
      rest();
    } else dialog().close();
    document.dispatchEvent(new CustomEvent("read", { detail: text }));
  }
})();
