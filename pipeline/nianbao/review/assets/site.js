"use strict";
(() => {
  const index = JSON.parse(document.getElementById("index").textContent);
  const [name, region, level, results, count] =
    ["name", "region", "level", "results", "count"].map((id) => document.getElementById(id));
  const most = 60;
  for (const [at, words] of index.regions.entries()) region.add(new Option(words, String(at)));

  // Words may stand anywhere in the name, in any order.
  const plain = (words) => words.normalize("NFKC").toLowerCase();
  const names = index.rows.map((row) => plain(row[0]));
  const matching = () => {
    const wanted = plain(name.value).split(/\s+/).filter(Boolean);
    return index.rows.filter((row, at) =>
      wanted.every((words) => names[at].includes(words)) &&
      (!region.value || row[2] === Number(region.value)) && (!level.value || row[3] === Number(level.value)));
  };

  const show = () => {
    const found = matching();
    results.replaceChildren(...found.slice(0, most).map((row) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `./agencies/${encodeURIComponent(row[1])}.html`;
      link.textContent = row[0];
      const about = document.createElement("small");
      about.textContent = [index.regions[row[2]], row[4]].filter(Boolean).join(" · ");
      item.append(link, " ", about);
      return item;
    }));
    count.textContent = count.dataset.found.replace("{n}", found.length.toLocaleString("en")) +
      (found.length > most ? ` · ${count.dataset.first.replace("{n}", most)}` : "");
  };
  for (const field of [name, region, level]) field.addEventListener("input", show);
  show();
})();
