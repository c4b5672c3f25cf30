"use strict";

// Node runs this file before the jsii kernel, because NODE_OPTIONS says so. It makes two things lazy that the
// kernel does eagerly when it loads a package, and leaves out what it does for nothing:
//
//   1. The type description (.jsii). The kernel parses all of it, 120 MB for the AWS provider, and then only looks
//      types up by name. Here each type is a span of one file, the sidecar, parsed when it is first asked for.
//   2. The package's main file, which requires every module of the package. Where the package has a lazy-index.js
//      beside it, which `cdktf get` generates, that is loaded in its place: the same exports, required when read.
//   3. The kernel has a parent, a second node process that copies each request and each answer from one pipe to
//      another. Here the kernel has the pipes itself; its parent is left with what is written to the console.
//   4. CDKTF notes the kernel's stack for every token (forgetCreationStacks).
//
// Whatever is not as expected goes the stock way, with one line on stderr. docs/decisions/fast-kernel.md says more.

const crypto = require("crypto");
const fs = require("fs");
const Module = require("module");
const path = require("path");
const v8 = require("v8");

// The layout of the sidecar. A different layout must have a different number.
const FORMAT = 1;

// This file is kept in the cache folder; what it writes goes beside it.
const CACHE = __dirname;

// Descriptions below this size are parsed in a few milliseconds: no file is worth it.
const WORTHWHILE_BYTES = 2 * 1024 * 1024;

const DAY_MS = 24 * 60 * 60 * 1000;

// What is replaced in the kernel's own source, which node compiles with these changes. Each must be found exactly
// once; a future kernel that has it otherwise stays stock.
const LOAD = Symbol.for("hubspoke.fastkernel.load");
const STOCK_DESCRIPTION = "ne.loadAssemblyFromPath(e,g,_)";
const DESCRIPTION = [
    // The kernel has an index of types of its own, which it would make in a thread beside its work; ours is smaller,
    // and made once.
    ["N=y&&!g;if(N){", "N=!1;if(N){"],
    [
        `const B=${STOCK_DESCRIPTION};`,
        `const B=globalThis[Symbol.for("${Symbol.keyFor(LOAD)}")](e,g,()=>${STOCK_DESCRIPTION});`,
    ],
];
const PARENT_PIPES = [
    [`{stdio:["ignore","pipe","pipe","pipe"]}`, `{stdio:["ignore","pipe","pipe","pipe",0,1]}`],
    // Nothing comes through the parent's own pipe any more, but it waits for the end of it.
    ["process.stdin.pipe(i),i.pipe(process.stdout)", "i.resume()"],
];
const KERNEL_PIPES = [["readFD:3,writeFD:3", "readFD:4,writeFD:5"]];

// By this environment variable the parent tells the kernel that it has both pipes ("direct"), or that it does not
// have them and the line on stderr is written ("stock").
const PIPES = "HUBSPOKE_KERNEL_PIPES";

let warned = false;

// attempt returns what f returns, or undefined if it throws: the caller then goes the stock way.
function attempt(f) {
    try {
        return f();
    } catch (error) {
        if (!warned) {
            warned = true;
            console.error(`fast kernel: ${error.message}; going on without (HUBSPOKE_STOCK_KERNEL=1 switches it off)`);
        }
        return undefined;
    }
}

// install puts itself in front of the loader of .js files, as ts-node and others do.
function install() {
    globalThis[LOAD] = load;
    const stockLoader = Module._extensions[".js"];
    Module._extensions[".js"] = function (module, filename) {
        const edit = editorOf(filename);
        if (edit) {
            const compile = module._compile;
            module._compile = function (source, ...rest) {
                return compile.call(this, edit(source), ...rest);
            };
        }
        const index = lazyIndexes.has(filename) ? attempt(() => lazyIndex(module, filename)) : undefined;
        if (index) {
            module.exports = index;
        } else {
            stockLoader(module, filename);
        }
    };
}

// editorOf is what edits the source of a file: the kernel's, or that of its parent.
function editorOf(filename) {
    const folder = path.dirname(path.dirname(filename));
    const parent = path.join(folder, "bin", "jsii-runtime.js");
    const kernel = path.join(folder, "lib", "program.js");
    if (filename === parent && fs.existsSync(kernel)) {
        return (source) => parentSource(source, kernel);
    }
    if (filename === kernel && fs.existsSync(parent)) {
        return kernelSource;
    }
    return undefined;
}

