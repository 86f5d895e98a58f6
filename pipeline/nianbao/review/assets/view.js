"use strict";
(() => {
  const all = (words, under = document) => [...under.querySelectorAll(words)];
  const side = document.querySelector(".beside");
  const pages = document.getElementById("pages");
  const text = document.getElementById("text");
  const buttons = all(".switch button");

  // Pages or text: one of them at a time.
  const show = (which) => {
    if (!pages) return;
    pages.hidden = which !== "pages";
    text.hidden = which !== "text";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.show === which));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.show));
  show("pages");

  const marksOf = (fact) => all(`[data-f~="${CSS.escape(fact)}"]`);
  const place = (id) => {
    try { return document.getElementById(decodeURIComponent(id)); } catch { return null; }
  };

  const reveal = (target) => {
    if (pages && pages.contains(target)) show("pages");
    if (pages && text.contains(target)) show("text");
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
      if (at.classList.contains("line") && at.hidden) clear();
    }
  };

  // The list scrolls by itself, so that the report stays where it is read.
  const scroll = (target) => {
    const own = side.contains(target) && getComputedStyle(side).overflowY === "auto";
    if (!own) { target.scrollIntoView({ block: "center" }); return; }
    const [inner, outer] = [target.getBoundingClientRect(), side.getBoundingClientRect()];
    side.scrollTop += inner.top - outer.top - outer.height / 3;
  };

  const light = (target, moves) => {
    for (const lit of all(".on")) lit.classList.remove("on");
    const facts = target.dataset.f ? target.dataset.f.split(" ") : /^f\d+$/.test(target.id) ? [target.id.slice(1)] : [];
    for (const fact of facts) {
      const row = document.getElementById(`f${fact}`);
      if (row) row.classList.add("on");
      for (const mark of marksOf(fact)) mark.classList.add("on");
    }
    reveal(target);
    if (moves) scroll(target);
    const fact = facts.length && document.getElementById(`f${facts[0]}`);
    if (fact && fact !== target && !fact.hidden && getComputedStyle(side).overflowY === "auto") scroll(fact);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.m, a.e, a.b, a.term");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const id = (link.getAttribute("href") || "").slice(1);
    const target = place(id);
    if (!target) return;
    event.preventDefault();
    history.pushState(null, "", `#${id}`);
    light(target, true);
    target.focus({ preventScroll: true });
  });

  const follow = () => {
    const target = location.hash.length > 1 ? place(location.hash.slice(1)) : null;
    if (target) light(target, /^[mpf]\d/.test(target.id));
  };
  addEventListener("popstate", follow);
  addEventListener("hashchange", follow);
  if (location.hash) addEventListener("load", follow);

  const find = document.getElementById("find");
  const status = document.getElementById("status");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = find.value.trim().toLowerCase();
    let count = 0;
    for (const section of all(".under")) {
      let any = false;
      for (const line of all(".line", section)) {
        const entries = all(".e", line).filter((one) => !status.value || one.classList.contains(status.value));
        const hit = entries.length > 0 && (!words || line.textContent.toLowerCase().includes(words));
        line.hidden = !hit;
        any = any || hit;
        count += hit ? entries.length : 0;
      }
      section.hidden = !any;
    }
    shown.textContent = words || status.value ? shown.dataset.words.replace("{n}", count) : "";
  };
  function clear() {
    find.value = status.value = "";
    filter();
  }
  if (find) {
    find.addEventListener("input", filter);
    status.addEventListener("change", filter);
  }
})();
