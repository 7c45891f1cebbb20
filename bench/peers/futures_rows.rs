// Rust's rows: futures and a small executor for one thread, without crates.
//
//	rustc -O --edition 2024 futures_rows.rs -o rows && ./rows [--time SECONDS] [--n N] ROW...
//
// Rust has no async generators, so that the row stream is missing.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::cmp::{Ordering, max, min};
use std::collections::{BinaryHeap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

// --- the executor: a ready queue that is run in turns, and a heap of timers ---

struct Loop {
    ready: UnsafeCell<Vec<TaskRef>>,
    timers: RefCell<BinaryHeap<Timer>>,
    current: UnsafeCell<Option<TaskRef>>,
}

static LOOP: AtomicPtr<Loop> = AtomicPtr::new(std::ptr::null_mut());

// the_loop is made once, by main.
fn the_loop() -> &'static Loop {
    unsafe { &*LOOP.load(Relaxed) }
}

// current is the task that is polled: leaves keep it instead of a Waker. It is given away, once in each
// poll, which saves counting the references.
fn current() -> TaskRef {
    unsafe { (*the_loop().current.get()).take().unwrap() }
}

type TaskRef = Rc<dyn Run>;

trait Run {
    fn poll(&self);
    // wakes counts: a wait with a timeout ends once.
    fn wakes(&self) -> &Cell<u32>;
}

fn wake(task: TaskRef) {
    task.wakes().set(task.wakes().get() + 1);
    // Nobody else looks at the queue meanwhile.
    unsafe { (*the_loop().ready.get()).push(task) };
}

struct Timer {
    when: Instant,
    wakes: u32,
    task: TaskRef,
}

impl Timer {
    fn stale(&self) -> bool {
        self.task.wakes().get() != self.wakes
    }
}
impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.when == other.when
    }
}
impl Eq for Timer {}
impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        other.when.cmp(&self.when) // the earliest is on top
    }
}

impl Loop {
    fn run(&self) {
        let mut batch: Vec<TaskRef> = Vec::new();
        loop {
            self.wake_sleepers();
            let ready = unsafe { &mut *self.ready.get() };
            if ready.is_empty() {
                let Some(when) = self.timers.borrow().peek().map(|t| t.when) else { return };
                std::thread::sleep(when.saturating_duration_since(Instant::now()));
                continue;
            }
            std::mem::swap(&mut batch, ready);
            for task in batch.drain(..) {
                let polled = Rc::as_ptr(&task);
                // Who takes it from the slot keeps it alive. If nobody does, the task has ended.
                unsafe { *self.current.get() = Some(task) };
                unsafe { (*polled).poll() };
            }
            unsafe { *self.current.get() = None };
        }
    }

    fn wake_sleepers(&self) {
        let mut timers = self.timers.borrow_mut();
        if timers.is_empty() {
            return;
        }
        let now = Instant::now();
        while let Some(t) = timers.peek() {
            let stale = t.stale();
            if !stale && t.when > now {
                return;
            }
            let t = timers.pop().unwrap();
            if !stale {
                wake(t.task);
            }
        }
    }
}

// Task is a future with room for what it gives, in one allocation.
struct Task<F: Future> {
    wakes: Cell<u32>,
    waiter: Cell<Option<TaskRef>>,
    state: UnsafeCell<State<F>>,
}

enum State<F: Future> {
    Running(F),
    Done(Option<F::Output>),
}

impl<F: Future + 'static> Run for Task<F> {
    fn wakes(&self) -> &Cell<u32> {
        &self.wakes
    }
    fn poll(&self) {
        let state = unsafe { &mut *self.state.get() };
        let State::Running(f) = state else { return };
        let mut cx = Context::from_waker(Waker::noop());
        // A task is never moved out of its Rc.
        if let Poll::Ready(v) = unsafe { Pin::new_unchecked(f) }.poll(&mut cx) {
            *state = State::Done(Some(v));
            if let Some(waiter) = self.waiter.take() {
                wake(waiter);
            }
        }
    }
}

struct Handle<F: Future>(Rc<Task<F>>);

fn spawn<F: Future + 'static>(f: F) -> Handle<F> {
    let task = Rc::new(Task {
        wakes: Cell::new(0),
        waiter: Cell::new(None),
        state: UnsafeCell::new(State::Running(f)),
    });
    wake(task.clone());
    Handle(task)
}

impl<F: Future> Handle<F> {
    fn take(&self) -> Option<F::Output> {
        match unsafe { &mut *self.0.state.get() } {
            State::Done(v) => v.take(),
            State::Running(_) => None,
        }
    }
}