// parentSource hands the pipes on, if the kernel's source is one that can take them.
function parentSource(source, kernel) {
    delete process.env[PIPES];
    if (process.platform === "win32") {
        return source; // There only the first three files are inherited in the way that this needs.
    }
    const direct = attempt(() => {
        edited(fs.readFileSync(kernel, "utf8"), KERNEL_PIPES);
        return edited(source, PARENT_PIPES);
    });
    process.env[PIPES] = direct ? "direct" : "stock";
    return direct ?? source;
}

function kernelSource(source) {
    const pipes = process.env[PIPES];
    delete process.env[PIPES];
    warned ||= pipes === "stock";
    if (pipes === "direct") {
        source = edited(source, KERNEL_PIPES);
    }
    forgetCreationStacks();
    // Of the machine's memory, V8 would let garbage take up to three times what is in use. With this it takes a
    // quarter, at no cost in time that could be measured.
    v8.setFlagsFromString("--heap-growing-percent=25");
    return attempt(() => edited(source, DESCRIPTION)) ?? source;
}

function edited(source, edits) {
    for (const [from, to] of edits) {
        const parts = source.split(from);
        if (parts.length !== 2) {
            throw new Error("this version of the jsii kernel is not one that it knows");
        }
        source = parts.join(to);
    }
    return source;
}

// forgetCreationStacks leaves out what CDKTF notes with each token: the whole JavaScript stack of its creation, as
// text, for the message of an error that may come up later. Made from Go, that stack is the kernel's own in every
// case, and kept for every token it is a third of the memory and an eighth of the time of a large estate. Only CDKTF
// asks for stacks without a limit, on objects that are no errors; errors keep theirs.
function forgetCreationStacks() {
    const capture = Error.captureStackTrace;
    Error.captureStackTrace = function captureStackTrace(object, below) {
        if (Error.stackTraceLimit === Number.MAX_SAFE_INTEGER && !(object instanceof Error)) {
            object.stack = "";
        } else {
            capture(object, below ?? captureStackTrace);
        }
    };
}

// load answers the kernel's question for the description of the package in packageDir. The kernel's own way to it,
// stock, is what every error comes back to; an error of its own is the kernel's to report.
function load(packageDir, validate, stock) {
    if (validate) {
        return stock(); // JSII_VALIDATE_ASSEMBLIES asks to have all of it read.
    }
    const file = attempt(() => sidecarOf(packageDir));
    const sidecar = file && attempt(() => openSidecar(file, stock));
    if (sidecar) {
        attempt(() => preferLazyIndex(packageDir, sidecar.exported));
        return sidecar.description;
    }
    const description = stock();
    const exported = attempt(() => exportsOf(description)) ?? [];
    if (file) {
        attempt(() => writeSidecar(file, description, exported));
    }
    attempt(() => preferLazyIndex(packageDir, exported));
    return description;
}

// ---------------------------------------------------------------------------------------------------------------
// Which sidecar belongs to a description

