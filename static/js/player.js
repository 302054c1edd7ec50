// The film player, grown out of the browser's own: the current line of the transcript, follow along, speed, and the place where one stopped.
// Without this file the page is complete: the browser's controls play, and each line links to its moment (?t=).

const box = document.querySelector("[data-player]");
const media = box?.querySelector("video, audio");
const list = document.querySelector(".transcript__cues");
const [followWord, speedWord] = (document.querySelector("script[data-words]")?.dataset.words ?? "|").split("|");

if (media) {
  const lines = [...list.querySelectorAll("[data-start]")].map((line) => ({ line, start: Number(line.dataset.start) }));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let current = null;

  // Follow along: a button that scrolls the transcript's own box, never the page.
  const follow = document.createElement("button");
  follow.type = "button";
  follow.className = "act";
  follow.setAttribute("aria-pressed", "false");
  follow.textContent = followWord;
  follow.addEventListener("click", () => {
    follow.setAttribute("aria-pressed", String(follow.getAttribute("aria-pressed") !== "true"));
    show(true);
  });
  document.querySelector(".transcript__head").append(follow);

  const show = (again) => {
    const now = lines.findLast(({ start }) => start <= media.currentTime + 0.05)?.line ?? null;
    if (now === current && !again) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
    if (now && follow.getAttribute("aria-pressed") === "true") {
      const top = now.offsetTop - list.offsetTop - list.clientHeight / 3;
      list.scrollTo({ top, behavior: calm.matches ? "auto" : "smooth" });
    }
  };
  media.addEventListener("timeupdate", () => show(false));

  const seek = (seconds) => {
    const go = () => { media.currentTime = seconds; };
    if (media.readyState) go();
    else {
      media.addEventListener("loadedmetadata", go, { once: true });
      media.preload = "metadata";
      media.load();
    }
  };
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const line = event.target.closest("[data-start]");
    if (!link || !line) return;
    event.preventDefault();
    seek(Number(line.dataset.start));
    media.play().catch(() => {});
  });

  // Speed: a menu that only a script can offer.
  const menu = document.createElement("select");
  menu.setAttribute("aria-label", speedWord);
  for (const rate of [0.75, 1, 1.25, 1.5, 2]) menu.append(new Option(`${rate}×`, rate, rate === 1, rate === 1));
  menu.addEventListener("change", () => { media.playbackRate = Number(menu.value); });
  document.querySelector("[data-player-tools]")?.prepend(menu);

  // Where one stopped: kept in this tab only, so that a shared computer tells nobody.
  const key = `film:${box.dataset.key}`;
  const kept = Number(sessionStorage.getItem(key));
  if (kept > 5 && !location.search.includes("t=")) media.addEventListener("play", () => seek(kept), { once: true });
  media.addEventListener("timeupdate", () => sessionStorage.setItem(key, Math.floor(media.currentTime)));
  media.addEventListener("ended", () => sessionStorage.removeItem(key));
}