impl<F: Future> Future for Handle<F> {
    type Output = F::Output;
    fn poll(self: Pin<&mut Self>, _: &mut Context) -> Poll<F::Output> {
        if let Some(v) = self.take() {
            return Poll::Ready(v);
        }
        self.0.waiter.set(Some(current()));
        Poll::Pending
    }
}

// Pause is pending once: whoever polls it first has arranged for a wake.
struct Pause(bool);

impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

// Yield is a sleep(0).
struct Yield(bool);

impl Future for Yield {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        wake(current());
        Poll::Pending
    }
}

fn yield_now() -> Yield {
    Yield(false)
}

// wake_at wakes the task then, unless somebody else does before.
fn wake_at(task: TaskRef, when: Instant) {
    let wakes = task.wakes().get();
    the_loop().timers.borrow_mut().push(Timer { when, wakes, task });
}

async fn sleep(d: Duration) {
    wake_at(current(), Instant::now() + d);
    Pause(false).await
}

// --- what tasks wait for ---

#[derive(Default)]
struct Event {
    set: Cell<bool>,
    waiters: RefCell<Vec<TaskRef>>,
}

impl Event {
    fn set(&self) {
        self.set.set(true);
        self.waiters.borrow_mut().drain(..).for_each(wake);
    }
    async fn wait(&self) {
        if !self.set.get() {
            self.waiters.borrow_mut().push(current());
            Pause(false).await
        }
    }
}

struct Queue<T> {
    bound: usize,
    items: RefCell<VecDeque<T>>,
    getters: RefCell<VecDeque<TaskRef>>,
    putters: RefCell<VecDeque<TaskRef>>,
}

impl<T> Queue<T> {
    fn new(bound: usize) -> Rc<Self> {
        Rc::new(Queue {
            bound,
            items: RefCell::new(VecDeque::with_capacity(bound)),
            getters: Default::default(),
            putters: Default::default(),
        })
    }
    async fn put(&self, v: T) {
        while self.items.borrow().len() == self.bound {
            self.putters.borrow_mut().push_back(current());
            Pause(false).await
        }
        self.items.borrow_mut().push_back(v);
        if let Some(t) = self.getters.borrow_mut().pop_front() {
            wake(t)
        }
    }
    async fn get(&self) -> T {
        loop {
            if let Some(v) = self.items.borrow_mut().pop_front() {
                if let Some(t) = self.putters.borrow_mut().pop_front() {
                    wake(t)
                }
                return v;
            }
            self.getters.borrow_mut().push_back(current());
            Pause(false).await
        }
    }
}

// Reply is awaited by one task, and not for ever.
#[derive(Default)]
struct Reply {
    value: Cell<Option<i64>>,
    waiter: RefCell<Option<TaskRef>>,
}

impl Reply {
    fn set(&self, v: i64) {
        self.value.set(Some(v));
        if let Some(t) = self.waiter.borrow_mut().take() {
            wake(t)
        }
    }
    async fn wait_for(&self, d: Duration) -> Option<i64> {
        if self.value.get().is_none() {
            let task = current();
            *self.waiter.borrow_mut() = Some(task.clone());
            wake_at(task, Instant::now() + d);
            Pause(false).await;
            *self.waiter.borrow_mut() = None;
        }
        self.value.get()
    }
}

// --- the rows ---

// Watch measures the part of a run that counts; it may be started again.
#[derive(Default)]
struct Watch {
    began: Cell<f64>,
    elapsed: Cell<f64>,
    cpu_began: Cell<f64>,
    cpu: Cell<f64>,
}

#[repr(C)]
struct Timespec {
    sec: i64,
    nsec: i64,
}
unsafe extern "C" {
    fn clock_gettime(clock: i32, t: *mut Timespec) -> i32;
}

const MONOTONIC: i32 = if cfg!(target_os = "macos") { 6 } else { 1 };
const CPU: i32 = if cfg!(target_os = "macos") { 12 } else { 2 };

fn now(clock: i32) -> f64 {
    let mut t = Timespec { sec: 0, nsec: 0 };
    unsafe { clock_gettime(clock, &mut t) };
    t.sec as f64 * 1e9 + t.nsec as f64
}

impl Watch {
    fn start(&self) {
        self.cpu_began.set(now(CPU));
        self.began.set(now(MONOTONIC));
    }
    fn stop(&self) {
        self.elapsed.set(self.elapsed.get() + now(MONOTONIC) - self.began.get());
        self.cpu.set(self.cpu.get() + now(CPU) - self.cpu_began.get());
    }
}

