import { showDelays } from "./delays.js";
import { byId, setText, timeOfDay } from "./dom.js";
import { showLatencies } from "./latencies.js";
import { poll } from "./live.js";
import { showRequests } from "./requests.js";
import { showSlow } from "./slow.js";
import { showStalls } from "./stalls.js";

// Polls the server once a second and updates the page.

const connection = byId("connection");
const pause = byId("pause");
let since = "";
let lost = false;

const setPaused = poll(["/in-flight", "/eventloop", "/stalls", "/counters", "/slow"], {
  onData([inFlight, eventLoops, stalls, counters, slow]) {
    since = inFlight.now;
    lost = false;
    showConnection(inFlight.pid);
    showRequests(inFlight);
    showDelays(eventLoops);
    showStalls(stalls);
    showLatencies(counters);
    showSlow(slow);
  },
  onLost() {
    lost = true;
    showConnection();
  },
});

/** @param {number} [pid] */
function showConnection(pid) {
  connection.classList.toggle("lost", lost);
  if (lost) {
    setText(connection, since === "" ? "Disconnected" : `Disconnected; showing data from ${timeOfDay(since)}`);
  } else {
    setText(connection, `Process ${pid}, updated ${timeOfDay(since)}`);
  }
}

// Parts that scroll by themselves must be reachable by keyboard; others need no tab stop.
const observer = new ResizeObserver(() => {
  for (const wide of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".wide"))) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    else wide.removeAttribute("tabindex");
  }
});
for (const part of document.querySelectorAll(".wide, .wide table")) observer.observe(part);

pause.addEventListener("click", () => {
  const paused = pause.getAttribute("aria-pressed") !== "true";
  pause.setAttribute("aria-pressed", String(paused));
  setPaused(paused);
  if (paused) setText(connection, since === "" ? "Paused" : `Paused at ${timeOfDay(since)}`);
});
