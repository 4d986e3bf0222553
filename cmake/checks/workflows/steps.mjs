// Runs the steps of a composite action as a runner of GitHub does: expressions by GitHub's own
// evaluator, scripts by bash with the runner's options, files for outputs and the summary. Steps
// that use another action are noted, not run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

function evaluate(expression, contexts) {
    const tokens = new Lexer(expression).lex().tokens;
    const tree = new Parser(tokens, Object.keys(contexts), []).parse();
    const values = JSON.parse(JSON.stringify(contexts), data.reviver);
    return new Evaluator(tree, values).evaluate();
}

function expand(text, contexts) {
    return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression) =>
        evaluate(expression, contexts).coerceString());
}

function expandAll(object, contexts) {
    const pairs = Object.entries(object ?? {});
    return Object.fromEntries(pairs.map(([name, value]) => [name, expand(value, contexts)]));
}

// What a step wrote to GITHUB_OUTPUT, one name=value a line.
function readOutputs(path) {
    const lines = readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
    return Object.fromEntries(lines.map((line) => {
        const equals = line.indexOf("=");
        if (equals < 1) throw new Error(`'${line}' is no output`);
        return [line.slice(0, equals), line.slice(equals + 1)];
    }));
}

function runScript(step, contexts, folder, environment) {
    const [script, output] = ["script.sh", "output"].map((name) => join(folder, name));
    writeFileSync(script, step.run);
    writeFileSync(output, "");
    // As the runner's documentation says of `shell: bash`.
    const ended = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
        cwd: environment.GITHUB_WORKSPACE,
        env: { ...environment, ...expandAll(step.env, contexts), GITHUB_OUTPUT: output },
        encoding: "utf8",
    });
    return { code: ended.status, said: ended.stdout + ended.stderr, outputs: readOutputs(output) };
}

// Runs `action` with `given` inputs. `environment` holds GITHUB_WORKSPACE, GITHUB_ACTION_PATH,
// GITHUB_STEP_SUMMARY and RUNNER_TEMP.
//
// Returns: the exit code of the step that failed, or 0; what was said; the action's outputs; and the
// arguments of the actions that it uses.
export function runAction(action, given, environment) {
    const inputs = Object.fromEntries(
        Object.entries(action.inputs).map(([name, input]) => [name, given[name] ?? input.default]));
    const contexts = {
        inputs,
        steps: {},
        runner: { environment: "github-hosted", os: "Linux", arch: "X64", temp: environment.RUNNER_TEMP },
    };
    const result = { code: 0, said: "", used: [] };
    for (const step of action.runs.steps) {
        // A step whose predecessor failed does not run, and none here asks to.
        if (result.code !== 0) break;
        if (step.if && evaluate(step.if, contexts).coerceString() !== "true") continue;
        if (step.uses) {
            result.used.push({ uses: step.uses, with: expandAll(step.with, contexts) });
            continue;
        }
        const folder = mkdtempSync(join(environment.RUNNER_TEMP, "step-"));
        const ended = runScript(step, contexts, folder, environment);
        result.code = ended.code;
        result.said += ended.said;
        if (step.id) contexts.steps[step.id] = { outputs: ended.outputs };
    }
    const outputs = Object.entries(action.outputs);
    result.outputs = Object.fromEntries(
        outputs.map(([name, output]) => [name, expand(output.value, contexts)]));
    return result;
}
