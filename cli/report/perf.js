
// Results of `kronos perf --json`, a run each line, as --history collects them; the last one is what
// the page is about.
const OWN = ["kronos", "graph"];
const STYLES = { // of contenders: a dash beside the colour
  kronos: "", graph: "7 3", standard: "", "expert-record": "7 3", "expert-replay": "2 3",
};
const ALL = ""; // every workload, as the trend's choice

const colour = (name) => `var(--${name in STYLES ? name : "other"})`;
const groupOf = (name) => name.slice(0, name.lastIndexOf("/"));
const date = (run) => new Date(run.time * 1000).toISOString().slice(0, 16).replace("T", " ");
const commitOf = (run) => (run.commit ? run.commit.slice(0, 12) + (run.commit.endsWith("+") ? "+" : "") : "");
const unique = (values) => [...new Set(values)];

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter(Boolean));
  return element;
}

// As many digits as say something.
function short(value) {
  if (value === 0) return "0";
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 1 ? value.toFixed(2) : value.toPrecision(2);
}

function time(ns) {
  const [unit, size] = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 0]].find(([, one]) => ns >= one);
  return `${Number(short(ns / (size || 1)))} ${unit}`;
}

function readRuns(text) {
  const runs = [];
  let broken = 0;
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    try {
      runs.push(JSON.parse(line));
    } catch {
      broken++; // a run that was cut off while it wrote
    }
  }
  return { runs, broken };
}

// Places values on a logarithmic axis.
function logAxis(values, from, to) {
  const low = Math.log10(Math.min(...values)), high = Math.log10(Math.max(...values));
  const span = Math.max(high - low, 0.3), middle = (low + high) / 2;
  const place = (value) => from + ((Math.log10(value) - middle) / span + 0.5) * (to - from);
  const fits = (value) => Math.abs(Math.log10(value) - middle) <= span / 2 + 1e-9;
  let ticks = [];
  for (const steps of [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], [1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.3, 2.6, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9]]) {
    if (ticks.length > 2) break;
    ticks = [];
    for (let power = Math.floor(middle - span / 2); power <= middle + span / 2; power++)
      ticks.push(...steps.map((step) => Number((step * 10 ** power).toPrecision(3))).filter(fits));
  }
  return { place, ticks };
}

// Points as a curve with a mark each that tells its value to whoever points at it.
function curve(name, points) {
  const line = points.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(" ");
  return draw("g", { "data-contender": name },
    points.length > 1 ? draw("polyline", { class: "curve", points: line, stroke: colour(name), "stroke-dasharray": STYLES[name] || undefined }) : null,
    ...points.map((p) => draw("circle", { cx: p.x, cy: p.y, r: 3.2, fill: colour(name) }, titleOf(p.said))));
}

function titleOf(said) {
  const element = draw("title");
  element.textContent = said;
  return element;
}

function label(x, y, said, anchor = "middle") {
  const element = draw("text", { x, y, "text-anchor": anchor });
  element.textContent = said;
  return element;
}

function drawLegend(id, names) {
  byId(id).replaceChildren(...names.map((name) => make("span", {},
    draw("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" },
      draw("line", { x1: 0, y1: 5, x2: 26, y2: 5, stroke: colour(name), "stroke-width": 2.5, "stroke-dasharray": STYLES[name] || undefined })), name)));
}

function drawHeader(run) {
  byId("device").textContent = run.device.name;
  document.title = `Kronos performance: ${run.device.name}`;
  const facts = [
    ["Driver", `${run.device.driver} ${run.device.driver_info}`], ["Processor", run.machine.cpu], ["Cores", run.machine.cores],
    ["LP_NUM_THREADS", run.machine.lp_num_threads], ["Kronos", `${run.version} ${commitOf(run)}`], ["Tier", run.tier], ["Measured", `${date(run)} UTC`],
  ];
  byId("facts").replaceChildren(...facts.filter(([, value]) => value !== undefined)
    .map(([name, value]) => make("span", {}, `${name} `, make("b", {}, String(value)))));
  if (!run.worse) return;
  const verdict = byId("verdict");
  verdict.hidden = false;
  verdict.className = `verdict ${run.worse.length ? "fault" : "pass"}`;
  verdict.textContent = run.worse.length ? `${run.worse.length} worse than before` : "No worse than before";
  byId("worse").hidden = !run.worse.length;
  byId("worse").replaceChildren(...run.worse.map((item) => make("li", {}, item.kind === "gone" ? `${item.workload} is not measured any more`
    : `${item.workload}, ${item.figure}: ${[item.now, item.before].map(item.kind === "count" ? number : short).join(", was ")}`)));
}

