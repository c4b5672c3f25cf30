"use strict";

// Run by `go test` with node's own test runner. The kernel here is a small one that has what the script looks for in
// the real one; the real one is compared, estate by estate, in the tests of the whole program.

const assert = require("node:assert");
const childProcess = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");
const zlib = require("node:zlib");

const KERNEL = `
const fs = require("fs"), path = require("path"), zlib = require("zlib");
let stockReads = 0, indexed = 0;
const ne = {
    loadAssemblyFromPath(dir) {
        stockReads++;
        const read = (name) => fs.readFileSync(path.join(dir, name));
        const description = JSON.parse(read(".jsii"));
        return description.filename ? JSON.parse(zlib.gunzipSync(read(description.filename))) : description;
    },
};
function loadRuntimeAssembly(e, g) {
    const y = true, _ = [];
    const N=y&&!g;if(N){ indexed++; }
    const B=ne.loadAssemblyFromPath(e,g,_);
    return B;
}
function stackOf(object, limit) {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = limit;
    Error.captureStackTrace(object, stackOf);
    Error.stackTraceLimit = before;
    return object.stack.split("\\n").length;
}
const stacks = {
    token: stackOf({ stack: "" }, Number.MAX_SAFE_INTEGER),
    object: stackOf({ stack: "" }, 3),
    error: stackOf(new Error("no"), Number.MAX_SAFE_INTEGER),
};
const [, , packageDir, ...questions] = process.argv;
const description = loadRuntimeAssembly(packageDir, !!process.env.JSII_VALIDATE_ASSEMBLIES);
const closure = require(packageDir);
console.log(JSON.stringify({
    keys: Object.keys(description),
    count: Object.keys(description.types).length,
    name: description.name,
    types: questions.map((fqn) => description.types[fqn] ?? null),
    has: questions.map((fqn) => fqn in description.types),
    stockReads, indexed, stacks,
    widget: closure.widget.Widget.name,
    loaded: Object.keys(require.cache).map((file) => path.basename(file)).filter((file) => file !== "program.js").sort(),
}));
const stdio = {readFD:3,writeFD:3};
`;

// ECHO answers each line that it gets, as the kernel does.
const ECHO = `
const fs = require("fs");
function never() { const N=y&&!g;if(N){} const B=ne.loadAssemblyFromPath(e,g,_); return B; }
const stdio = {readFD:3,writeFD:3};
const buffer = Buffer.alloc(100);
const n = fs.readSync(stdio.readFD, buffer);
console.error("to the console");
fs.writeSync(stdio.writeFD, JSON.stringify({ got: buffer.toString("utf8", 0, n), fd: stdio.writeFD, pipes: process.env.HUBSPOKE_KERNEL_PIPES ?? null }) + "\\n");
`;

const PARENT = `
const o = require("child_process").spawn(process.execPath, [ ...process.execArgv, require("path").resolve(__dirname, "..", "lib", "program.js") ], {stdio:["ignore","pipe","pipe","pipe"]}), i = o.stdio[3];
o.stderr.on("data", (chunk) => console.error("relayed " + chunk));
o.once("exit", (code) => require("stream").finished(i, { writable: false }, () => process.exit(code)));
process.stdin.pipe(i),i.pipe(process.stdout);
`;

const MAIN = `
exports.widget = require("./widget");
exports.gadget = require("./gadget");
`;
const LAZY = `
Object.defineProperty(exports, "widget", { get: function () { return require("./widget"); } });
Object.defineProperty(exports, "gadget", { get: function () { return require("./gadget"); } });
`;

const TYPES = {
    "acme.widget.Widget": { fqn: "acme.widget.Widget", kind: "class", name: "Widget", docs: { summary: "Grüße, 世界" } },
    "acme.widget.IWidget": { fqn: "acme.widget.IWidget", kind: "interface", name: "IWidget" },
    "acme.gadget.Gadget": { fqn: "acme.gadget.Gadget", kind: "class", name: "Gadget" },
    "acme.elsewhere.IOnlyInterface": { fqn: "acme.elsewhere.IOnlyInterface", kind: "interface", name: "IOnlyInterface" },
};