async fn switches(n: i64) -> i64 {
    let mut done = 0;
    for _ in 0..n {
        yield_now().await;
        done += 1;
    }
    done
}

async fn switch_among(tasks: i64, n: i64, w: Rc<Watch>) -> i64 {
    w.start();
    let list: Vec<_> = (0..tasks).map(|_| spawn(switches(max(1, n / tasks)))).collect();
    let mut ops = 0;
    for t in list {
        ops += t.await;
    }
    w.stop();
    ops
}

// What black_box passes is unknown to the optimizer: the loops are not computed beforehand.
use std::hint::black_box;

async fn ready(i: i64) -> i64 {
    black_box(i) | 1
}

async fn once(i: i64) -> i64 {
    yield_now().await;
    i | 1
}

async fn await_ready(n: i64, w: Rc<Watch>) -> i64 {
    w.start();
    let mut ops = 0;
    for i in 0..n {
        ops += ready(i).await & 1;
    }
    w.stop();
    ops
}

async fn await_once(n: i64, w: Rc<Watch>) -> i64 {
    w.start();
    let mut ops = 0;
    for i in 0..n {
        ops += once(i).await & 1;
    }
    w.stop();
    ops
}

async fn nested(depth: i64, n: i64) -> i64 {
    if depth > 1 {
        return Box::pin(nested(depth - 1, n)).await;
    }
    switches(n).await
}

async fn resume_nested(depth: i64, n: i64, w: Rc<Watch>) -> i64 {
    w.start();
    let ops = nested(depth, n).await;
    w.stop();
    ops
}

macro_rules! levels {
    ($($name:ident $callee:ident),*) => {
        $(async fn $name(n: i64) -> i64 { $callee(n).await + 1 })*
    };
}
levels!(level1 level2, level2 level3, level3 level4, level4 level5, level5 level6,
    level6 level7, level7 level8, level8 level9, level9 level10);

async fn level10(n: i64) -> i64 {
    for _ in 0..n {
        yield_now().await;
    }
    1
}

async fn chain(n: i64, w: Rc<Watch>) -> i64 {
    w.start();
    let mut ops = 0;
    for _ in 0..max(1, n / 10) {
        ops += level1(1).await;
    }
    w.stop();
    ops
}

async fn resume_known(n: i64, w: Rc<Watch>) -> i64 {
    w.start();
    let levels = level1(n).await;
    w.stop();
    n * levels / 10
}

async fn spawn_one(n: i64, w: Rc<Watch>) -> i64 {
    w.start();
    let mut ops = 0;
    for i in 0..n {
        ops += spawn(ready(i)).await & 1;
    }
    w.stop();
    ops
}

async fn gather(n: i64, w: Rc<Watch>) -> i64 {
    let children = min(n, 10_000);
    w.start();
    let mut ops = 0;
    for _ in 0..n / children {
        let list: Vec<_> = (0..children).map(|i| spawn(once(i))).collect();
        for t in list {
            ops += t.await & 1;
        }
    }
    w.stop();
    ops
}

async fn through_queue(bound: usize, n: i64, w: Rc<Watch>) -> i64 {
    let q = Queue::new(bound);
    let out = q.clone();
    w.start();
    let producer = spawn(async move {
        for _ in 0..n {
            out.put(1).await
        }
    });
    let mut ops = 0;
    for _ in 0..n {
        ops += q.get().await;
    }
    w.stop();
    producer.await;
    ops
}

async fn wake_all(n: i64, w: Rc<Watch>) -> i64 {
    let tasks = min(n, 100_000);
    let mut ops = 0;
    for _ in 0..n / tasks {
        let event = Rc::new(Event::default());
        let saw = Rc::new(Cell::new(0));
        let list: Vec<_> = (0..tasks)
            .map(|_| {
                let (event, saw, w) = (event.clone(), saw.clone(), w.clone());
                spawn(async move {
                    event.wait().await;
                    saw.set(saw.get() + 1);
                    if saw.get() == tasks {
                        w.stop();
                    }
                })
            })
            .collect();
        yield_now().await;
        w.start();
        event.set();
        for t in list {
            t.await;
        }
        ops += saw.get();
    }
    ops
}

async fn sleepers(n: i64, _: Rc<Watch>) -> i64 {
    let d = Duration::from_micros(200_000 + 6 * n as u64);
    let count = Rc::new((Cell::new(0), Cell::new(0)));
    let list: Vec<_> = (0..n)
        .map(|_| {
            let count = count.clone();
            spawn(async move {
                let (now, most) = &*count;
                now.set(now.get() + 1);
                most.set(max(most.get(), now.get()));
                sleep(d).await;
                now.set(now.get() - 1);
            })
        })
        .collect();
    for t in list {
        t.await;
    }
    count.1.get()
}