// Each row goes below the first header that has all of its columns.
function ratioTables(timed) {
  const tables = [];
  for (const row of [...timed].sort((a, b) => Object.keys(b.ratios).length - Object.keys(a.ratios).length)) {
    const names = Object.keys(row.ratios);
    let table = tables.find((one) => names.every((name) => one.names.includes(name)));
    if (!table) tables.push(table = { names, rows: [] });
    table.rows.push(row);
  }
  for (const table of tables) table.rows.sort((a, b) => timed.indexOf(a) - timed.indexOf(b));
  return tables;
}

const PLOT = { width: 240, height: 20, margin: 12 };

function ratioHead(axis) {
  const { width } = PLOT;
  return draw("svg", { width, height: 34, role: "img", "aria-label": "logarithmic axis of ratios" },
    ...axis.ticks.flatMap((tick) => [label(axis.place(tick), 26, String(tick)), draw("line", { class: tick === 1 ? "one" : "grid", x1: axis.place(tick), x2: axis.place(tick), y1: 30, y2: 34 })]));
}

function ratioPlot(axis, [middle, low, high], said) {
  const { width, height } = PLOT, y = height / 2;
  const kind = high < 1 ? "faster" : low > 1 ? "slower" : "even";
  return draw("svg", { width, height, class: kind, role: "img", "aria-label": said }, titleOf(said),
    ...axis.ticks.map((tick) => draw("line", { class: tick === 1 ? "one" : "grid", x1: axis.place(tick), x2: axis.place(tick), y1: 0, y2: height })),
    draw("line", { class: "whisker", x1: axis.place(low), x2: axis.place(high), y1: y, y2: y }),
    draw("circle", { class: "dot", cx: axis.place(middle), cy: y, r: 3.5 }));
}

function ratioCells(axis, row, name) {
  const ratio = row.ratios[name];
  if (!ratio || !(ratio.cpu[1] > 0)) return [make("td", { class: "value" }, "–"), make("td", {})];
  const said = `${row.name} beside ${name}: ${ratio.cpu.map(short).join(", ").replace(", ", " [")}]; wall time ${short(ratio.wall[0])}`;
  return [make("td", { class: "value" }, short(ratio.cpu[0])), make("td", { class: "plot" }, ratioPlot(axis, ratio.cpu, said))];
}

function drawRatios(rows) {
  const timed = rows.filter((row) => Object.keys(row.ratios || {}).length);
  // Batches and calls by themselves lie far apart.
  const tables = [...ratioTables(timed.filter((row) => row.counts)), ...ratioTables(timed.filter((row) => !row.counts))];
  byId("ratios-section").hidden = !tables.length;
  byId("ratios").replaceChildren(...tables.map(({ names, rows: some }) => {
    const values = some.flatMap((row) => Object.values(row.ratios).flatMap((ratio) => ratio.cpu)).filter((value) => value > 0);
    const axis = logAxis([...values, 1], PLOT.margin, PLOT.width - PLOT.margin);
    return make("div", { class: "scroll ratios" }, make("table", {},
      make("thead", {}, make("tr", {}, make("th", {}, "Workload"),
        ...names.flatMap((name) => [make("th", {}), make("th", { class: "plot" }, `beside ${name}`, ratioHead(axis))]))),
      make("tbody", {}, ...some.map((row) => make("tr", {}, make("td", { class: "name" }, row.name), ...names.flatMap((name) => ratioCells(axis, row, name)))))));
  }));
}

const CHART = { width: 360, height: 230, left: 50, right: 14, top: 10, bottom: 30 };

function frame(x, y, xText, yText) {
  const { width, height, left, right, top, bottom } = CHART;
  return [
    ...y.ticks.flatMap((tick) => [draw("line", { class: "grid", x1: left, x2: width - right, y1: y.place(tick), y2: y.place(tick) }), label(left - 6, y.place(tick) + 4, yText(tick), "end")]),
    ...x.ticks.flatMap((tick) => [draw("line", { class: "grid", x1: x.place(tick), x2: x.place(tick), y1: top, y2: height - bottom }), label(x.place(tick), height - bottom + 17, xText(tick))]),
  ];
}