// description is large enough to be worth a sidecar.
function description(more = {}) {
    return { name: "acme", readme: { markdown: "x".repeat(3 * 1024 * 1024) }, jsiiVersion: "5.0.0", types: { ...TYPES, ...more } };
}

function write(folder, files) {
    for (const [name, content] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        fs.writeFileSync(path.join(folder, name), content);
    }
}

// setUp makes a cache with the script in it, a kernel, and a package that is linked to as jsii links to its own cache.
function setUp(t, { kernel = KERNEL, parent = PARENT, lazy = LAZY } = {}) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "fast kernel "));
    t.after(() => fs.rmSync(root, { recursive: true }));
    fs.mkdirSync(path.join(root, "cache"));
    fs.copyFileSync(path.join(__dirname, "preload.cjs"), path.join(root, "cache", "preload.cjs"));
    write(path.join(root, "kernel"), { "bin/jsii-runtime.js": parent, "lib/program.js": kernel });
    const store = path.join(root, "store");
    write(store, {
        "package.json": JSON.stringify({ name: "acme", main: "lib/index.js" }),
        ".jsii": JSON.stringify(description(), null, 2),
        "lib/index.js": MAIN,
        "lib/widget.js": "exports.Widget = class Widget {};",
        "lib/gadget.js": "exports.Gadget = class Gadget {};",
    });
    if (lazy) {
        write(store, { "lib/lazy-index.js": lazy });
    }
    const link = path.join(root, "node_modules", "acme");
    fs.mkdirSync(path.dirname(link));
    fs.symlinkSync(store, link);
    return { root, cache: path.join(root, "cache"), kernel: path.join(root, "kernel"), store, link };
}

const ASKED = ["acme.widget.Widget", "acme.gadget.Gadget", "acme.no.Such"];

function start(place, { env = {}, extra = [], packageDir = place.link } = {}) {
    const options = [path.join(place.cache, "preload.cjs"), ...extra].flatMap((script) => ["--require", script]);
    const child = childProcess.spawn(process.execPath,
        [...options, "--preserve-symlinks", path.join(place.kernel, "lib/program.js"), packageDir, ...ASKED],
        { env: { ...process.env, HUBSPOKE_STOCK_KERNEL: "", HUBSPOKE_KERNEL_PIPES: "", JSII_VALIDATE_ASSEMBLIES: "", ...env } });
    return collect(child);
}

function collect(child) {
    let out = "", err = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

async function run(place, options) {
    const { code, out, err } = await start(place, options);
    assert.strictEqual(code, 0, err);
    return { ...JSON.parse(out), lines: err.split("\n").filter((line) => line !== "") };
}

// same is what every run must answer, fast or not.
function same(answer, lines = 0) {
    assert.deepStrictEqual(answer.types, [TYPES["acme.widget.Widget"], TYPES["acme.gadget.Gadget"], null]);
    assert.deepStrictEqual(answer.has, [true, true, false]);
    assert.deepStrictEqual(answer.keys, ["name", "readme", "jsiiVersion", "types"]);
    assert.strictEqual(answer.name, "acme");
    assert.strictEqual(answer.widget, "Widget");
    assert.strictEqual(answer.lines.length, lines, answer.lines.join("\n"));
}

function files(place, suffix) {
    return fs.readdirSync(place.cache).filter((name) => name.endsWith(suffix)).map((name) => path.join(place.cache, name));
}

const fast = (answer) => assert.strictEqual(answer.stockReads, 0);
const stock = (answer) => assert.strictEqual(answer.stockReads, 1);

test("the first run reads the description and writes the sidecar, the second reads that", async (t) => {
    const place = setUp(t);
    for (const check of [stock, fast, fast]) {
        const answer = await run(place);
        same(answer);
        assert.strictEqual(answer.count, 4);
        check(answer);
        assert.ok(answer.loaded.includes("lazy-index.js") && !answer.loaded.includes("gadget.js"));
    }
    assert.strictEqual(files(place, ".types1").length, 1);
    assert.strictEqual(files(place, ".hash").length, 1);
    assert.strictEqual(files(place, ".tmp").length, 0);
});

test("a description that changed has another sidecar", async (t) => {
    const place = setUp(t);
    same(await run(place));
    const extra = { "acme.no.Such": { fqn: "acme.no.Such", kind: "interface" } };
    write(place.store, { ".jsii": JSON.stringify(description(extra)) });
    for (const check of [stock, fast]) {
        const answer = await run(place);
        check(answer);
        assert.deepStrictEqual(answer.types[2], extra["acme.no.Such"]);
    }
    assert.strictEqual(files(place, ".types1").length, 2);
});

test("a change that keeps the size and the time of the file is seen", async (t) => {
    const place = setUp(t);
    await run(place);
    const file = path.join(place.store, ".jsii");
    const before = fs.statSync(file);
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace('"summary": "Gr', '"summary": "Br'));
    fs.utimesSync(file, before.atime, before.mtime);
    const answer = await run(place);
    stock(answer);
    assert.strictEqual(answer.types[0].docs.summary, "Brüße, 世界");
});

