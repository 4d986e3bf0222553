// The scripts of action.yml and of the GitLab template, run against the built command: what they do,
// what they give back and how they end. Packages are not installed and nothing is cloned: stand-ins
// note how they were called.
//
// usage: run.sh ROOT SCRATCH action KRONOS      KRONOS: the built command
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import {
    chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync,
    symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "yaml";

import { runAction } from "./steps.mjs";

const [root, , kronos] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "kronos-action-"));
const action = parse(readFileSync(join(root, "action.yml"), "utf8"));
const calls = join(scratch, "calls");

function standIn(folder, name, body) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name),
        `#!/usr/bin/env bash\nprintf '%s\\n' "${name} $*" >>'${calls}'\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
}

// A checkout of Kronos whose ./kronos is the built command on a few of the cases.
const checkout = join(scratch, "kronos");
mkdirSync(checkout);
symlinkSync(join(root, ".ci"), join(checkout, ".ci"));
standIn(checkout, "kronos", `
[[ $1 != --yes ]] || shift
word=$1; shift
[[ $word != certify ]] || set -- --shard 7/60 "$@"
exec '${kronos}' "$word" "$@"`);

const tools = join(scratch, "bin");
standIn(tools, "dpkg-query", "exit 1"); // nothing is installed
standIn(tools, "apt-get", `
for argument; do
    if [[ " $* " == *" download "* && $argument == *=[0-9]* ]]; then
        version=\${argument#*=}
        : >"\${argument%%=*}_\${version//:/%3a}_$(dpkg --print-architecture).deb"
    fi
done`);
standIn(tools, "sudo", 'exec "$@"');
standIn(tools, "git", `ln -s '${checkout}' "\${@: -1}"`);

function environmentOf(workspace) {
    const temp = mkdtempSync(join(scratch, "temp-"));
    return {
        ...process.env,
        PATH: `${tools}:${process.env.PATH}`,
        GITHUB_ACTIONS: "true",
        GITHUB_WORKSPACE: workspace,
        GITHUB_ACTION_PATH: checkout,
        GITHUB_STEP_SUMMARY: join(temp, "summary.md"),
        RUNNER_TEMP: temp,
    };
}

// Runs the action in a workspace of its own, or in `workspace`, with a summary that has a text.
function run(given, workspace = mkdtempSync(join(scratch, "workspace-")), text = "") {
    writeFileSync(calls, "");
    const environment = environmentOf(workspace);
    writeFileSync(environment.GITHUB_STEP_SUMMARY, text);
    const result = runAction(action, given, environment);
    return {
        ...result,
        workspace,
        temp: environment.RUNNER_TEMP,
        calls: readFileSync(calls, "utf8"),
        summary: readFileSync(environment.GITHUB_STEP_SUMMARY, "utf8"),
    };
}

const folderOf = (workspace, out = "kronos-out") => {
    const found = readdirSync(join(workspace, out), { withFileTypes: true });
    return join(workspace, out, found.find((entry) => entry.isDirectory()).name);
};

const cases = {
    "a device is certified, and the outputs say so"() {
        const ended = run({ device: "type:cpu", require: "type=cpu\nexecuted>=1" });
        assert.equal(ended.code, 0, ended.said);
        assert.match(ended.outputs.verdict, /^(clean|expected)$/);
        assert.match(ended.calls, /^kronos --yes certify --tier quick --out .* --device type:cpu --require type=cpu --require executed>=1$/m);
        const device = folderOf(ended.workspace);
        for (const file of ["results.jsonl", "junit.xml", "certificate.json", "device.json"])
            assert.ok(existsSync(join(device, file)), file);
        assert.match(readFileSync(ended.outputs.report, "utf8"), /<html/);
        assert.match(ended.summary, /^### Kronos$/m);
        assert.match(ended.summary, /not Khronos conformance/);
    },

    "driver packages are pinned, and cached by the list of pins"() {
        const list = readFileSync(join(root, ".ci/drivers.txt"), "utf8");
        const ended = run({ device: "no such device" });
        const cache = ended.used[0];
        assert.equal(cache.uses, "actions/cache@v4");
        assert.match(cache.with.key, /^kronos-drivers-Linux-X64-[0-9a-f]{64}$/);
        const release = readFileSync("/etc/os-release", "utf8");
        if (!/^ID=debian$/m.test(release) || !/^VERSION_ID="12"$/m.test(release)) {
            assert.match(ended.said, /no versions are pinned for/);
            return;
        }
        const pins = [...list.matchAll(/^debian-12 (\S+) (\S+)$/gm)].map(([, name, version]) => `${name}=${version}`);
        assert.ok(pins.length > 0);
        for (const pin of pins) assert.match(ended.calls, new RegExp(`^apt-get .* download ${pin.replaceAll("+", "\\+")}$`, "m"));
        assert.match(ended.calls, /^apt-get .* install --no-install-recommends --allow-downgrades .*mesa-vulkan-drivers_.*\.deb/m);
        // What the cache brought back is not fetched again.
        writeFileSync(calls, "");
        const again = spawnSync(join(checkout, ".ci/drivers"), [cache.with.path], {
            env: environmentOf(ended.workspace), encoding: "utf8",
        });
        assert.equal(again.status, 0, again.stderr);
        assert.doesNotMatch(readFileSync(calls, "utf8"), /download|update/);
        assert.match(readFileSync(calls, "utf8"), /install/);
    },

    "a device that is not there makes the machine unusable"() {
        const ended = run({ device: "no such device" });
        assert.equal(ended.code, 3, ended.said);
        assert.deepEqual(ended.outputs, { verdict: "unusable", report: "" });
        assert.match(ended.said, /^::error title=Unusable/m);
    },

    "a requirement that is not met makes it unusable, too"() {
        const ended = run({ device: "type:cpu", require: "type!=cpu" });
        assert.equal(ended.code, 3, ended.said);
        assert.equal(ended.outputs.verdict, "unusable");
    },

    "inputs are text"() {
        const ended = run({ device: "$(touch pwned); `touch pwned` \" ' ; touch pwned" });
        assert.equal(ended.code, 3, ended.said);
        assert.ok(!existsSync(join(ended.workspace, "pwned")));
        assert.equal(run({ tier: "fast" }).outputs.verdict, "error");
    },

    "a baseline that is as good changes nothing"() {
        const before = run({ device: "type:cpu" });
        const baseline = join(before.workspace, "baseline");
        cpSync(join(before.workspace, "kronos-out"), baseline, { recursive: true });
        // Of several devices, and of one; times of a busy machine are another matter.
        for (const folder of [baseline, folderOf(before.workspace, "baseline")]) {
            const ended = run({ device: "type:cpu", baseline: folder }, before.workspace);
            assert.equal(ended.code === 0 || / slower/.test(ended.said), true, ended.said);
            assert.match(ended.summary, /^### Kronos, B against A: /m);
        }
        // A summary that is full already is not made too long to be shown.
        const full = run({ device: "type:cpu", baseline }, before.workspace, "#".repeat(1000 * 1024 - 300));
        assert.ok(full.summary.length <= 1000 * 1024);
        assert.ok(!full.summary.includes("B against A"));
        assert.match(full.said, /the summary is full/);
    },

    "what is worse than the baseline fails"() {
        const before = run({ device: "type:cpu" });
        const device = folderOf(before.workspace);
        const results = readFileSync(join(device, "results.jsonl"), "utf8");
        const more = '{"type":"case","name":"conformance/once/there","status":"Pass","duration_ns":1}\n';
        const baseline = join(before.workspace, "baseline");
        mkdirSync(baseline);
        writeFileSync(join(baseline, "results.jsonl"), results.replace('{"type":"end"', `${more}{"type":"end"`));
        const ended = run({ device: "type:cpu", baseline: "baseline" }, before.workspace);
        assert.equal(ended.code, 1, ended.said);
        assert.equal(ended.outputs.verdict, "worse");
        assert.match(ended.summary, /❌ case gone \| `conformance\/once\/there`/);
    },

    "a device that the baseline has must be there"() {
        const before = run({ device: "type:cpu" });
        cpSync(folderOf(before.workspace), join(before.workspace, "baseline/some-gpu"), { recursive: true });
        const ended = run({ device: "type:cpu", baseline: "baseline" }, before.workspace);
        assert.equal(ended.code, 1, ended.said);
        assert.equal(ended.outputs.verdict, "worse");
        assert.match(ended.summary, /`some-gpu` of the baseline was not certified/);
    },

    "a baseline without results is an error"() {
        const workspace = mkdtempSync(join(scratch, "workspace-"));
        mkdirSync(join(workspace, "baseline"));
        const ended = run({ device: "type:cpu", baseline: "baseline" }, workspace);
        assert.equal(ended.code, 2, ended.said);
        assert.equal(ended.outputs.verdict, "error");
        assert.match(ended.said, /holds no results/);
        mkdirSync(join(workspace, "kronos-out"), { recursive: true });
        assert.match(run({ baseline: "kronos-out" }, workspace).said, /is the baseline; results go elsewhere/);
    },

    "the GitLab template does the same"() {
        const reference = { tag: "!reference", collection: "seq", resolve: (items) => items };
        const template = parse(readFileSync(join(root, ".gitlab/kronos.gitlab-ci.yml"), "utf8"), { customTags: [reference] });
        const job = template[".kronos"];
        const workspace = mkdtempSync(join(scratch, "workspace-"));
        const start = (variables) => {
            // A runner joins the lines, and stops at the first that fails.
            const script = ["set -eo pipefail", ...job.before_script, ...job.script].join("\n");
            const environment = { ...environmentOf(workspace), GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "" };
            return spawnSync("bash", ["-c", script], {
                cwd: workspace, encoding: "utf8",
                // A job's variables hide those of the pipeline, which a user sets.
                env: { ...environment, CI_PROJECT_DIR: workspace, ...variables, ...job.variables },
            });
        };
        const refused = start({});
        assert.equal(refused.status, 2, refused.stderr);
        assert.match(refused.stderr, /set the variable KRONOS_REPOSITORY/);
        const ended = start({ KRONOS_REPOSITORY: "somewhere", KRONOS_CI_DEVICE: "type:cpu" });
        assert.equal(ended.status, 0, ended.stdout + ended.stderr);
        assert.ok(existsSync(join(folderOf(workspace), "junit.xml")));
        assert.match(readFileSync(calls, "utf8"), /^git clone .* --branch main -- somewhere /m);
        // Of a device that is not there, for the full tier takes minutes.
        start({ KRONOS_REPOSITORY: "somewhere", KRONOS_REF: "v1", KRONOS_CI_DEVICE: "no such device", KRONOS_CI_TIER: "full" });
        assert.match(readFileSync(calls, "utf8"), /^git clone .* --branch v1 -- somewhere /m);
        assert.match(readFileSync(calls, "utf8"), /certify --tier full /);
        assert.equal(job.artifacts.reports.junit, "kronos-out/*/junit.xml");
        // Forks' merge requests are turned away before anything else is decided.
        const [first] = template[".kronos-gpu"].rules;
        assert.equal(first.when, "never");
        assert.match(first.if, /CI_MERGE_REQUEST_SOURCE_PROJECT_ID != \$CI_PROJECT_ID/);
    },
};

let failed = 0;
for (const [name, check] of Object.entries(cases)) {
    try {
        check();
        console.log(`ok - ${name}`);
    } catch (error) {
        failed++;
        console.log(`not ok - ${name}\n${error.stack}`);
    }
}
rmSync(scratch, { recursive: true });
process.exit(failed > 0 ? 1 : 0);
