// Node's rows: node node_rows.mjs [--time SECONDS] [--n N] ROW...
//
// A task is an async function that was called. Sleep(0) is `await null`, a turn of the microtask
// queue: Node's cheapest way to let another task run.

import { setTimeout as sleepMs } from "node:timers/promises";

// Watch measures the part of a run that counts; it may be started again.
class Watch {
  elapsed = 0;
  cpu = 0;
  start() {
    this.cpuBegan = cpuClock();
    this.began = wallClock();
  }
  stop() {
    this.elapsed += wallClock() - this.began;
    this.cpu += cpuClock() - this.cpuBegan;
  }
}

const wallClock = () => Number(process.hrtime.bigint());
const cpuClock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};

async function switches(n) {
  let done = 0;
  for (let i = 0; i < n; i++) {
    await null;
    done++;
  }
  return done;
}

const switchAmong = (tasks) => async (n, w) => {
  w.start();
  const made = [];
  for (let i = 0; i < tasks; i++) made.push(switches(Math.max(1, Math.floor(n / tasks))));
  let ops = 0;
  for (const t of made) ops += await t;
  w.stop();
  return ops;
};

async function ready(i) {
  return i | 1;
}

async function once(i) {
  await null;
  return i | 1;
}

const awaits = (f) => async (n, w) => {
  w.start();
  let ops = 0;
  for (let i = 0; i < n; i++) ops += (await f(i)) & 1;
  w.stop();
  return ops;
};

async function nested(depth, n) {
  if (depth > 1) return await nested(depth - 1, n);
  return await switches(n);
}

const resumeNested = (depth) => async (n, w) => {
  w.start();
  const ops = await nested(depth, n);
  w.stop();
  return ops;
};

async function level(i, n) {
  if (i < 10) return (await level(i + 1, n)) + 1;
  for (let k = 0; k < n; k++) await null;
  return 1;
}

async function chain(n, w) {
  w.start();
  let ops = 0;
  for (let i = 0; i < Math.max(1, Math.floor(n / 10)); i++) ops += await level(1, 1);
  w.stop();
  return ops;
}

async function resumeKnown(n, w) {
  w.start();
  const levels = await level(1, n);
  w.stop();
  return (n * levels) / 10;
}

async function spawn(n, w) {
  w.start();
  let ops = 0;
  for (let i = 0; i < n; i++) {
    const task = ready(i);
    ops += (await task) & 1;
  }
  w.stop();
  return ops;
}

async function gather(n, w) {
  const children = Math.min(n, 10_000);
  w.start();
  let ops = 0;
  for (let r = 0; r < Math.floor(n / children); r++) {
    const list = [];
    for (let i = 0; i < children; i++) list.push(once(i));
    for (const v of await Promise.all(list)) ops += v & 1;
  }
  w.stop();
  return ops;
}

// Queue is a bounded queue, a ring; who waits is woken in order.
class Queue {
  constructor(bound) {
    this.items = new Array(bound);
    this.first = this.length = 0;
    this.getters = [];
    this.putters = [];
  }
  async put(v) {
    while (this.length === this.items.length) await new Promise((wake) => this.putters.push(wake));
    this.items[(this.first + this.length++) % this.items.length] = v;
    this.getters.shift()?.();
  }
  async get() {
    while (this.length === 0) await new Promise((wake) => this.getters.push(wake));
    const v = this.items[this.first];
    this.first = (this.first + 1) % this.items.length;
    this.length--;
    this.putters.shift()?.();
    return v;
  }
}

const throughQueue = (bound) => async (n, w) => {
  const q = new Queue(bound);
  const produce = async () => {
    for (let i = 0; i < n; i++) await q.put(1);
  };
  w.start();
  const producer = produce();
  let ops = 0;
  for (let i = 0; i < n; i++) ops += await q.get();
  w.stop();
  await producer;
  return ops;
};

function tree(first, end) {
  if (first === end) return null;
  const value = (first + end) >> 1;
  const node = { value, left: null, right: null }; // before its children, as in the other languages
  node.left = tree(first, value);
  node.right = tree(value + 1, end);
  return node;
}

async function* walk(root) {
  const path = [];
  for (let node = root; node !== null || path.length > 0; ) {
    while (node !== null) {
      path.push(node);
      node = node.left;
    }
    node = path.pop();
    yield node.value;
    node = node.right;
  }
}

