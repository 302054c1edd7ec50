// Where one stopped in a film. Kept in this tab and forgotten when it closes, because computers are shared; on the device only where
// the reader asks for it, until they say "forget". Nothing is sent anywhere.
const KEY = "films";

const read = (storage) => {
  try { return JSON.parse(storage.getItem(KEY)) ?? {}; } catch { return {}; }
};

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// Gives a function for when the reader chooses another moment themselves.
export const rememberPlace = (box, media, seek) => {
  const place = box.querySelector("[data-place]");
  const film = box.dataset.player;
  const onDevice = () => localStorage.getItem(KEY) !== null;
  const storage = () => (onDevice() ? localStorage : sessionStorage);
  const write = (seconds) => {
    const places = read(storage());
    if (seconds === null) delete places[film];
    else places[film] = Math.floor(seconds);
    storage().setItem(KEY, JSON.stringify(places));
  };
  const show = () => {
    for (const words of place.querySelectorAll("[data-keeps]")) words.hidden = (words.dataset.keeps === "device") !== onDevice();
  };

  const stopped = place.querySelector("[data-stopped]");
  let goOn = Number(read(storage())[film]) || 0;
  if (goOn > 5 && !/[?&]t=/.test(location.search)) {
    stopped.querySelector("b").textContent = clock(goOn);
    stopped.hidden = false;
  } else goOn = 0;
  const leave = () => {
    goOn = 0;
    stopped.hidden = true;
  };
  media.addEventListener("play", () => {
    if (goOn) seek(goOn);
    leave();
  }, { once: true });
  stopped.querySelector("button").addEventListener("click", () => {
    leave();
    write(null);
    media.play().catch(() => {});
    media.focus();
  });

  media.addEventListener("timeupdate", () => { if (!goOn && media.currentTime) write(media.currentTime); });
  media.addEventListener("ended", () => write(null));

  const [keep, forget] = ["tab", "device"].map((where) => place.querySelector(`[data-keeps=${where}] button`));
  keep.addEventListener("click", () => {
    localStorage.setItem(KEY, JSON.stringify(read(sessionStorage)));
    sessionStorage.removeItem(KEY);
    show();
    forget.focus();
  });
  forget.addEventListener("click", () => {
    localStorage.removeItem(KEY);
    sessionStorage.removeItem(KEY);
    show();
    keep.focus();
  });
  show();
  place.hidden = false;
  return leave;
};
