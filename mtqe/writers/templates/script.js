"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Theme: a choice is kept where the browser lets a page keep anything.
  const keep = (value) => { try { localStorage.setItem("mtqe-theme", value); } catch (error) { /* private window */ } };
  const kept = () => { try { return localStorage.getItem("mtqe-theme"); } catch (error) { return null; } };
  if (kept() === "dark" || kept() === "light") root.dataset.theme = kept();
  const theme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep(root.dataset.theme);
  };
  all("[data-do=theme]").forEach((button) => button.addEventListener("click", theme));
  all("[data-toggle]").forEach((box) => {
    const set = () => root.classList.toggle(box.dataset.toggle, box.checked);
    box.addEventListener("change", set);
    set();
  });

  // Sortable table of the index.
  all("th button").forEach((button) => button.addEventListener("click", () => {
    const head = button.closest("th");
    const column = head.cellIndex;
    const up = head.getAttribute("aria-sort") !== "ascending";
    all("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const key = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
    const order = (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === "" || y === "") return (x === "") - (y === "");
      const difference = head.classList.contains("n") ? x - y : x.localeCompare(y);
      return up ? difference : -difference;
    };
    [...body.rows].sort(order).forEach((row) => body.append(row));
  }));

  // Filters: an issue is shown if its category, its severity and its confidence are wanted.
  const items = all(".issues li");
  const marks = all("mark[data-i]");
  const wanted = (name) => new Set(all(`input[name=${name}]:checked`).map((box) => box.value));
  const confidence = document.getElementById("confidence");
  const status = document.getElementById("shown");
  const filter = () => {
    const [categories, severities] = [wanted("category"), wanted("severity")];
    const least = confidence ? Number(confidence.value) : 0;
    const visible = new Set();
    items.forEach((item) => {
      const { category, severity } = item.dataset;
      const show = categories.has(category) && severities.has(severity) && Number(item.dataset.confidence) >= least;
      item.hidden = !show;
      if (show) visible.add(item.dataset.issue);
    });
    marks.forEach((mark) => {
      const on = mark.dataset.i.split(" ").some((index) => visible.has(index));
      mark.classList.toggle("off", !on);
      if (mark.hasAttribute("tabindex")) mark.tabIndex = on ? 0 : -1;
    });
    if (status) status.textContent = `${visible.size} of ${items.length} issues shown`;
  };
  all(".filters input, .filters select").forEach((input) => input.addEventListener("change", filter));

  // Tooltips, on the pointer and on the keyboard alike.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "tooltip");
  tip.id = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const show = (mark) => {
    if (mark.classList.contains("off")) return;
    const lines = mark.dataset.i.split(" ").map((index) => items.find((item) => item.dataset.issue === index));
    tip.replaceChildren(...lines.filter(Boolean).map((item) => {
      const line = document.createElement("div");
      line.textContent = item.dataset.tip;
      return line;
    }));
    tip.hidden = false;
    const box = mark.getClientRects()[0];
    const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
    const above = box.top > tip.offsetHeight + 12;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above ? box.top - tip.offsetHeight - 6 : box.bottom + 6) + scrollY}px`;
    mark.setAttribute("aria-describedby", "tip");
  };
  const hide = () => { tip.hidden = true; };
  marks.forEach((mark) => {
    mark.removeAttribute("title");
    mark.addEventListener("mouseenter", () => show(mark));
    mark.addEventListener("mouseleave", hide);
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
    mark.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const link = document.querySelector(`.issues li[data-issue="${mark.dataset.i.split(" ")[0]}"] a`);
      if (link) { link.scrollIntoView({ block: "center" }); link.focus(); }
    });
  });
  items.forEach((item) => item.querySelector("a").addEventListener("click", () => {
    const mark = document.getElementById(`i${item.dataset.issue}`);
    if (mark) setTimeout(() => mark.focus({ preventScroll: true }), 0);
  }));

  // n and p go from issue to issue, Escape closes a tooltip.
  const step = (by) => {
    const stops = marks.filter((mark) => mark.id && !mark.classList.contains("off"));
    if (!stops.length) return;
    const at = stops.indexOf(document.activeElement);
    const next = stops[(at < 0 ? (by > 0 ? 0 : -1) : at + by + stops.length) % stops.length] ?? stops.at(-1);
    next.scrollIntoView({ block: "center" });
    next.focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "n") step(1);
    else if (event.key === "p") step(-1);
    else if (event.key === "t") theme();
    else if (event.key === "Escape") hide();
  });
  if (items.length) filter();
})();
