
// The results, a line each, as results.jsonl has them; a `folder` line goes before each run.
const CLASSES = {
  Pass: "pass", Warn: "pass",
  NotSupported: "skip", NotRun: "skip",
  Waived: "known", Flake: "known",
}; // every other status is a fault
const ORDER = ["fault", "known", "skip", "pass"]; // worst first
const LABELS = { pass: "passed", skip: "skipped", known: "known faults", fault: "faults" };
const PAGE_ROWS = 100;

const classOf = (status) => CLASSES[status] || "fault";
function seconds(ns) {
  const s = ns / 1e9;
  if (s >= 100) return `${s.toFixed(0)} s`;
  if (s >= 1) return `${s.toFixed(2)} s`;
  if (s >= 1e-3) return `${(s * 1e3).toFixed(s >= 0.1 ? 0 : 1)} ms`;
  return `${(s * 1e6).toFixed(0)} µs`;
}

const groupOf = (name) => name.split("/").slice(0, 2).join("/");

function readRuns(text) {
  const runs = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const item = JSON.parse(line);
    const run = runs[runs.length - 1];
    if (item.type === "folder") runs.push({ folder: item.name, cases: [], run: {}, certificate: {} });
    else if (item.type === "certificate") run.certificate = item.certificate;
    else if (item.type === "run") run.run = { ...item, seed: (/"seed":\s*(\d+)/.exec(line) || [])[1] };
    else if (item.type === "end") run.end = item;
    else if (item.type === "case") run.cases.push({ ...item, place: run.cases.length, class: classOf(item.status) });
  }
  for (const run of runs) {
    run.device = run.run.device || {};
    run.count = { pass: 0, skip: 0, known: 0, fault: 0 };
    run.cases.forEach((c) => { run.count[c.class]++; });
    run.time = run.end ? run.end.duration_ns : run.cases.reduce((sum, c) => sum + c.duration_ns, 0);
  }
  return runs;
}

const runs = readRuns(byId("data").textContent);
const state = { run: 0, text: "", order: "worst", off: new Set(), limit: PAGE_ROWS };

// What a reader chose stands behind the page's '#', so that a link can show one case.
function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  state.run = Math.max(0, runs.findIndex((run) => run.folder === words.get("device")));
  state.text = words.get("filter") || "";
  state.order = ["worst", "name", "time", "run"].includes(words.get("order")) ? words.get("order") : "worst";
  state.off = new Set((words.get("hide") || "").split(",").filter(Boolean));
}