test("a compressed description is known by the compressed file", async (t) => {
    const place = setUp(t);
    const compressed = (more) => zlib.gzipSync(JSON.stringify(description(more)), { level: 0 });
    write(place.store, { ".jsii": `{"schema":"jsii/file-redirect","compression":"gzip","filename":".jsii.gz"}`, ".jsii.gz": compressed() });
    for (const check of [stock, fast]) {
        const answer = await run(place);
        same(answer);
        check(answer);
    }
    write(place.store, { ".jsii.gz": compressed({ "acme.no.Such": { fqn: "acme.no.Such" } }) });
    assert.deepStrictEqual((await run(place)).types[2], { fqn: "acme.no.Such" });
});

test("a package that is not linked to is hashed in each run, and no note is left", async (t) => {
    const place = setUp(t);
    for (const check of [stock, fast]) {
        const answer = await run(place, { packageDir: place.store });
        same(answer);
        check(answer);
    }
    assert.strictEqual(files(place, ".hash").length, 0);
});

test("a small description has no sidecar", async (t) => {
    const place = setUp(t);
    write(place.store, { ".jsii": JSON.stringify({ ...description(), readme: {} }) });
    for (let i = 0; i < 2; i++) {
        const answer = await run(place);
        same(answer);
        stock(answer);
    }
    assert.strictEqual(files(place, ".types1").length, 0);
});

const DAMAGE = {
    "is cut off": (data) => data.subarray(0, data.length - 1000),
    "is cut off in its trailer": (data) => data.subarray(0, data.length - 1),
    "is empty": () => Buffer.alloc(0),
    "is something else": () => Buffer.from("hello"),
    "lost a part at its beginning": (data) => data.subarray(10),
    "has another table of contents": (data) => Buffer.from(data.toString("latin1").replace('"exported":["gadget"', '"exported":["gizmos"'), "latin1"),
};

for (const [what, damage] of Object.entries(DAMAGE)) {
    test(`a sidecar that ${what} is replaced`, async (t) => {
        const place = setUp(t);
        await run(place);
        const [sidecar] = files(place, ".types1");
        fs.writeFileSync(sidecar, damage(fs.readFileSync(sidecar)));
        const answer = await run(place);
        same(answer, 1);
        stock(answer);
        const after = await run(place);
        same(after);
        fast(after);
    });
}

const CORRUPTION = {
    "is not JSON": [`{"fqn":"acme.widget.Widget"`, `{"fqn" "acme.widget.Widget"`],
    "is another's": [`{"fqn":"acme.widget.Widget"`, `{"fqn":"acme.widget.Midget"`],
};

for (const [what, [from, to]] of Object.entries(CORRUPTION)) {
    test(`a type in the sidecar that ${what} is taken from the description`, async (t) => {
        const place = setUp(t);
        await run(place);
        const [sidecar] = files(place, ".types1");
        const data = fs.readFileSync(sidecar, "latin1");
        assert.ok(data.includes(from));
        fs.writeFileSync(sidecar, data.replace(from, to), "latin1");
        const answer = await run(place);
        same(answer, 1);
        stock(answer);
    });
}