async function readStream(n, w) {
  const size = Math.min(n, 1_000_000);
  const root = tree(0, size);
  w.start();
  let ops = 0;
  for (let r = 0; r < Math.floor(n / size); r++) {
    let expect = 0;
    for await (const v of walk(root)) if (v === expect) expect++;
    ops += expect;
  }
  w.stop();
  return ops;
}

async function wake(n, w) {
  const tasks = Math.min(n, 100_000);
  let ops = 0;
  for (let r = 0; r < Math.floor(n / tasks); r++) {
    let set;
    const event = new Promise((resolve) => (set = resolve));
    let saw = 0;
    const wait = async () => {
      await event;
      if (++saw === tasks) w.stop();
    };
    const made = [];
    for (let i = 0; i < tasks; i++) made.push(wait());
    await null;
    w.start();
    set();
    for (const t of made) await t;
    ops += saw;
  }
  return ops;
}

async function sleepers(n) {
  let now = 0;
  let most = 0;
  const sleep = async () => {
    most = Math.max(most, ++now);
    await sleepMs(200 + n * 6e-3);
    now--;
  };
  const made = [];
  for (let i = 0; i < n; i++) made.push(sleep());
  for (const t of made) await t;
  return most;
}

async function work(q) {
  for (;;) {
    const r = await q.get();
    if (r.id < 0) return;
    await sleepMs(1);
    if (!r.lost) r.reply(r.id);
  }
}

// within waits for a promise, but not longer than ms.
function within(promise, ms) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("timeout")), ms);
    promise.then((v) => {
      clearTimeout(timer);
      resolve(v);
    });
  });
}

async function client(q, first, n) {
  let ops = 0;
  for (let id = first; id < first + n; id++) {
    const r = { id, lost: id % 100 === 0, reply: null };
    const answer = new Promise((resolve) => (r.reply = resolve));
    await q.put(r);
    try {
      const v = await within(answer, r.lost ? 20 : 10_000);
      if (!r.lost && v === id) ops++;
    } catch {
      if (r.lost) ops++;
    }
  }
  return ops;
}

async function mix(n, w) {
  const q = new Queue(100);
  const clients = Math.min(n, 1000);
  const each = Math.floor(n / clients);
  w.start();
  const workers = [];
  for (let i = 0; i < 100; i++) workers.push(work(q));
  const list = [];
  for (let i = 0; i < clients; i++) list.push(client(q, i * each, each));
  let ops = 0;
  for (const v of await Promise.all(list)) ops += v;
  for (let i = 0; i < 100; i++) await q.put({ id: -1 });
  for (const t of workers) await t;
  w.stop();
  return ops;
}

const rows = {
  "switch-2": switchAmong(2),
  "switch-1000": switchAmong(1000),
  "await-ready": awaits(ready),
  "await-once": awaits(once),
  "depth-1": resumeNested(1),
  "depth-10": resumeNested(10),
  "depth-100": resumeNested(100),
  "known-10": resumeKnown,
  "chain-10": chain,
  spawn,
  gather,
  "queue-1": throughQueue(1),
  "queue-100": throughQueue(100),
  stream: readStream,
  event: wake,
  sleepers,
  mix,
};
const least = { gather: 10_000, stream: 1_000_000, event: 100_000, mix: 20_000 };

let seconds = 0.2;
let fixed = 0;
const names = [];
for (const args = process.argv.slice(2); args.length > 0; ) {
  const arg = args.shift();
  if (arg === "--time") seconds = Number(args.shift());
  else if (arg === "--n") fixed = Number(args.shift());
  else names.push(arg);
}
for (const name of names.length > 0 ? names : Object.keys(rows)) {
  let n = fixed || (name === "sleepers" ? 1_000_000 : least[name] || 1);
  for (;;) {
    const w = new Watch();
    const began = wallClock();
    const ops = await rows[name](n, w);
    const took = (wallClock() - began) / 1e9;
    if (fixed || name === "sleepers" || took >= seconds) {
      console.log(`${name} ${(w.elapsed / ops).toPrecision(4)}`);
      console.log(`${name}.cpu ${(w.cpu / ops).toPrecision(4)}`);
      console.log(`${name}.ops ${ops}`);
      break;
    }
    n = Math.max(n + 1, Math.min(100 * n, Math.floor((1.2 * n * seconds) / took)));
  }
}
