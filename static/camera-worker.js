// Looks for codes in one picture at a time, beside the page, so that the page stays quick. The
// picture goes nowhere else. How each text is read belongs to `labels/`; here it is as it stands.
"use strict";

importScripts("vendor/zxing-wasm/reader.js");

ZXingWASM.prepareZXingModule({
  overrides: { locateFile: (name) => new URL(`vendor/zxing-wasm/${name}`, self.location).href },
});

const HOW = {
  formats: ["Code128", "DataMatrix", "QRCode"],
  tryHarder: true, // without it no Code 128 is found at an angle
  textMode: "Plain", // a separator of GS1 stays a separator
  maxNumberOfSymbols: 16,
};

addEventListener("message", async ({ data }) => {
  try {
    const found = await ZXingWASM.readBarcodes(data, HOW);
    postMessage(found.filter((one) => one.isValid).map((one) => ({
      text: one.symbologyIdentifier + one.text, // as a scanner sends it that says what it read
      corners: [one.position.topLeft, one.position.topRight, one.position.bottomRight, one.position.bottomLeft],
    })));
  } catch (error) {
    postMessage(null); // the page says so, and goes on without a camera
    throw error;
  }
});