test("a damaged note is written anew", async (t) => {
    const place = setUp(t);
    await run(place);
    const [note] = files(place, ".hash");
    const before = fs.readFileSync(note, "utf8");
    fs.writeFileSync(note, before.slice(0, 20));
    const answer = await run(place);
    same(answer);
    fast(answer);
    assert.strictEqual(fs.readFileSync(note, "utf8"), before);
});

// failing is a script that makes a call of fs fail for the files of the cache. A folder without permissions would not
// do: these tests may run as root.
function failing(place, call, code, suffix) {
    const script = path.join(place.root, `failing-${call}.cjs`);
    fs.writeFileSync(script, `
        const fs = require("fs"), original = fs.${call}, opened = new Map(), open = fs.openSync;
        fs.openSync = (file, ...rest) => { const fd = open(file, ...rest); opened.set(fd, String(file)); return fd; };
        const inner = "${call}" === "openSync" ? fs.openSync : original;
        fs.${call} = (file, ...rest) => {
            if ((opened.get(file) ?? String(file)).endsWith("${suffix}")) {
                throw Object.assign(new Error("${code}: simulated"), { code: "${code}" });
            }
            return inner(file, ...rest);
        };`);
    return { extra: [script] };
}

for (const [what, ...failure] of [
    ["a cache that is read-only", "openSync", "EROFS", ".tmp"],
    ["a full disk", "writeSync", "ENOSPC", ".tmp"],
    ["a cache where files cannot be renamed", "renameSync", "EACCES", ".tmp"],
    ["a sidecar that cannot be opened", "openSync", "EACCES", ".types1"],
]) {
    test(`${what} costs a line, not the answer`, async (t) => {
        const place = setUp(t);
        if (failure.includes(".types1")) {
            await run(place);
        }
        const answer = await run(place, failing(place, ...failure));
        same(answer, 1);
        stock(answer);
        assert.strictEqual(files(place, ".tmp").length, 0);
    });
}

test("a read-only cache that is filled is used", async (t) => {
    const place = setUp(t);
    await run(place);
    const answer = await run(place, failing(place, "openSync", "EROFS", ".tmp"));
    same(answer);
    fast(answer);
});

test("processes that write the same sidecar at once do not disturb each other", async (t) => {
    const place = setUp(t);
    const answers = await Promise.all(Array.from({ length: 6 }, () => run(place)));
    answers.forEach((answer) => same(answer));
    assert.strictEqual(files(place, ".types1").length, 1);
    assert.strictEqual(files(place, ".tmp").length, 0);
    fast(await run(place));
});

test("what nobody used for thirty days is removed, what is not ours is not", async (t) => {
    const place = setUp(t);
    const long = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
    for (const name of ["old.types1", "old.hash", "old.1.tmp", "notes.txt"]) {
        fs.writeFileSync(path.join(place.cache, name), "");
        fs.utimesSync(path.join(place.cache, name), long, long);
    }
    fs.writeFileSync(path.join(place.cache, "young.types0"), "");
    await run(place);
    const left = fs.readdirSync(place.cache);
    assert.deepStrictEqual(["old.types1", "old.hash", "old.1.tmp", "notes.txt", "young.types0"].filter((name) => left.includes(name)),
        ["notes.txt", "young.types0"]);
});

test("use keeps a sidecar from being removed", async (t) => {
    const place = setUp(t);
    await run(place);
    const [sidecar] = files(place, ".types1");
    const long = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
    fs.utimesSync(sidecar, long, long);
    fast(await run(place));
    assert.ok(Date.now() - fs.statSync(sidecar).mtimeMs < 60 * 1000);
});

test("a package without a lazy index is loaded by its main file", async (t) => {
    const place = setUp(t, { lazy: "" });
    for (let i = 0; i < 2; i++) {
        const answer = await run(place);
        same(answer);
        assert.ok(answer.loaded.includes("index.js") && answer.loaded.includes("gadget.js"));
    }
});

for (const [what, lazy] of [
    ["lacks an export", LAZY.replace(/.*gadget.*\n/, "")],
    ["does not load", "throw new Error('no');"],
]) {
    test(`a lazy index that ${what} is left for the main file`, async (t) => {
        const place = setUp(t, { lazy });
        for (let i = 0; i < 2; i++) {
            const answer = await run(place);
            same(answer, 1);
            assert.ok(answer.loaded.includes("index.js") && answer.loaded.includes("gadget.js"));
        }
    });
}

