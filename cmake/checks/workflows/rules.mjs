// Rules of this project for workflows and actions, which no linter knows.
import { LineCounter, isScalar, parseDocument, visit } from "yaml";

// Events that anybody can cause, with code or text of their own; a workflow that others call is
// started by theirs.
const OPEN_EVENTS = [
    "discussion", "discussion_comment", "fork", "issue_comment", "issues", "pull_request",
    "pull_request_review", "pull_request_review_comment", "pull_request_target", "watch",
    "workflow_call", "workflow_run",
];

// Machines that are thrown away after a job.
const HOSTED = /^(ubuntu|windows|macos)-(latest|[0-9.]+)(-arm|-intel|-large|-xlarge)?$/;

// A file, with the lines of its parts.
export function readDocument(text, name) {
    const counter = new LineCounter();
    const tree = parseDocument(text, { lineCounter: counter });
    if (tree.errors.length > 0) throw new Error(`${name}: ${tree.errors[0].message}`);
    const lineOf = (node) => counter.linePos(node?.range?.[0] ?? 0).line;
    const scripts = [];
    visit(tree, {
        Pair(_, pair) {
            if (pair.key?.value !== "run" || !isScalar(pair.value)) return;
            const isBlock = pair.value.type?.startsWith("BLOCK");
            scripts.push({ text: String(pair.value.value), line: lineOf(pair.value) + (isBlock ? 1 : 0) });
        },
    });
    return { name, text, tree, scripts, lineOf, content: tree.toJS(), isAction: name.endsWith("action.yml") };
}

function eventsOf(on) {
    if (typeof on === "string") return [on];
    return Array.isArray(on) ? on : Object.keys(on ?? {});
}

function labelsOf(runsOn) {
    if (typeof runsOn === "string") return [runsOn];
    return Array.isArray(runsOn) ? runsOn : [].concat(runsOn?.labels ?? [], runsOn?.group ?? []);
}

function* checkJob(document, name, job) {
    const node = document.tree.getIn(["jobs", name], true);
    const line = document.lineOf(node);
    const kept = labelsOf(job["runs-on"]).some((label) => !HOSTED.test(label));
    const open = eventsOf(document.content.on).filter((event) => OPEN_EVENTS.includes(event));
    if (kept && open.length > 0)
        yield { line, message: `job '${name}' runs on a machine that is kept, and ${open.join(", ")} starts it: a fork's code would run there` };
    if (!job["timeout-minutes"] && !job.uses)
        yield { line, message: `job '${name}' has no timeout-minutes` };
}

function* checkStep(document, node) {
    const line = document.lineOf(node);
    const step = node.toJS(document.tree);
    const uses = step.uses ?? "";
    if (uses && !uses.startsWith("./") && !/^actions\/[a-z-]+@v[0-9]+$/.test(uses) && !/@[0-9a-f]{40}$/.test(uses))
        yield { line, message: `'${uses}' is neither GitHub's own action of a major version nor named by a commit` };
    if (uses.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false)
        yield { line, message: "checkout leaves its token behind: persist-credentials is not false" };
}

function stepsOf(document) {
    const steps = [];
    visit(document.tree, {
        Map(_, node) {
            if (node.has("uses") || node.has("run")) steps.push(node);
        },
    });
    return steps;
}

// Steps that use our own action give it inputs that action.yml has.
export function checkInputs(document, inputsOfAction) {
    return stepsOf(document)
        .filter((node) => node.get("uses") === "./")
        .flatMap((node) => (node.get("with")?.items ?? []).map((pair) => pair.key))
        .filter((key) => !inputsOfAction.includes(key.value))
        .map((key) => ({
            tool: "rules", line: document.lineOf(key), message: `action.yml has no input '${key.value}'`,
        }));
}

// What the language service does not look up: names within one action.
function* checkNames(document, steps) {
    const declared = Object.keys(document.content.inputs ?? {});
    const used = [...document.text.matchAll(/\binputs\.([\w-]+)/g)].map((match) => match[1]);
    for (const name of new Set(used))
        if (!declared.includes(name)) yield { line: 1, message: `'${name}' is no input of this action` };
    for (const name of declared)
        if (!used.includes(name)) yield { line: 1, message: `'${name}' is an input that nothing uses` };
    const ids = steps.map((step) => step.get("id"));
    for (const [, id] of document.text.matchAll(/\bsteps\.([\w-]+)\.outputs/g))
        if (!ids.includes(id)) yield { line: 1, message: `no step has the id '${id}'` };
}

function* findings(document) {
    for (const script of document.scripts)
        if (script.text.includes("${{"))
            yield { line: script.line, message: "a script takes values from its environment, never by ${{ }}" };
    const steps = stepsOf(document);
    for (const step of steps) yield* checkStep(document, step);
    if (document.isAction) {
        yield* checkNames(document, steps);
        return;
    }
    if (eventsOf(document.content.on).includes("pull_request_target"))
        yield { line: 1, message: "pull_request_target gives a fork's change the rights of this repository" };
    const rights = document.content.permissions;
    if (!rights || Object.values(rights).some((right) => right === "write") || typeof rights === "string")
        yield { line: 1, message: "the workflow's own permissions are not read-only; give a job what it needs" };
    for (const [name, job] of Object.entries(document.content.jobs ?? {})) yield* checkJob(document, name, job);
}

// What is at fault: line and message. `inputsOfAction` are those of action.yml.
export function checkRules(document, inputsOfAction) {
    const found = [...findings(document)].map((finding) => ({ tool: "rules", ...finding }));
    return [...found, ...checkInputs(document, inputsOfAction)];
}