#[derive(Clone)]
struct Request {
    id: i64,
    lost: bool,
    reply: Option<Rc<Reply>>,
}

async fn work(q: Rc<Queue<Request>>) {
    loop {
        let r = q.get().await;
        let Some(reply) = r.reply else { return };
        sleep(Duration::from_millis(1)).await;
        if !r.lost {
            reply.set(r.id);
        }
    }
}

async fn client(q: Rc<Queue<Request>>, first: i64, n: i64) -> i64 {
    let mut ops = 0;
    for id in first..first + n {
        let (lost, reply) = (id % 100 == 0, Rc::new(Reply::default()));
        q.put(Request { id, lost, reply: Some(reply.clone()) }).await;
        let patience = Duration::from_millis(if lost { 20 } else { 10_000 });
        let answer = reply.wait_for(patience).await;
        if lost && answer.is_none() || !lost && answer == Some(id) {
            ops += 1;
        }
    }
    ops
}

async fn mix(n: i64, w: Rc<Watch>) -> i64 {
    let q = Queue::new(100);
    let clients = min(n, 1000);
    let each = n / clients;
    w.start();
    let workers: Vec<_> = (0..100).map(|_| spawn(work(q.clone()))).collect();
    let list: Vec<_> = (0..clients).map(|i| spawn(client(q.clone(), i * each, each))).collect();
    let mut ops = 0;
    for t in list {
        ops += t.await;
    }
    for _ in 0..100 {
        q.put(Request { id: -1, lost: false, reply: None }).await;
    }
    for t in workers {
        t.await;
    }
    w.stop();
    ops
}

// run runs a future as the first task.
fn run<F: Future<Output = i64> + 'static>(f: F) -> i64 {
    let task = spawn(f);
    the_loop().run();
    task.take().expect("the first task waits for ever")
}

const ROWS: &[(&str, i64, fn(i64, Rc<Watch>) -> i64)] = &[
    ("switch-2", 1, |n, w| run(switch_among(2, n, w))),
    ("switch-1000", 1, |n, w| run(switch_among(1000, n, w))),
    ("await-ready", 1, |n, w| run(await_ready(n, w))),
    ("await-once", 1, |n, w| run(await_once(n, w))),
    ("depth-1", 1, |n, w| run(resume_nested(1, n, w))),
    ("depth-10", 1, |n, w| run(resume_nested(10, n, w))),
    ("depth-100", 1, |n, w| run(resume_nested(100, n, w))),
    ("known-10", 1, |n, w| run(resume_known(n, w))),
    ("chain-10", 1, |n, w| run(chain(n, w))),
    ("spawn", 1, |n, w| run(spawn_one(n, w))),
    ("gather", 10_000, |n, w| run(gather(n, w))),
    ("queue-1", 1, |n, w| run(through_queue(1, n, w))),
    ("queue-100", 1, |n, w| run(through_queue(100, n, w))),
    ("event", 100_000, |n, w| run(wake_all(n, w))),
    ("sleepers", 1_000_000, |n, w| run(sleepers(n, w))),
    ("mix", 20_000, |n, w| run(mix(n, w))),
];

fn main() {
    LOOP.store(
        Box::leak(Box::new(Loop {
            ready: UnsafeCell::default(),
            timers: RefCell::default(),
            current: UnsafeCell::new(None),
        })),
        Relaxed,
    );
    let (mut seconds, mut fixed, mut names) = (0.2, 0, Vec::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--time" => seconds = args.next().unwrap().parse().unwrap(),
            "--n" => fixed = args.next().unwrap().parse().unwrap(),
            _ => names.push(arg),
        }
    }
    for (name, least, f) in ROWS {
        if !names.is_empty() && !names.iter().any(|n| n == name) {
            continue;
        }
        let mut n = if fixed != 0 { fixed } else { *least };
        loop {
            let w = Rc::new(Watch::default());
            let began = Instant::now();
            let ops = f(n, w.clone());
            let took = began.elapsed().as_secs_f64();
            if fixed != 0 || *name == "sleepers" || took >= seconds {
                let (each, cpu) = (w.elapsed.get() / ops as f64, w.cpu.get() / ops as f64);
                println!("{name} {each:.3}\n{name}.cpu {cpu:.3}\n{name}.ops {ops}");
                break;
            }
            n = max(n + 1, min(100 * n, (1.2 * n as f64 * seconds / took) as i64));
        }
    }
}
