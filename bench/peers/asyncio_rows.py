"""asyncio's rows: python3.13 asyncio_rows.py [--time SECONDS] [--n N] ROW..."""

import argparse
import asyncio
import time


class Watch:
    """Measures the part of a run that counts; it may be started again."""

    elapsed = cpu = 0.0

    def start(self):
        self.cpu_began = time.process_time()
        self.began = time.perf_counter()

    def stop(self):
        self.elapsed += time.perf_counter() - self.began
        self.cpu += time.process_time() - self.cpu_began


async def switches(n):
    done = 0
    for _ in range(n):
        await asyncio.sleep(0)
        done += 1
    return done


def switch_among(tasks):
    async def run(n, w):
        w.start()
        made = [asyncio.create_task(switches(max(1, n // tasks))) for _ in range(tasks)]
        ops = 0
        for t in made:
            ops += await t
        w.stop()
        return ops

    return run


async def ready(i):
    return i | 1


async def once(i):
    await asyncio.sleep(0)
    return i | 1


async def await_ready(n, w):
    w.start()
    ops = 0
    for i in range(n):
        ops += await ready(i) & 1
    w.stop()
    return ops


async def await_once(n, w):
    w.start()
    ops = 0
    for i in range(n):
        ops += await once(i) & 1
    w.stop()
    return ops


async def nested(depth, n):
    if depth > 1:
        return await nested(depth - 1, n)
    return await switches(n)


def resume_nested(depth):
    async def run(n, w):
        w.start()
        ops = await nested(depth, n)
        w.stop()
        return ops

    return run


async def level(i, n):
    if i < 10:
        return await level(i + 1, n) + 1
    for _ in range(n):
        await asyncio.sleep(0)
    return 1


async def chain(n, w):
    w.start()
    ops = 0
    for _ in range(max(1, n // 10)):
        ops += await level(1, 1)
    w.stop()
    return ops


async def resume_known(n, w):
    w.start()
    levels = await level(1, n)
    w.stop()
    return n * levels // 10


async def spawn(n, w):
    w.start()
    ops = 0
    for i in range(n):
        ops += await asyncio.create_task(ready(i)) & 1
    w.stop()
    return ops


async def gather(n, w):
    children = min(n, 10_000)
    w.start()
    ops = 0
    for _ in range(n // children):
        for v in await asyncio.gather(*[once(i) for i in range(children)]):
            ops += v & 1
    w.stop()
    return ops


def through_queue(bound):
    async def produce(q, n):
        for _ in range(n):
            await q.put(1)

    async def run(n, w):
        q = asyncio.Queue(bound)
        w.start()
        producer = asyncio.create_task(produce(q, n))
        ops = 0
        for _ in range(n):
            ops += await q.get()
        w.stop()
        await producer
        return ops

    return run


class Node:
    __slots__ = "value", "left", "right"


def tree(first, end):
    if first == end:
        return None
    node = Node()
    node.value = (first + end) // 2
    node.left = tree(first, node.value)
    node.right = tree(node.value + 1, end)
    return node


async def walk(root):
    path = []
    node = root
    while node or path:
        while node:
            path.append(node)
            node = node.left
        node = path.pop()
        yield node.value
        node = node.right


async def read_stream(n, w):
    size = min(n, 1_000_000)
    root = tree(0, size)
    ops = 0
    w.start()
    for _ in range(n // size):
        expect = 0
        async for v in walk(root):
            if v == expect:
                expect += 1
        ops += expect
    w.stop()
    return ops


async def wake(n, w):
    tasks = min(n, 100_000)
    ops = 0
    for _ in range(n // tasks):
        event, saw = asyncio.Event(), 0

        async def wait():
            nonlocal saw
            await event.wait()
            saw += 1
            if saw == tasks:
                w.stop()

        made = [asyncio.create_task(wait()) for _ in range(tasks)]
        await asyncio.sleep(0)
        w.start()
        event.set()
        for t in made:
            await t
        ops += saw
    return ops


async def sleepers(n, w):
    now = most = 0

    async def sleep():
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.2 + n * 6e-6)
        now -= 1

    made = [asyncio.create_task(sleep()) for _ in range(n)]
    for t in made:
        await t
    return most


async def work(q):
    while True:
        id, lost, reply = await q.get()
        if id < 0:
            return
        await asyncio.sleep(0.001)
        if not lost and not reply.done():
            reply.set_result(id)


async def client(q, first, n):
    loop = asyncio.get_running_loop()
    ops = 0
    for id in range(first, first + n):
        lost, reply = id % 100 == 0, loop.create_future()
        await q.put((id, lost, reply))
        try:
            v = await asyncio.wait_for(reply, 0.02 if lost else 10)
            ops += not lost and v == id
        except TimeoutError:
            ops += lost
    return ops


async def mix(n, w):
    q = asyncio.Queue(100)
    clients = min(n, 1000)
    each = n // clients
    w.start()
    workers = [asyncio.create_task(work(q)) for _ in range(100)]
    ops = sum(await asyncio.gather(*[client(q, i * each, each) for i in range(clients)]))
    for _ in workers:
        await q.put((-1, False, None))
    for t in workers:
        await t
    w.stop()
    return ops


ROWS = {
    "switch-2": switch_among(2),
    "switch-1000": switch_among(1000),
    "await-ready": await_ready,
    "await-once": await_once,
    "depth-1": resume_nested(1),
    "depth-10": resume_nested(10),
    "depth-100": resume_nested(100),
    "known-10": resume_known,
    "chain-10": chain,
    "spawn": spawn,
    "gather": gather,
    "queue-1": through_queue(1),
    "queue-100": through_queue(100),
    "stream": read_stream,
    "event": wake,
    "sleepers": sleepers,
    "mix": mix,
}
LEAST = {"gather": 10_000, "stream": 1_000_000, "event": 100_000, "mix": 20_000}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--time", type=float, default=0.2)
    args.add_argument("--n", type=int, default=0)
    args.add_argument("rows", nargs="*")
    args = args.parse_args()
    for name in args.rows or ROWS:
        n = args.n or (1_000_000 if name == "sleepers" else LEAST.get(name, 1))
        while True:
            w = Watch()
            began = time.perf_counter()
            ops = asyncio.run(ROWS[name](n, w))
            took = time.perf_counter() - began
            if args.n or name == "sleepers" or took >= args.time:
                break
            n = max(n + 1, min(100 * n, int(1.2 * n * args.time / took)))
        print(f"{name} {w.elapsed * 1e9 / ops:.4g}")
        print(f"{name}.cpu {w.cpu * 1e9 / ops:.4g}")
        print(f"{name}.ops {ops}", flush=True)


main()
