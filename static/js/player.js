// The film player, grown out of the browser's own: captions, speed, the current line of the transcript, follow along.
// Without this file the page is complete: the browser's controls play, and each line links to its moment (?t=).
import { rememberPlace } from "./place.js";

const box = document.querySelector("[data-player]");
const media = box?.querySelector("video, audio");

const seek = (seconds) => {
  const go = () => { media.currentTime = seconds; };
  if (media.readyState) go();
  else {
    media.addEventListener("loadedmetadata", go, { once: true });
    if (media.paused) { // else it is loading already, and load() would stop it
      media.preload = "metadata";
      media.load();
    }
  }
};

// A menu of which one entry is chosen. `choose` gives the value that then holds.
const offer = (name, choose) => {
  const menu = box.querySelector(`[data-${name}]`);
  if (!menu) return;
  const show = (value) => {
    for (const button of menu.querySelectorAll("button")) {
      button.toggleAttribute("aria-current", button.value === value);
      if (button.value === value) {
        button.setAttribute("aria-current", "true");
        menu.querySelector("[data-chosen]").textContent = button.textContent;
      }
    }
  };
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    show(choose(button.value));
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.hidden = false;
  return show;
};

if (media) {
  const captions = [...media.textTracks].filter((track) => track.kind === "captions");
  // Captions are there from the start, but fetched only when the film is played.
  const show = (language) => {
    for (const track of captions) track.mode = track.language === language ? "showing" : "disabled";
  };
  let wanted = media.querySelector("track[data-first]")?.srclang ?? "";
  const say = offer("captions", (language) => {
    wanted = language;
    if (!media.paused || media.currentTime) show(language);
    return language;
  });
  say?.(wanted);
  if (media.paused) media.addEventListener("play", () => show(wanted), { once: true });
  else show(wanted); // played before this file was there
  media.textTracks?.addEventListener("change", () => { // chosen in the browser's own menu
    if (media.paused && !media.currentTime) return;
    wanted = captions.find((track) => track.mode === "showing")?.language ?? "";
    say?.(wanted);
  });
  offer("speed", (rate) => {
    media.playbackRate = Number(rate);
    return rate;
  })?.("1");

  // The line that is being said, and follow along, which scrolls the transcript's own box and never the page.
  const list = document.querySelector(".transcript__cues");
  const lines = [...list.querySelectorAll("[data-start]")].map((line) => ({ line, start: Number(line.dataset.start) }));
  const follow = document.querySelector("[data-follow]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let current = null;
  const mark = (again) => {
    const now = lines.findLast(({ start }) => start <= media.currentTime + 0.05)?.line ?? null;
    if (now === current && !again) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
    if (now && follow?.getAttribute("aria-pressed") === "true") {
      list.scrollTo({ top: now.offsetTop - list.clientHeight / 3, behavior: calm.matches ? "auto" : "smooth" });
    }
  };
  media.addEventListener("timeupdate", () => mark(false));
  follow?.addEventListener("click", () => {
    follow.setAttribute("aria-pressed", String(follow.getAttribute("aria-pressed") !== "true"));
    mark(true);
  });
  if (follow) follow.hidden = false;

  for (const moments of document.querySelectorAll("[data-moments]")) {
    moments.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const moment = event.target.closest("[data-start]");
      if (!link || !moment) return;
      event.preventDefault();
      forgetPlace();
      seek(Number(moment.dataset.start));
      media.play().catch(() => {});
    });
  }

  const forgetPlace = rememberPlace(box, media, seek);
}
