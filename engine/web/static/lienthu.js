// Shows what is found while the libraries are still asked. Rows that are shown never move: what is better waits
// behind one button. Without this script the page ends with the same rows.
"use strict";

// Asks what can be had now, for the rows that are on the screen and have not been asked for yet. A row takes what is
// new only where it stays as high as it is; the list of copies, which is closed, always.
const Availability = (() => {
  const asked = new Set();
  let waiting = new Map(); // id -> row
  let timer = 0;

  const fit = (row, html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const next = holder.content.querySelector("li");
    if (!next || !row.isConnected) return;
    const told = next.querySelector(".copies").innerHTML;
    if (!row.querySelector("details[open]") && !row.contains(document.activeElement)) {
      const before = row.offsetHeight;
      row.replaceWith(next);
      if (next.offsetHeight === before) return;
      next.replaceWith(row);
    }
    const copies = row.querySelector("details:not([open]) .copies");
    if (copies) copies.innerHTML = told;
  };

  const ask = async () => {
    const rows = [...waiting].slice(0, 20);
    for (const [id] of rows) { waiting.delete(id); asked.add(id); }
    if (waiting.size) timer = setTimeout(ask, 400);
    const query = new URLSearchParams(location.search); // the rows keep what was asked
    query.delete("title");
    for (const [id] of rows) query.append("title", id);
    try {
      const answer = await fetch(`/availability?${query}`);
      if (!answer.ok) return;
      const told = await answer.json();
      for (const [id, row] of rows) if (told.rows[id]) fit(row, told.rows[id]);
    } catch { /* the copies stay as the description had them */ }
  };

  const watcher = window.IntersectionObserver && new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting || asked.has(target.dataset.id)) continue;
      waiting.set(target.dataset.id, target);
      clearTimeout(timer);
      timer = setTimeout(ask, 400);
    }
  });
  return { watch: (list) => { if (watcher && list) for (const row of list.children) watcher.observe(row); } };
})();

(() => {
  const live = document.getElementById("live");
  const frame = document.getElementById("frame");
  if (!live || !frame || document.getElementById("settled") || !window.EventSource) {
    // The page may still be read: rows that are not there yet would never be asked for.
    const watch = () => Availability.watch(document.querySelector("#settled .rows"));
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
    else watch();
    return;
  }

  document.documentElement.classList.add("is-live");
  live.replaceChildren(frame.content.cloneNode(true));
  const list = live.querySelector(".rows");
  const button = live.querySelector(".new");
  const parts = new Map([...live.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  const html = new Map(); // id -> the latest row
  let order = [];

  const made = (id) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.get(id);
    return holder.content.querySelector("li");
  };
  const shown = () => [...list.children].map((row) => row.dataset.id);

  // A shown row takes its new text only where it stays as high as it is, and nobody has opened or entered it.
  const refresh = (row) => {
    if (row.querySelector("details[open]") || row.contains(document.activeElement)) return;
    const next = made(row.dataset.id);
    const before = row.offsetHeight;
    row.replaceWith(next);
    if (next.offsetHeight !== before) next.replaceWith(row);
  };

  const offer = () => {
    const there = new Set(shown());
    const waiting = order.filter((id) => !there.has(id));
    button.hidden = waiting.length === 0;
    button.textContent = live.dataset.new.replace("{count}", waiting.length);
  };

  const take = (changed) => {
    const there = new Set(shown());
    for (const row of [...list.children]) if (changed.has(row.dataset.id)) refresh(row);
    // What stands behind all that is shown may follow at once; what stands before it waits.
    let last = -1;
    order.forEach((id, place) => { if (there.has(id)) last = place; });
    for (const id of order.slice(last + 1)) {
      if (list.children.length >= Math.max(order.length, there.size)) break;
      if (!there.has(id)) list.append(made(id));
    }
    offer();
  };

  button.addEventListener("click", () => {
    list.replaceChildren(...order.map(made));
    offer();
    if (source.readyState === EventSource.CLOSED) Availability.watch(list);
    const first = list.querySelector("a");
    if (first) first.focus();
  });

  const source = new EventSource(live.dataset.stream);
  source.addEventListener("snapshot", (message) => {
    const told = JSON.parse(message.data);
    for (const [id, row] of Object.entries(told.rows)) html.set(id, row);
    order = told.order;
    list.start = told.start;
    take(new Set(Object.keys(told.rows)));
    for (const [name, part] of parts) {
      if (part.innerHTML !== told.parts[name] && !part.contains(document.activeElement)) part.innerHTML = told.parts[name];
    }
  });
  const end = () => source.close();
  source.addEventListener("settled", () => { end(); Availability.watch(list); });
  source.addEventListener("error", () => {
    // The page itself still comes with the same rows.
    end();
    if (!list.children.length) document.documentElement.classList.remove("is-live"), live.remove();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const settled = document.getElementById("settled");
    if (settled && document.documentElement.classList.contains("is-live")) settled.remove();
  });
})();