// sidecarOf is the sidecar of a package's description, there or not yet; undefined if it is not worth one. It is
// named by the hash of the description's content, so that it can never be another's or outdated.
//
// Hashing 120 MB in each run would take as long as all the rest. So the hash is noted under the identity of the
// file: its real path, device, inode, size, and the times of its last change. Nobody can change a file's content and
// set its ctime back: an identity that is known has the content that was hashed. jsii keeps packages extracted, in a
// folder that it links to; where it extracts anew in each run, that identity never comes back and is not noted.
function sidecarOf(packageDir) {
    // Large descriptions may be compressed, with a plain .jsii that refers to .jsii.gz. Both are hashed.
    const files = [".jsii", ".jsii.gz"].map((name) => path.join(packageDir, name)).filter((file) => fs.existsSync(file));
    const stats = files.map((file) => fs.statSync(file, { bigint: true }));
    if (stats.reduce((sum, stat) => sum + stat.size, 0n) < WORTHWHILE_BYTES) {
        return undefined;
    }
    const identity = stats.map((stat, i) =>
        [fs.realpathSync(files[i]), stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join("\0"));
    const note = path.join(CACHE, `${sha256(identity.join("\0"))}.hash`);
    let hash = readNote(note);
    if (!hash) {
        hash = hashOf(files);
        if (fs.lstatSync(packageDir).isSymbolicLink()) {
            attempt(() => writeWhole(note, (fd) => fs.writeSync(fd, `${hash}\n`)));
        }
    }
    return path.join(CACHE, `${hash}.types${FORMAT}`);
}

function sha256(data) {
    return crypto.createHash("sha256").update(data).digest("hex");
}

// readNote is the hash that a note holds, or undefined if there is none in it: then the files are hashed again.
function readNote(note) {
    let text;
    try {
        text = fs.readFileSync(note, "utf8");
    } catch {
        return undefined;
    }
    touch(note);
    return /^[0-9a-f]{64}\n$/.test(text) ? text.trim() : undefined;
}

function hashOf(files) {
    const hash = crypto.createHash("sha256");
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (const file of files) {
        const fd = fs.openSync(file, "r");
        try {
            for (let n; (n = fs.readSync(fd, buffer)) > 0; ) {
                hash.update(buffer.subarray(0, n));
            }
        } finally {
            fs.closeSync(fd);
        }
        hash.update("\0");
    }
    return hash.digest("hex");
}

// ---------------------------------------------------------------------------------------------------------------
// The sidecar: the JSON of every value of the description, one after the other; then a table of contents, also
// JSON; then a trailer of fixed size, by which a file that was cut off or is not ours is told.

const TRAILER = /^\nhubspoke types of a jsii package +(\d+) ([0-9a-f]{64})\n$/;
const TRAILER_BYTES = 120;

function trailer(contents) {
    const start = "\nhubspoke types of a jsii package ";
    const end = ` ${sha256(contents)}\n`;
    return start + String(contents.length).padStart(TRAILER_BYTES - start.length - end.length) + end;
}

// A Span is a value that has not been parsed yet: where its JSON is.
class Span {
    constructor(offset, length) {
        this.offset = offset;
        this.length = length;
    }
}

// openSidecar gives the description whose parts are parsed when they are first read, and the names that the
// package must export; undefined if there is no such sidecar, an error if it is damaged.
function openSidecar(file, stock) {
    let fd;
    try {
        fd = fs.openSync(file, "r");
    } catch (error) {
        if (error.code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
    try {
        const contents = readContents(fd, file);
        touch(file);
        return { exported: contents.exported, description: describe(fd, contents, stock) };
    } catch (error) {
        fs.closeSync(fd);
        throw error;
    }
}

function readContents(fd, file) {
    const size = fs.fstatSync(fd).size;
    const match = TRAILER.exec(readSpan(fd, size - TRAILER_BYTES, TRAILER_BYTES));
    if (!match) {
        throw new Error(`${file} is not complete`);
    }
    const length = Number(match[1]);
    const offset = size - TRAILER_BYTES - length;
    const text = readSpan(fd, offset, length);
    const contents = JSON.parse(sha256(text) === match[2] ? text : "{}");
    const end = [contents.values, contents.types].reduce(
        (sum, lengths) => Object.values(lengths ?? {}).reduce((total, n) => total + n, sum), 0);
    if (end !== offset) {
        throw new Error(`${file} is damaged`);
    }
    return contents;
}

function readSpan(fd, offset, length) {
    const buffer = Buffer.allocUnsafe(Math.max(0, length));
    for (let n = 0, read; n < buffer.length; n += read) {
        read = fs.readSync(fd, buffer, n, buffer.length - n, offset + n);
        if (read === 0) {
            throw new Error("a type description in the cache ends too early");
        }
    }
    return buffer.toString("utf8");
}

// describe is the description, its own values and its types as spans. One that turns out to be unreadable after all
// makes the whole description be read the stock way, and is taken from there.
function describe(fd, contents, stock) {
    let whole;
    const read = (span, fromWhole, valid) => attempt(() => {
        const value = JSON.parse(readSpan(fd, span.offset, span.length));
        if (!valid(value)) {
            throw new Error("the type descriptions in the cache are damaged");
        }
        return value;
    }) ?? fromWhole(whole ??= stock());

    let offset = 0;
    const spans = (lengths) => {
        const entries = {};
        for (const name of Object.keys(lengths)) {
            entries[name] = new Span(offset, lengths[name]);
            offset += lengths[name];
        }
        return entries;
    };
    const values = spans(contents.values);
    const types = spans(contents.types);
    values.types = onDemand(types, (span, fqn) =>
        read(span, (description) => description.types[fqn], (type) => type.fqn === fqn));
    return onDemand(values, (span, name) => read(span, (description) => description[name], () => true));
}

// onDemand is an object like `entries`, whose spans are replaced by their values when they are read. Keys need no
// reading: the kernel counts them, and there are 23,000 types.
function onDemand(entries, read) {
    return new Proxy(entries, {
        get(target, name, receiver) {
            const value = Reflect.get(target, name, receiver);
            return value instanceof Span ? (target[name] = read(value, name)) : value;
        },
    });
}

function writeSidecar(file, description, exported) {
    writeWhole(file, (fd) => {
        const out = new Writer(fd);
        const { types = {}, ...values } = description;
        const contents = { exported, values: out.lengths(values), types: out.lengths(types) };
        const text = Buffer.from(JSON.stringify(contents));
        out.write(text);
        out.write(Buffer.from(trailer(text)));
        out.flush();
    });
    prune();
}

// A Writer gathers what is written: a system call for each of 23,000 types would cost more than their JSON.
class Writer {
    constructor(fd) {
        this.fd = fd;
        this.pending = [];
        this.bytes = 0;
    }
    // lengths writes the JSON of the values of an object, in order, and returns the bytes that each took.
    lengths(object) {
        const lengths = {};
        for (const name of Object.keys(object)) {
            const json = Buffer.from(JSON.stringify(object[name]));
            lengths[name] = json.length;
            this.write(json);
        }
        return lengths;
    }
    write(data) {
        this.pending.push(data);
        this.bytes += data.length;
        if (this.bytes > 1024 * 1024) {
            this.flush();
        }
    }
    flush() {
        const data = Buffer.concat(this.pending);
        for (let n = 0; n < data.length; ) {
            n += fs.writeSync(this.fd, data, n);
        }
        this.pending = [];
        this.bytes = 0;
    }
}

// ---------------------------------------------------------------------------------------------------------------
// Files of the cache

// writeWhole lets a file appear with all of its content or not at all, also when two processes write it at once.
function writeWhole(file, write) {
    const temporary = `${file}.${process.pid}-${crypto.randomBytes(4).toString("hex")}.tmp`;
    try {
        const fd = fs.openSync(temporary, "wx", 0o600);
        try {
            write(fd);
        } finally {
            fs.closeSync(fd);
        }
        fs.renameSync(temporary, file);
    } catch (error) {
        fs.rmSync(temporary, { force: true });
        throw error;
    }
}

// touch keeps a file in use from being pruned. In a cache that cannot be written nothing is pruned either.
function touch(file) {
    try {
        const now = Date.now();
        if (now - fs.statSync(file).mtimeMs > DAY_MS) {
            fs.utimesSync(file, now / 1000, now / 1000);
        }
    } catch {}
}

// prune removes what was not used for thirty days, as jsii does with its packages: sidecars of providers that were
// upgraded, notes of packages that jsii has removed, and what a killed process left.
function prune() {
    for (const name of fs.readdirSync(CACHE)) {
        if (/\.(types\d+|hash|tmp)$/.test(name)) {
            const file = path.join(CACHE, name);
            try {
                if (Date.now() - fs.statSync(file).mtimeMs > 30 * DAY_MS) {
                    fs.rmSync(file, { force: true });
                }
            } catch {} // Another process was faster.
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------
// The lazy index

// The main files that a lazy index can stand for, each with the names that it must export.
const lazyIndexes = new Map();

function preferLazyIndex(packageDir, exported) {
    // Where a package's "exports" name another main file than this, that is loaded, and this entry is never used.
    const main = require.resolve(path.resolve(packageDir));
    const lazy = path.join(path.dirname(main), "lazy-index.js");
    if (exported.length > 0 && main !== lazy && fs.existsSync(lazy)) {
        lazyIndexes.set(main, { lazy, exported });
    }
}

// exportsOf is what a package must export for the kernel to find all its classes and enums: the first part of
// each one's name after the package's. Interfaces do not exist in JavaScript.
function exportsOf(description) {
    const names = new Set();
    for (const [fqn, type] of Object.entries(description.types ?? {})) {
        if (type.kind !== "interface") {
            names.add(fqn.slice(description.name.length + 1).split(".", 1)[0]);
        }
    }
    return [...names].sort();
}

function lazyIndex(module, main) {
    const { lazy, exported } = lazyIndexes.get(main);
    const index = module.require(lazy);
    const missing = exported.find((name) => !Object.hasOwn(index, name));
    if (missing !== undefined) {
        throw new Error(`${lazy} does not export ${missing}`);
    }
    return index;
}

if (process.env.HUBSPOKE_STOCK_KERNEL !== "1") {
    install();
}
