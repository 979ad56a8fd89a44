// Who tries the demonstration has no scanner: there, and only there, a code that is pasted counts as
// one that was scanned. No page of an installation that is at work loads this.
"use strict";

// Loaded behind the others, and so heard behind them: they note that no key of a scanner came.
addEventListener("input", (event) => {
  const field = event.target;
  const takesCodes = field instanceof Element && field.matches("#scan-box, [data-scan], [data-scans]");
  if (takesCodes && event.inputType === "insertFromPaste") Pace.of(field).begin(field.value.length);
}, true);