function writeAddress() {
  const words = new URLSearchParams();
  if (runs.length > 1) words.set("device", runs[state.run].folder);
  if (state.text) words.set("filter", state.text);
  if (state.order !== "worst") words.set("order", state.order);
  if (state.off.size) words.set("hide", [...state.off].join(","));
  const hash = words.toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

function drawHeader(run) {
  const device = run.device;
  byId("device").textContent = device.name || run.run.device_problem || "No device";
  document.title = `Kronos: ${byId("device").textContent}`;
  const worst = ORDER.find((name) => run.count[name]) || "skip";
  const verdict = byId("verdict");
  verdict.className = `verdict ${run.end ? worst === "skip" && run.count.pass ? "pass" : worst : "fault"}`;
  verdict.textContent = run.end ? run.end.verdict : "Unfinished: the run was killed before its end";
  const kronos = run.certificate.kronos || {};
  const driver = run.certificate.driver || {};
  const facts = [
    ["Driver", [device.driver_name, device.driver_info].filter(Boolean).join(" ")],
    ["Library", driver.library && `${driver.library.split("/").pop()}, SHA-256 ${(driver.library_sha256 || "").slice(0, 12)}…`],
    ["Vulkan", device.api_version],
    ["Tier", run.run.tier],
    ["Kronos", [run.run.kronos, kronos.git_hash && kronos.git_hash.slice(0, 12), kronos.git_clean === false && "with changes"].filter(Boolean).join(" ")],
    ["Seed", run.run.seed],
    ["Started", run.run.start_time && new Date(run.run.start_time * 1000).toISOString().replace("T", " ").slice(0, 16) + " UTC"],
    ["Took", seconds(run.time)],
  ];
  byId("facts").replaceChildren(...facts.filter(([, value]) => value)
    .map(([name, value]) => make("span", {}, `${name} `, make("b", {}, String(value)))));
}

function drawRuns() {
  byId("runs-section").hidden = runs.length < 2;
  byId("runs").replaceChildren(...runs.map((run, i) => make("tr", {},
    make("td", {}, make("button", { class: "choice", type: "button", "aria-pressed": String(i === state.run), onclick: () => { state.run = i; drawAll(); } }, run.device.name || run.folder)),
    make("td", {}, [run.device.driver_name, run.device.driver_info].filter(Boolean).join(" ")),
    make("td", {}, run.run.tier || ""),
    ...["pass", "skip", "known", "fault"].map((name) =>
      make("td", { class: `right ${run.count[name] ? `${name}-text` : ""}` }, number(run.count[name]))),
    make("td", { class: "right" }, seconds(run.time)))));
}

function drawTiles(run) {
  const checks = run.cases.reduce((sum, c) => sum + (c.checks || 0), 0);
  const tiles = [
    ...["pass", "skip", "known", "fault"].map((name) => [number(run.count[name]), LABELS[name], run.count[name] ? name : ""]),
    [number(checks), "checks", ""],
    [seconds(run.time), "from start to end", ""],
  ];
  byId("tiles").replaceChildren(...tiles.map(([figure, label, name]) =>
    make("div", { class: "tile" }, make("span", { class: `number ${name ? `${name}-text` : ""}` }, figure), make("span", { class: "label" }, label))));
}

function drawGroups(run) {
  const groups = new Map();
  for (const c of run.cases) {
    const name = groupOf(c.name);
    if (!groups.has(name)) groups.set(name, { pass: 0, skip: 0, known: 0, fault: 0, total: 0, time: 0 });
    const group = groups.get(name);
    group[c.class]++;
    group.total++;
    group.time += c.duration_ns;
  }
  const suites = new Set([...groups.keys()].map((name) => name.split("/")[0]));
  byId("legend").replaceChildren(...["pass", "known", "fault", "skip"].map((name) =>
    make("span", {}, make("i", { class: `fill-${name}` }), LABELS[name])));
  byId("groups").replaceChildren(...[...groups].map(([name, group]) =>
    make("button", { class: "bar", type: "button", title: `Show the cases of ${name}`, onclick: () => filterBy(`${name}/*`) },
      make("span", { class: "name" }, suites.size > 1 ? name : name.split("/")[1]),
      make("span", { class: "track" }, ...["pass", "known", "fault", "skip"].filter((kind) => group[kind]).map((kind) =>
        make("i", { class: `fill-${kind}`, style: `flex: ${group[kind]} 0 0`, title: `${group[kind]} ${LABELS[kind]}` }))),
      make("span", { class: "figure" }, group.skip ? `${number(group.total - group.skip)} of ${number(group.total)}` : number(group.total)),
      make("span", { class: "figure" }, seconds(group.time)))));
}

function drawSlowest(run) {
  const total = run.cases.reduce((sum, c) => sum + c.duration_ns, 0);
  const slowest = [...run.cases].sort((a, b) => b.duration_ns - a.duration_ns).slice(0, 12).filter((c) => c.duration_ns);
  const share = slowest.reduce((sum, c) => sum + c.duration_ns, 0) / (total || 1);
  byId("time-note").textContent = slowest.length
    ? `The ${slowest.length} slowest cases took ${(share * 100).toFixed(0)} % of the ${seconds(total)} that all cases took together.` : "No case took time.";
  byId("slowest").replaceChildren(...slowest.map((c) =>
    make("button", { class: "bar", type: "button", title: c.name, onclick: () => filterBy(c.name) },
      make("span", { class: "name" }, c.name.split("/").slice(1).join("/")),
      make("span", { class: "track" }, make("i", { class: "fill-time", style: `width: ${(100 * c.duration_ns) / slowest[0].duration_ns}%` })),
      make("span", { class: "figure" }, seconds(c.duration_ns)))));
}

function drawSkips(run) {
  const lacks = new Map();
  for (const c of run.cases)
    if (c.status === "NotSupported") lacks.set(c.message || "no reason given", (lacks.get(c.message || "no reason given") || 0) + 1);
  const rows = [...lacks].sort((a, b) => b[1] - a[1]);
  byId("skips-note").textContent = rows.length ? "What this device or driver lacks, and how many cases need it." : "Nothing: every case ran.";
  byId("skips").replaceChildren(make("table", {}, make("tbody", {}, ...rows.map(([lack, count]) =>
    make("tr", {}, make("td", {}, lack),
      make("td", { class: "right" }, make("button", { class: "plain", type: "button", onclick: () => filterBy(lack) }, number(count))))))));
}

// What became of the mutants of a litmus test, by class: its certificate has a line for each.
const MUTANT_CLASSES = ["reversal", "weakening", "driver_fault"];

function litmusOf(c) {
  const found = { tests: 1, instances: c.certificate.instances, bound: c.certificate.rarer_than_95_percent, forbidden: 0 };
  for (const name of MUTANT_CLASSES) found[name] = { seen: 0, possible: 0 };
  for (const [key, fate] of Object.entries(c.certificate)) {
    const name = MUTANT_CLASSES.find((one) => key.startsWith(`${one}_`));
    if (!name) continue;
    found[name].seen += fate === "seen";
    found[name].possible += fate === "seen" || fate === "not seen";
    found.forbidden += fate !== "seen" && fate !== "not seen";
  }
  return found;
}

// The bound of several tests is that of the one that proves least.
function addLitmus(sum, one) {
  sum.tests += one.tests;
  sum.instances += one.instances;
  sum.bound = Math.max(sum.bound, one.bound);
  sum.forbidden += one.forbidden;
  for (const name of MUTANT_CLASSES)
    for (const count of ["seen", "possible"]) sum[name][count] += one[name][count];
  return sum;
}

function litmusCells(found) {
  return [number(found.instances), found.bound.toExponential(1),
    ...MUTANT_CLASSES.map((name) => (found[name].possible ? `${found[name].seen} of ${found[name].possible}` : "–")),
    number(found.forbidden)].map((words) => make("td", { class: "right" }, words));
}

function drawLitmus(run) {
  const tests = run.cases.filter((c) => c.certificate && c.certificate.rarer_than_95_percent);
  const groups = new Map();
  const add = (name, c) => groups.set(name, groups.has(name) ? addLitmus(groups.get(name), litmusOf(c)) : litmusOf(c));
  for (const c of tests) add(groupOf(c.name), c);
  if (groups.size > 1) for (const c of tests) add("", c);
  byId("litmus-section").hidden = !tests.length;
  byId("litmus-groups").replaceChildren(...[...groups].map(([name, found]) => make("tr", {},
    make("td", {}, name ? make("button", { class: "choice", type: "button", onclick: () => filterBy(`${name}/*`) }, name.split("/")[1]) : make("b", {}, "All")),
    make("td", { class: "right" }, number(found.tests)), ...litmusCells(found))));
  byId("litmus").replaceChildren(...tests.map((c) => make("tr", {},
    make("td", {}, make("button", { class: "choice", type: "button", title: c.name, onclick: () => filterBy(c.name) },
      `${c.name.split("/")[1]}/${c.name.split("/").pop()}`)),
    make("td", {}, c.certificate.forbidden), make("td", {}, c.certificate.axiom), ...litmusCells(litmusOf(c)))));
}

// Which waits of a device end: a case's certificate has its class and what became of each pattern.
function drawProgress(run) {
  const tests = run.cases.filter((c) => c.certificate && c.certificate.progress);
  byId("progress-section").hidden = !tests.length;
  byId("progress").replaceChildren(...tests.map((c) => {
    const which = (outcome) => Object.keys(c.certificate).filter((key) => c.certificate[key] === outcome).join(", ").replaceAll("_", " ") || "–";
    return make("tr", {},
      make("td", {}, make("button", { class: "choice", type: "button", title: c.name, onclick: () => filterBy(c.name) }, c.name.split("/").pop())),
      make("td", {}, make("b", {}, c.certificate.progress)), make("td", {}, c.certificate.at_once || "–"),
      ...["seen", "given up", "not met"].map((outcome) => make("td", {}, which(outcome))));
  }));
}

// A pattern where it holds a '*', otherwise a part of the name, message or log.
function matcher(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return () => true;
  if (wanted.includes("*")) {
    const pattern = new RegExp(`^${wanted.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
    return (c) => pattern.test(c.name.toLowerCase());
  }
  return (c) => c.name.toLowerCase().includes(wanted) || (c.message || "").toLowerCase().includes(wanted) || (c.log || "").toLowerCase().includes(wanted);
}

const SORTS = {
  worst: (a, b) => ORDER.indexOf(a.class) - ORDER.indexOf(b.class) || a.place - b.place,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.place - b.place),
  time: (a, b) => b.duration_ns - a.duration_ns || a.place - b.place,
  run: (a, b) => a.place - b.place,
};

function part(title, text) {
  return text ? [make("h3", {}, title), make("pre", {}, text)] : [];
}

function certificatePart(certificate) {
  if (!certificate) return [];
  return [make("h3", {}, "Certificate"), make("table", { class: "certificate" }, make("tbody", {},
    ...Object.entries(certificate).map(([key, value]) =>
      make("tr", {}, make("td", {}, key), make("td", {}, Array.isArray(value) ? value.join(", ") : String(value))))))];
}

function commandPart(command) {
  if (!command) return [];
  const copy = make("button", { class: "plain", type: "button", onclick: async () => {
    try {
      await navigator.clipboard.writeText(command);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Select it by hand";
    }
  } }, "Copy");
  return [make("h3", {}, "Run it again"), make("div", { class: "command" }, make("pre", {}, command), copy)];
}

function expectationPart(expectation) {
  if (!expectation) return [];
  const link = expectation.link;
  return [make("h3", {}, `Known: ${expectation.file}, line ${expectation.line}`),
    make("div", {}, expectation.reason || "", " ",
      link && (/^https?:/.test(link) ? make("a", { href: link, rel: "noreferrer" }, link) : link),
      expectation.expires && ` (expires ${expectation.expires})`)];
}

function body(c) {
  return make("div", { class: "body" },
    ...part(c.status === "NotSupported" ? "Lacks" : "Message", c.message),
    ...expectationPart(c.expectation),
    ...certificatePart(c.certificate),
    ...part(c.log_dropped_bytes ? `Log, without its last ${number(c.log_dropped_bytes)} bytes` : "Log", c.log),
    ...(c.again ? part(`Run again, alone: ${c.again.status}`, [c.again.message, c.again.log].filter(Boolean).join("\n") || "nothing said") : []),
    ...commandPart(c.rerun),
    make("p", { class: "note" }, `${number(c.checks || 0)} ${c.checks === 1 ? "check" : "checks"} in ${seconds(c.duration_ns)}${c.outcome ? `; outcome ${c.outcome}` : ""}`));
}

function row(c) {
  const element = make("details", { class: "case" },
    make("summary", {},
      make("span", { class: `status ${c.class}-text` }, c.status),
      make("span", { class: "title" }, c.name, c.message && make("span", { class: "said" }, c.message.split("\n")[0].slice(0, 240))),
      make("span", { class: "right skip-text" }, seconds(c.duration_ns))));
  element.addEventListener("toggle", () => {
    if (element.open && element.childElementCount === 1) element.append(body(c));
  });
  return element;
}

function drawChips(run) {
  const counts = new Map();
  for (const c of run.cases) counts.set(c.status, (counts.get(c.status) || 0) + 1);
  byId("chips").replaceChildren(...[...counts].map(([status, count]) =>
    make("button", { class: "chip", type: "button", "aria-pressed": String(!state.off.has(status)), onclick: () => {
      if (!state.off.delete(status)) state.off.add(status);
      drawChips(run);
      drawCases(run);
    } }, `${status} ${number(count)}`)));
}

function drawCases(run) {
  const fits = matcher(state.text);
  const found = run.cases.filter((c) => !state.off.has(c.status) && fits(c)).sort(SORTS[state.order]);
  byId("shown").textContent = `${number(found.length)} of ${number(run.cases.length)} cases`;
  byId("cases").replaceChildren(...(found.length ? found.slice(0, state.limit).map(row)
    : [make("p", { class: "empty" }, "No case fits. Clear the filter or choose more statuses.")]));
  byId("more").hidden = found.length <= state.limit;
  byId("more").textContent = `Show ${number(Math.min(found.length - state.limit, PAGE_ROWS * 5))} more`;
  writeAddress();
}

function filterBy(text) {
  state.text = text;
  state.off.clear();
  state.limit = PAGE_ROWS;
  byId("filter").value = text;
  drawChips(runs[state.run]);
  drawCases(runs[state.run]);
  byId("cases-section").scrollIntoView({ block: "start" });
}

// Facts as rows; a nested object's names are joined to its own.
function flatten(object, prefix = "") {
  return Object.entries(object).flatMap(([name, value]) =>
    value && typeof value === "object" && !Array.isArray(value) ? flatten(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, Array.isArray(value) ? value.join(" × ") : value === true ? "yes" : value === false ? "no" : String(value)]]);
}

function drawAll() {
  const run = runs[state.run];
  drawHeader(run);
  drawRuns();
  drawTiles(run);
  drawGroups(run);
  drawSlowest(run);
  drawSkips(run);
  drawLitmus(run);
  drawProgress(run);
  drawChips(run);
  byId("filter").value = state.text;
  byId("order").value = state.order;
  drawCases(run);
  byId("limits").replaceChildren(...flatten(run.device).map(([name, value]) => make("div", {}, make("span", {}, name), make("span", {}, value))));
  byId("made").textContent = `Made by kronos report from ${runs.map((r) => r.folder).join(", ")}.`;
}

byId("filter").addEventListener("input", (event) => {
  state.text = event.target.value;
  state.limit = PAGE_ROWS;
  drawCases(runs[state.run]);
});
byId("order").addEventListener("change", (event) => {
  state.order = event.target.value;
  drawCases(runs[state.run]);
});
byId("more").addEventListener("click", () => {
  state.limit += PAGE_ROWS * 5;
  drawCases(runs[state.run]);
});
readAddress();
drawAll();