function scalingChart(group, rows) {
  const { width, height, left, right, top, bottom } = CHART;
  const names = unique(rows.flatMap((row) => Object.keys(row.costs)));
  const points = rows.flatMap((row) => Object.entries(row.costs).map(([name, cost]) => ({ name, size: row.dispatches, ns: cost.cpu_ns }))).filter((p) => p.ns > 0);
  const x = logAxis(points.map((p) => p.size), left + 10, width - right - 10), y = logAxis(points.map((p) => p.ns), height - bottom - 6, top + 6);
  x.ticks = unique(rows.map((row) => row.dispatches));
  return make("div", { class: "chart" }, make("h3", {}, group),
    draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `CPU time per dispatch of ${group}, by dispatches of a batch` },
      ...frame(x, y, (tick) => number(tick), time),
      ...names.map((name) => curve(name, points.filter((p) => p.name === name).sort((a, b) => a.size - b.size)
        .map((p) => ({ x: x.place(p.size), y: y.place(p.ns), said: `${name}, ${number(p.size)} dispatches: ${time(p.ns)} each` }))))));
}

function drawScaling(rows) {
  const groups = new Map();
  for (const row of rows.filter((one) => one.costs)) groups.set(groupOf(row.name), [...(groups.get(groupOf(row.name)) || []), row]);
  const shown = [...groups].filter(([, some]) => unique(some.map((row) => row.dispatches)).length > 1);
  byId("scaling-section").hidden = !shown.length;
  byId("scaling").replaceChildren(...shown.map(([group, some]) => scalingChart(group, some)));
  drawLegend("legend", unique(shown.flatMap(([, some]) => some.flatMap((row) => Object.keys(row.costs)))).sort((a, b) => OWN.includes(b) - OWN.includes(a)));
}

// The ratio of one workload in a run, or the geometric mean of all that every run has.
function trendValue(run, workload, name, common) {
  const rows = run.workloads.filter((row) => (workload === ALL ? common.has(row.name) : row.name === workload) && row.ratios && row.ratios[name]);
  const values = rows.map((row) => row.ratios[name].cpu[0]).filter((value) => value > 0);
  return values.length ? Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length) : undefined;
}

function trendChart(runs, workload) {
  const { left, right, top, bottom } = CHART, width = 900, height = 280;
  const shared = runs.map((run) => new Set(run.workloads.map((row) => row.name)));
  const common = new Set([...shared[0]].filter((name) => shared.every((names) => names.has(name))));
  const names = unique(runs.flatMap((run) => run.workloads.filter((row) => workload === ALL || row.name === workload).flatMap((row) => Object.keys(row.ratios || {}))));
  const place = (i) => left + 14 + (runs.length > 1 ? i / (runs.length - 1) : 0.5) * (width - left - right - 28);
  const points = names.flatMap((name) => runs.map((run, i) => ({ name, run, x: place(i), value: trendValue(run, workload, name, common) }))).filter((p) => p.value);
  drawLegend("trend-legend", names);
  if (!points.length) return make("p", { class: "note" }, "No ratio of this workload is known.");
  const y = logAxis(points.map((p) => p.value), height - bottom - 8, top + 8);
  const dated = unique([0, runs.length - 1]);
  return draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "ratios over runs" },
    ...y.ticks.flatMap((tick) => [draw("line", { class: tick === 1 ? "one" : "grid", x1: left, x2: width - right, y1: y.place(tick), y2: y.place(tick) }), label(left - 6, y.place(tick) + 4, String(tick), "end")]),
    ...dated.map((i) => label(place(i), height - 8, date(runs[i]), i === 0 ? "start" : "end")),
    ...names.map((name) => curve(name, points.filter((p) => p.name === name)
      .map((p) => ({ x: p.x, y: y.place(p.value), said: `${name}: ${short(p.value)}, ${date(p.run)} UTC, ${p.run.version} ${commitOf(p.run)}` })))));
}

