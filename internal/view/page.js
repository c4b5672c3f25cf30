"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // make makes an element. Texts become text, whatever is in them.
  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "onclick" || key === "onchange" || key === "oninput") element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, value);
    }
    element.append(...children.filter((c) => c != null));
    return element;
  };
  const SVG = "http://www.w3.org/2000/svg";
  const draw = (name, attributes, ...children) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const list = (value) => value || [];
  const text = (number) => data.texts[number];
  const table = (head, rows) => make("div", { class: "scroll" }, make("table", {},
    make("thead", {}, make("tr", {}, ...head.map((h) => make("th", { scope: "col" }, h)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => cell instanceof Node && cell.nodeName === "TD" ? cell : make("td", {}, cell)))))));
  const badge = (status, word) => make("span", { class: "badge " + status }, word || status);
  const count = (n, one) => n + " " + one + (n === 1 ? "" : "s");
  const hops = (steps, read) => make("ol", { class: "hops" }, ...list(steps).map((s) => {
    const [what, resource] = read(s);
    return make("li", {}, what, resource ? make("code", {}, resource) : null);
  }));
  const numbered = (s) => [text(s[0]), text(s[1])];
  const written = (s) => [s.text, s.resource];

  document.getElementById("summary").append(
    badge(data.status), " " + list(data.counts).map((c) => count(c.number, c.what)).join(", "));

  // Who reaches whom, hop by hop.
  const ways = new Map();
  const ends = [];
  for (const w of list(data.ways)) {
    ways.set(text(w.f) + "\n" + text(w.t), w);
    for (const end of [text(w.f), text(w.t)]) if (!ends.includes(end)) ends.push(end);
  }
  const explained = (c, word) => make("div", { class: "case " + (word === "arrives" ? "proven" : text(c.st)) },
    make("p", {}, make("strong", {}, text(c.q)), ": " + text(c.a)),
    text(c.p) ? make("p", {}, "packets: ", make("code", {}, text(c.p))) : null,
    c.w ? hops(c.w, numbered) : null,
    c.r ? make("p", {}, "and back:") : null, c.r ? hops(c.r, numbered) : null);
  const wayOf = (from, to) => {
    const w = ways.get(from + "\n" + to);
    if (!w) return make("p", { class: "key" }, from === to ? "Choose two." : "No way is kept for " + from + " to " + to + ": ask `estate prove --query`.");
    return make("div", {}, w.a ? explained(w.a, "arrives") : null, w.s ? explained(w.s, "stopped") : null);
  };

  // The picture: who is chosen first sends, who is chosen then receives.
  const topology = (panel) => {
    const drawing = document.getElementById("picture").content.firstElementChild;
    if (!drawing) { panel.append(make("p", {}, "There is no VPC here.")); return; }
    const hint = make("p", { class: "key", "aria-live": "polite" });
    const answer = make("div", { id: "chosen-way" });
    panel.append(hint, answer, make("div", { class: "scroll" }, drawing));
    let chosen = [];
    const paint = () => {
      const vpcs = chosen.map((name) => name.split(".")[0]);
      for (const line of drawing.querySelectorAll("[data-of]")) {
        const on = vpcs.includes(line.getAttribute("data-of"));
        line.classList.toggle("on", on);
        line.classList.toggle("off", vpcs.length > 0 && !on);
      }
      for (const box of drawing.querySelectorAll("[tabindex]")) box.classList.toggle("chosen", chosen.includes(box.getAttribute("data-name")));
      hint.textContent = chosen.length === 0 ? "Choose a subnet that sends, then one that receives, by mouse or by Enter." :
        chosen.length === 1 ? "From " + chosen[0] + " to …" : "From " + chosen[0] + " to " + chosen[1];
      answer.replaceChildren(...(chosen.length === 2 ? [wayOf(chosen[0], chosen[1])] : []));
    };
    const choose = (name) => { chosen = chosen.length === 2 ? [name] : [...chosen, name]; paint(); };
    for (const box of drawing.querySelectorAll("rect[data-name]")) {
      const name = box.getAttribute("data-name");
      if (!ends.includes(name)) continue;
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      box.setAttribute("aria-label", name);
      box.addEventListener("click", () => choose(name));
      box.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(name); }
      });
    }
    paint();
  };

  // The matrix: a cell's colour is what became of the intents that speak of it.
  const byLine = new Map();
  for (const i of list(data.intents)) byLine.set(i.line, i);
  const worst = (statuses) => statuses.includes("violated") ? "violated" : statuses.includes("unproven") ? "unproven" : "proven";
  const cellClass = (c) => {
    const statuses = list(c.lines).map((line) => byLine.get(line)).filter(Boolean).map((i) => i.status);
    if (c.unknown) return "unproven";
    if (statuses.length > 0 && worst(statuses) !== "proven") return worst(statuses);
    if (!c.spoken) return "unstated";
    return c.packets ? "proven" : "nothing";
  };
  const words = (c) => (c.packets || (c.unknown ? "" : "–")) + (c.unknown ? " ?" : "");
  const grid = (m, note) => {
    const cells = new Map(list(m.cells).map((c) => [c.from + "\n" + c.to, c]));
    const vpc = (end) => end.split(".")[0];
    const body = list(m.ends).map((from) => make("tr", {}, make("th", { scope: "row" }, from), ...list(m.ends).map((to) => {
      const c = cells.get(from + "\n" + to);
      if (!c) return vpc(from) === vpc(to) ? make("td", { class: "own" }) : make("td", { class: "nothing" }, make("button", { onclick: () => note(from, to), "aria-label": from + " to " + to + ": nothing" }, "–"));
      return make("td", { class: cellClass(c) }, make("button", { onclick: () => note(from, to, c), "aria-label": from + " to " + to + ": " + words(c) }, words(c)));
    })));
    return make("div", { class: "scroll tall" }, make("table", { class: "matrix" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "from \\ to"), ...list(m.ends).map((to) => make("th", { scope: "col" }, to)))),
      make("tbody", {}, ...body)));
  };
  const matrix = (panel) => {
    const details = make("div", { "aria-live": "polite" });
    const place = make("div", {});
    const note = (from, to, c) => {
      const spoken = list(c && c.lines).map((line) => byLine.get(line)).filter(Boolean);
      details.replaceChildren(make("h2", {}, from + " → " + to),
        make("p", {}, c && (c.packets || c.unknown) ? "Gets there: " + words(c) + ", of some workloads, whatever their groups." : "Nothing gets there."),
        make("ul", {}, ...spoken.map((i) => make("li", {}, badge(i.status), " " + i.intent + " ", make("code", {}, i.file + ":" + i.line)))),
        ...(c && !c.spoken ? [make("p", {}, "No intent speaks of all of it.")] : []),
        ...(ways.has(from + "\n" + to) ? [wayOf(from, to)] : []));
    };
    const show = (tiers) => place.replaceChildren(grid(tiers ? data.tiers : data.vpcs, note));
    panel.append(make("p", { class: "key" }, badge("proven", "as promised"), badge("violated", "violated"), badge("unstated", "no intent speaks of it, or cannot be told"), " – nothing gets there"));
    if (data.tiers) panel.append(make("p", {}, make("label", {}, make("input", { type: "checkbox", id: "by-tiers", onchange: (e) => show(e.target.checked) }), " by tiers")));
    else panel.append(make("p", { class: "key" }, "Tiers are folded into their VPCs: there are many."));
    panel.append(place, details);
    show(false);
  };

  const explorer = (panel) => {
    const answer = make("div", { id: "way", "aria-live": "polite" });
    const options = () => ends.map((end) => make("option", { value: end }, end));
    const from = make("select", { id: "from" }, ...options());
    const to = make("select", { id: "to" }, ...options());
    const show = () => answer.replaceChildren(wayOf(from.value, to.value));
    from.addEventListener("change", show);
    to.addEventListener("change", show);
    // The longest way that there is says most.
    const far = list(data.ways).filter((w) => w.a).sort((a, b) => list(b.a.w).length - list(a.a.w).length)[0];
    if (far) { from.value = text(far.f); to.value = text(far.t); }
    panel.append(make("p", {}, make("label", {}, "from ", from), make("label", {}, "to ", to)),
      make("p", { class: "key" }, "All packets of a workload in any of its groups, in the first zones where any arrive; below them what stops the first of the others." +
        (data.left ? " Of " + count(data.left, "end") + " no way is kept, since others are like them." : "")), answer);
    show();
  };

  // Addresses: each VPC is a bar as long as its range, cut into what is used, kept and free.
  const number = (address) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const range = (cidr) => { const [address, bits] = cidr.split("/"); return { from: number(address), size: 2 ** (32 - Number(bits)) }; };
  const bar = (whole, parts, width) => {
    const svg = draw("svg", { class: "map", viewBox: `0 0 ${width} 26`, width, height: 26, role: "img" });
    const at = (address) => (address - whole.from) / whole.size * width;
    svg.append(draw("rect", { class: "free", x: 0, y: 0, width, height: 26 }, draw("title", {}, "free")));
    for (const p of parts) {
      const r = range(p.cidr);
      svg.append(draw("rect", { class: p.state, x: at(r.from).toFixed(2), y: 0, width: Math.max(0.8, r.size / whole.size * width).toFixed(2), height: 26 }, draw("title", {}, p.title)));
      const room = r.size / whole.size * width;
      if (room > 9 * p.label.length) svg.append(draw("text", { x: (at(r.from) + 6).toFixed(2), y: 17 }, p.label));
    }
    return svg;
  };
  const addresses = (panel) => {
    const vpcs = new Map();
    for (const s of list(data.slots)) {
      const key = s.vpc + "\n" + s.range;
      if (!vpcs.has(key)) vpcs.set(key, { vpc: s.vpc, cidr: s.range, slots: [] });
      vpcs.get(key).slots.push(s);
    }
    panel.append(make("p", { class: "key" }, make("span", { class: "sample used" }), "used", make("span", { class: "sample reserved" }), "reserved", make("span", { class: "sample free" }), "free"));
    for (const r of list(data.ranges)) {
      const whole = range(r);
      const inside = [...vpcs.values()].filter((v) => v.cidr && range(v.cidr).from >= whole.from && range(v.cidr).from < whole.from + whole.size);
      panel.append(make("h2", {}, "Address space " + r), bar(whole, inside.map((v) => ({ cidr: v.cidr, state: "used", label: v.vpc, title: v.vpc + " " + v.cidr })), 1200));
    }
    for (const v of vpcs.values()) {
      if (!v.cidr) {
        panel.append(make("h2", {}, v.vpc), make("p", { class: "key" }, "Its range is not known before a plan: the VPC exists already."),
          table(["tier", "zone", "range", "state"], v.slots.map((s) => [s.tier, s.zone, s.cidr, s.used ? "used" : "reserved"])));
        continue;
      }
      const size = (used) => v.slots.filter((s) => s.used === used).reduce((sum, s) => sum + range(s.cidr).size, 0);
      const whole = range(v.cidr);
      const share = (n) => (n / whole.size * 100).toFixed(1) + " %";
      panel.append(make("h2", {}, v.vpc + " " + v.cidr),
        make("p", { class: "key" }, `used ${share(size(true))}, reserved ${share(size(false))}, free ${share(whole.size - size(true) - size(false))}`),
        bar(whole, v.slots.map((s) => ({ cidr: s.cidr, state: s.used ? "used" : "reserved", label: s.tier, title: `${s.tier} ${s.zone} ${s.cidr} ${s.used ? "used" : "reserved"}` })), 1200),
        make("details", {}, make("summary", {}, count(v.slots.length, "subnet")),
          table(["tier", "zone", "range", "state"], v.slots.map((s) => [s.tier, s.zone, s.cidr, s.used ? "used" : "reserved"]))));
    }
    if (vpcs.size === 0) panel.append(make("p", {}, "There is no address plan here."));
  };

  // Names: answers of VPCs, those with the same answer together.
  const names = (panel) => {
    const filter = make("input", { type: "search", id: "name", placeholder: "part of a name", "aria-label": "part of a name" });
    const place = make("div", {});
    const show = () => {
      const found = new Map();
      for (const l of list(data.lookups)) {
        const name = text(l.n);
        if (!name.includes(filter.value)) continue;
        const key = l.n + " " + l.a + " " + l.s;
        if (!found.has(key)) found.set(key, { name, lookup: l, vpcs: [] });
        found.get(key).vpcs.push(text(l.v));
      }
      const rows = [...found.values()].sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
      place.replaceChildren(rows.length === 0 ? make("p", {}, "No such name.") : table(["name", "asked in", "answer"], rows.map((r) => [
        r.name, r.vpcs.join(", "), make("td", {}, text(r.lookup.a) + (text(r.lookup.s) ? ", by " + text(r.lookup.s) : ""), r.lookup.w ? make("details", {}, make("summary", {}, "how"), hops(r.lookup.w, numbered)) : null)])));
    };
    filter.addEventListener("input", show);
    panel.append(make("p", {}, filter), data.unasked ? make("p", { class: "key" }, count(data.unasked, "name") + " more were not asked for.") : "", place);
    show();
  };

  const result = (i) => make("details", {}, make("summary", {}, badge(i.status), " " + i.intent + " ", i.file ? make("code", {}, i.file + ":" + i.line) : null),
    make("p", {}, i.summary),
    ...list(i.cases).map((c) => make("div", { class: "case " + c.status }, make("p", {}, make("strong", {}, c.question), ": " + c.answer),
      c.packets ? make("p", {}, "packets: ", make("code", {}, c.packets)) : null,
      c.path ? hops(c.path, written) : null, c.return ? make("p", {}, "and back:") : null, c.return ? hops(c.return, written) : null)));
  const isAct = (i) => i.intent.startsWith("may ") || i.intent.startsWith("forbid ");
  const order = { violated: 0, unproven: 1, proven: 2 };
  const sorted = (all) => [...all].sort((a, b) => order[a.status] - order[b.status]);
  const intents = (panel) => {
    const all = list(data.intents).filter((i) => !isAct(i));
    panel.append(...sorted(all).map(result));
    if (all.length === 0) panel.append(make("p", {}, "Nothing is promised."));
    if (list(data.findings).length > 0) {
      panel.append(make("h2", {}, "What else was found"), table(["", "what", "resources"], data.findings.map((f) =>
        [make("td", {}, f.status === "proven" ? badge("own", "note") : badge(f.status)), f.sentence, make("td", {}, ...list(f.resources).map((r) => make("code", {}, r + " ")))])));
    }
  };
  const permissions = (panel) => {
    const all = list(data.intents).filter(isAct);
    panel.append(make("p", { class: "key" }, "What intents say that roles may do, or nobody, and what the organisation's policies make of it."), ...sorted(all).map(result));
    if (all.length === 0) panel.append(make("p", {}, "No intent speaks of permissions: write `may` and `forbid` in intents.yaml."));
  };

  const dollars = (n) => n.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const costs = (panel) => {
    if (!data.costs) { panel.append(make("p", {}, "Nobody has counted.")); return; }
    panel.append(make("p", {}, make("strong", {}, dollars(data.costs.usd_a_month) + " US dollars a month"), " in fixed charges, without tax; of this " + dollars(data.costs.of_this_unverified) + " by prices that nobody has verified (~)."));
    for (const a of list(data.costs.accounts)) {
      panel.append(make("h2", {}, a.name + ": " + dollars(a.usd_a_month)), table(["item", "count", "a month"], list(a.items).map((i) => [
        i.item, make("td", { class: "number" }, String(Math.round(i.count * 100) / 100)),
        make("td", { class: "number" }, i.price ? (i.price.verified ? "" : "~ ") + dollars(i.usd_a_month) : "not priced")])));
    }
    for (const [title, lines] of [["Not priced", data.costs.not_priced], ["Notes", data.costs.notes]]) {
      if (list(lines).length > 0) panel.append(make("h2", {}, title), make("ul", {}, ...lines.map((l) => make("li", {}, l))));
    }
  };

  const change = (panel) => {
    const passages = (title, all, none) => panel.append(make("h2", {}, title), list(all).length === 0 ? make("p", {}, none) :
      table(["from", "to", "packets", "because of"], all.map((p) => [p.from, p.to, p.packets, make("td", {}, p.because ? make("code", {}, p.because) : "", p.how ? " " + p.how : "")])));
    passages("Opened", data.change.opened, "Nothing passes that did not before.");
    passages("Closed", data.change.closed, "All that passed before does so still.");
    if (list(data.change.doubtful).length > 0) passages("Not known any more", data.change.doubtful, "");
    const layers = list(data.change.layers);
    if (layers.length > 0) {
      panel.append(make("h2", {}, "Closed by other controls"), table(["from", "to", "no more stopped by", "now also by", "left"],
        layers.map((l) => [l.from, l.to, list(l.lost).join(", "), list(l.gained).join(", "), list(l.left).join(", ")])));
    }
    panel.append(make("h2", {}, "Resources"));
    const stacks = new Map();
    for (const r of list(data.change.resources)) stacks.set(r.stack, [...(stacks.get(r.stack) || []), r]);
    if (stacks.size === 0) panel.append(make("p", {}, "The stacks are the same."));
    for (const [stack, resources] of stacks) {
      panel.append(make("details", {}, make("summary", {}, `${stack}: ${resources.length}`),
        make("ul", {}, ...resources.map((r) => make("li", {}, r.effect + " ", make("code", {}, r.address), r.why ? ": " + r.why : "")))));
    }
  };

  // The tabs: the arrow keys, Home and End go from one to the next.
  const all = [["topology", "Topology", topology], ["matrix", "Matrix", matrix], ["paths", "Paths", explorer], ["addresses", "Addresses", addresses],
    ["names", "Names", names], ["intents", "Intents", intents], ["permissions", "Permissions", permissions], ["costs", "Costs", costs]];
  if (data.change) all.push(["change", "Change", change]);
  const tabs = document.getElementById("tabs");
  const panels = document.getElementById("panels");
  const filled = new Set();
  const select = (id, focus) => {
    for (const [other, , fill] of all) {
      const tab = document.getElementById("tab-" + other), panel = document.getElementById("panel-" + other);
      const is = other === id;
      tab.setAttribute("aria-selected", is);
      tab.tabIndex = is ? 0 : -1;
      panel.hidden = !is;
      if (is && !filled.has(id)) { filled.add(id); fill(panel); }
      if (is && focus) tab.focus();
    }
  };
  for (const [id, title] of all) {
    tabs.append(make("button", { role: "tab", id: "tab-" + id, "aria-controls": "panel-" + id, type: "button", onclick: () => { select(id); history.replaceState(null, "", "#" + id); } }, title));
    panels.append(make("section", { role: "tabpanel", id: "panel-" + id, "aria-labelledby": "tab-" + id, tabindex: "0", hidden: true }));
  }
  tabs.addEventListener("keydown", (event) => {
    const now = all.findIndex(([id]) => document.getElementById("tab-" + id).tabIndex === 0);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(all[next % all.length][0], true);
  });
  const wanted = location.hash.slice(1);
  select(all.some(([id]) => id === wanted) ? wanted : "topology");
})();
