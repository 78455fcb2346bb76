import { showDelays } from "./delays.js";
import { byId, setText, timeOfDay } from "./dom.js";
import { showLatencies } from "./latencies.js";
import { poll } from "./live.js";
import { showRequests } from "./requests.js";
import { showStalls } from "./stalls.js";

// The page: it asks once a second and shows what has changed.

const contact = byId("contact");
const pause = byId("pause");
let since = "";
let lost = false;

const setPaused = poll(["/in-flight", "/eventloop", "/stalls", "/counters"], {
  onAnswers([inFlight, eventLoops, stalls, counters]) {
    since = inFlight.now;
    lost = false;
    showContact(inFlight.pid);
    showRequests(inFlight);
    showDelays(eventLoops);
    showStalls(stalls);
    showLatencies(counters);
  },
  onLost() {
    lost = true;
    showContact();
  },
});

/** @param {number} [pid] */
function showContact(pid) {
  contact.classList.toggle("lost", lost);
  if (lost) {
    setText(contact, since === "" ? "No contact." : `No contact. What is shown was true at ${timeOfDay(since)}.`);
  } else {
    setText(contact, `Process ${pid}, at ${timeOfDay(since)}`);
  }
}

// What scrolls by itself must be reached by keyboard; what does not would be a stop too many.
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
  if (paused) setText(contact, since === "" ? "Paused." : `Paused at ${timeOfDay(since)}`);
});