// Each count that differs from the run before.
function countChanges(runs) {
  const changes = [];
  for (let i = 1; i < runs.length; i++)
    for (const row of runs[i].workloads) {
      const before = runs[i - 1].workloads.find((other) => other.name === row.name);
      for (const [name, value] of Object.entries(row.counts || {}))
        if (before && before.counts && before.counts[name] !== undefined && before.counts[name] !== value)
          changes.push({ run: runs[i], workload: row.name, name, was: before.counts[name], is: value });
    }
  return changes.reverse();
}

function drawChanges(runs) {
  const changes = countChanges(runs);
  byId("changes").replaceChildren(changes.length ? make("div", { class: "scroll" }, make("table", {},
    make("thead", {}, make("tr", {}, ...["Counts that changed", "", "Was", "Is", "Measured", "Commit"].map((word) => make("th", {}, word)))),
    make("tbody", {}, ...changes.map((c) => make("tr", {}, make("td", {}, c.workload), make("td", {}, c.name), make("td", { class: "right" }, number(c.was)),
      make("td", { class: `right ${c.is > c.was ? "fault-text" : "pass-text"}` }, number(c.is)), make("td", {}, date(c.run)), make("td", {}, commitOf(c.run)))))))
    : make("p", { class: "note" }, "No count has changed."));
}

function drawTrend(all, last, broken) {
  const fits = (run) => run.device && run.machine && run.device.name === last.device.name && run.device.driver === last.device.driver
    && run.machine.cpu === last.machine.cpu && run.machine.lp_num_threads === last.machine.lp_num_threads;
  const runs = all.filter(fits);
  byId("trend-section").hidden = all.length < 2;
  byId("trend-note").textContent = [`Runs on this device and machine: ${number(runs.length)}.`,
    runs.length < all.length ? `Of others, left out: ${number(all.length - runs.length)}.` : "",
    broken ? `Lines of the history that cannot be read: ${number(broken)}.` : ""].filter(Boolean).join(" ");
  const choice = byId("workload");
  choice.replaceChildren(make("option", { value: ALL }, "all workloads: geometric mean"),
    ...last.workloads.filter((row) => Object.keys(row.ratios || {}).length).map((row) => make("option", { value: row.name }, row.name)));
  const show = () => byId("trend").replaceChildren(trendChart(runs, choice.value));
  choice.addEventListener("change", show);
  show();
  drawChanges(runs);
}

const SPEEDS = [["gflop_per_s", "GFLOP/s"], ["gb_per_s", "GB/s"]];

function drawSpeeds(rows) {
  const found = rows.flatMap((row) => SPEEDS.filter(([member]) => row.costs && row.costs.kronos[member]).slice(0, 1).map(([member, unit]) => ({ row, member, unit })));
  const names = unique(found.flatMap(({ row }) => Object.keys(row.costs)));
  byId("speeds-section").hidden = !found.length;
  byId("speeds").replaceChildren(make("table", {},
    make("thead", {}, make("tr", {}, make("th", {}, "Workload"), make("th", {}, "Unit"), ...names.map((name) => make("th", { class: "right" }, name)))),
    make("tbody", {}, ...found.map(({ row, member, unit }) => make("tr", {}, make("td", {}, row.name), make("td", {}, unit),
      ...names.map((name) => make("td", { class: "right" }, row.costs[name] ? short(row.costs[name][member]) : "–")))))));
}

function drawCounts(rows) {
  const counted = rows.filter((row) => row.counts);
  const names = unique(counted.flatMap((row) => Object.keys(row.counts))).filter((name) => counted.some((row) => row.counts[name]));
  byId("counts").replaceChildren(make("table", {},
    make("thead", {}, make("tr", {}, make("th", {}, "Workload"), ...names.map((name) => make("th", { class: "right" }, name.replace("_", " "))))),
    make("tbody", {}, ...counted.map((row) => make("tr", {}, make("td", {}, row.name), ...names.map((name) => make("td", { class: "right" }, number(row.counts[name] || 0))))))));
}

const { runs, broken } = readRuns(byId("data").textContent);
const last = runs[runs.length - 1];
drawHeader(last);
drawRatios(last.workloads);
drawScaling(last.workloads);
drawTrend(runs, last, broken);
drawSpeeds(last.workloads);
drawCounts(last.workloads);