test("another kernel is left alone", async (t) => {
    const place = setUp(t, { kernel: KERNEL.replace("(e,g,_)", "(e, g, _)") });
    const answer = await run(place);
    same(answer, 1);
    stock(answer);
    assert.strictEqual(fs.readdirSync(place.cache).length, 1);
});

test("whoever wants the description validated gets it whole", async (t) => {
    const place = setUp(t);
    await run(place);
    const answer = await run(place, { env: { JSII_VALIDATE_ASSEMBLIES: "1" } });
    same(answer);
    stock(answer);
});

test("the kernel's own index of types is left out", async (t) => {
    const place = setUp(t);
    assert.strictEqual((await run(place)).indexed, 0);
    assert.strictEqual((await run(place, { env: { HUBSPOKE_STOCK_KERNEL: "1" } })).indexed, 1);
});

test("tokens have no creation stack, errors and others keep theirs", async (t) => {
    const place = setUp(t);
    const fast = (await run(place)).stacks;
    const stock = (await run(place, { env: { HUBSPOKE_STOCK_KERNEL: "1" } })).stacks;
    assert.ok(stock.token > 1 && stock.error > 1 && stock.object > 1);
    assert.strictEqual(fast.token, 1);
    assert.deepStrictEqual({ ...fast, token: 0 }, { ...stock, token: 0, error: fast.error });
    assert.ok(fast.error > 1);
});

test("HUBSPOKE_STOCK_KERNEL=1 switches everything off", async (t) => {
    const place = setUp(t);
    const answer = await run(place, { env: { HUBSPOKE_STOCK_KERNEL: "1" } });
    same(answer);
    stock(answer);
    assert.ok(answer.loaded.includes("index.js"));
    assert.strictEqual(fs.readdirSync(place.cache).length, 1);
});

// echo is what a line comes back as, through the parent.
async function echo(place) {
    const child = childProcess.spawn(process.execPath,
        ["--require", path.join(place.cache, "preload.cjs"), path.join(place.kernel, "bin/jsii-runtime.js")],
        { env: { ...process.env, HUBSPOKE_STOCK_KERNEL: "", HUBSPOKE_KERNEL_PIPES: "stale" } });
    child.stdin.write("hello\n");
    const result = await collect(child);
    assert.strictEqual(result.code, 0, result.err);
    const lines = result.err.split("\n").filter((line) => line !== "");
    return { ...JSON.parse(result.out), relayed: lines.filter((line) => line.startsWith("relayed to")), warnings: lines.filter((line) => line.includes("fast kernel")) };
}

test("the kernel has the pipes itself, its parent the console", async (t) => {
    const direct = process.platform !== "win32";
    const place = setUp(t, { kernel: ECHO });
    assert.deepStrictEqual(await echo(place),
        { got: "hello\n", fd: direct ? 5 : 3, pipes: null, relayed: ["relayed to the console"], warnings: [] });
});

for (const [what, change] of [
    ["a parent", { kernel: ECHO, parent: PARENT.replace("process.stdin.pipe(i)", "process.stdin.pipe( i )") }],
    ["a kernel", { kernel: ECHO.replace("readFD:3,writeFD:3", "readFD:3, writeFD:3") }],
    ["a pair of both", { kernel: ECHO.replace("readFD:3,writeFD:3", "readFD:3, writeFD:3").replace("(e,g,_)", "(e, g, _)"), parent: PARENT.replace("stdin.pipe(", "stdin.pipe (") }],
]) {
    test(`${what} of another version keeps the stock pipes, and there is one line`, { skip: process.platform === "win32" }, async (t) => {
        const place = setUp(t, change);
        const { warnings, ...answer } = await echo(place);
        assert.deepStrictEqual(answer, { got: "hello\n", fd: 3, pipes: null, relayed: ["relayed to the console"] });
        assert.strictEqual(warnings.length, 1, warnings.join("\n"));
    });
}
