// C++20's rows: coroutines and a small scheduler.
//
//	g++ -O2 -std=c++20 coroutines_rows.cpp -o rows && ./rows [--time SECONDS] [--n N] ROW...

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using handle = std::coroutine_handle<>;
using steady = std::chrono::steady_clock;

// --- the scheduler: a ready queue that is run in turns, and a heap of timers ---

struct timer {
	steady::time_point when;
	handle waiter;
	size_t index = 0;  // in the heap, so that it can be taken out
	bool fired = false;
};

struct scheduler {
	std::vector<handle> ready, batch;
	std::vector<timer *> heap;

	void wake(handle h) { ready.push_back(h); }

	void place(size_t i, timer *t) {
		heap[i] = t;
		t->index = i;
	}
	void up(size_t i) {
		timer *t = heap[i];
		for (; i > 0 && t->when < heap[(i - 1) / 2]->when; i = (i - 1) / 2) place(i, heap[(i - 1) / 2]);
		place(i, t);
	}
	void down(size_t i) {
		timer *t = heap[i];
		for (size_t c; (c = 2 * i + 1) < heap.size(); i = c) {
			if (c + 1 < heap.size() && heap[c + 1]->when < heap[c]->when) c++;
			if (!(heap[c]->when < t->when)) break;
			place(i, heap[c]);
		}
		place(i, t);
	}
	void add(timer *t) {
		heap.push_back(t);
		up(heap.size() - 1);
	}
	void remove(timer *t) {
		size_t i = t->index;
		timer *last = heap.back();
		heap.pop_back();
		if (last == t) return;
		place(i, last);
		up(i);
		down(last->index);
	}

	void run() {
		while (!ready.empty() || !heap.empty()) {
			if (ready.empty()) std::this_thread::sleep_until(heap[0]->when);
			if (!heap.empty()) {
				auto now = steady::now();
				while (!heap.empty() && heap[0]->when <= now) {
					timer *t = heap[0];
					remove(t);
					t->fired = true;
					wake(t->waiter);
				}
			}
			batch.swap(ready);
			for (handle h : batch) h.resume();
			batch.clear();
		}
	}
};

scheduler loop;

// yield is a Sleep(0).
struct yield {
	bool await_ready() { return false; }
	void await_suspend(handle h) { loop.wake(h); }
	void await_resume() {}
};

struct nap {
	timer t;
	explicit nap(steady::duration d) { t.when = steady::now() + d; }
	bool await_ready() { return false; }
	void await_suspend(handle h) {
		t.waiter = h;
		loop.add(&t);
	}
	void await_resume() {}
};

// --- task: starts when it is awaited, or when it is spawned ---

template <class T>
struct task {
	struct promise_type {
		T value{};
		handle waiter = std::noop_coroutine();
		bool spawned = false, waited = false;

		task get_return_object() { return task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
		std::suspend_always initial_suspend() noexcept { return {}; }
		struct final_awaiter {
			bool await_ready() noexcept { return false; }
			handle await_suspend(std::coroutine_handle<promise_type> h) noexcept {
				auto &p = h.promise();
				if (!p.spawned) return p.waiter;
				if (p.waited) loop.wake(p.waiter);  // nothing is resumed from inside of something else
				return std::noop_coroutine();
			}
			void await_resume() noexcept {}
		};
		final_awaiter final_suspend() noexcept { return {}; }
		void return_value(T v) { value = v; }
		void unhandled_exception() { std::terminate(); }
	};

	std::coroutine_handle<promise_type> h;

	explicit task(std::coroutine_handle<promise_type> h) : h(h) {}
	task(task &&o) noexcept : h(std::exchange(o.h, nullptr)) {}
	task &operator=(task &&o) noexcept {
		std::swap(h, o.h);
		return *this;
	}
	~task() {
		if (h) h.destroy();
	}

	task &spawn() & {
		h.promise().spawned = true;
		loop.wake(h);
		return *this;
	}
	task &&spawn() && {
		spawn();
		return std::move(*this);
	}

	bool await_ready() { return h.done(); }
	handle await_suspend(handle waiter) {
		auto &p = h.promise();
		p.waiter = waiter;
		p.waited = true;
		return p.spawned ? handle(std::noop_coroutine()) : handle(h);
	}
	T await_resume() { return h.promise().value; }
};

// --- stream: an async generator ---

template <class T>
struct stream {
	struct promise_type {
		T value{};
		handle reader;

		stream get_return_object() { return stream{std::coroutine_handle<promise_type>::from_promise(*this)}; }
		std::suspend_always initial_suspend() noexcept { return {}; }
		struct to_reader {
			bool await_ready() noexcept { return false; }
			handle await_suspend(std::coroutine_handle<promise_type> h) noexcept { return h.promise().reader; }
			void await_resume() noexcept {}
		};
		to_reader final_suspend() noexcept { return {}; }
		to_reader yield_value(T v) {
			value = v;
			return {};
		}
		void return_void() {}
		void unhandled_exception() { std::terminate(); }
	};

	std::coroutine_handle<promise_type> h;

	explicit stream(std::coroutine_handle<promise_type> h) : h(h) {}
	stream(stream &&o) noexcept : h(std::exchange(o.h, nullptr)) {}
	~stream() {
		if (h) h.destroy();
	}

	// next is true if there is a value.
	auto next() {
		struct awaiter {
			std::coroutine_handle<promise_type> h;
			bool await_ready() { return false; }
			handle await_suspend(handle reader) {
				h.promise().reader = reader;
				return h;
			}
			bool await_resume() { return !h.done(); }
		};
		return awaiter{h};
	}
	T value() { return h.promise().value; }
};

// --- what tasks wait for ---

struct event {
	bool isset = false;
	std::vector<handle> waiters;

	void set() {
		isset = true;
		for (handle h : waiters) loop.wake(h);
		waiters.clear();
	}
	auto wait() {
		struct awaiter {
			event *e;
			bool await_ready() { return e->isset; }
			void await_suspend(handle h) { e->waiters.push_back(h); }
			void await_resume() {}
		};
		return awaiter{this};
	}
};

// parked is a list that is entered at the end and left at the front.
struct parked {
	std::deque<handle> list;
	auto wait() {
		struct awaiter {
			parked *p;
			bool await_ready() { return false; }
			void await_suspend(handle h) { p->list.push_back(h); }
			void await_resume() {}
		};
		return awaiter{this};
	}
	void wake_one() {
		if (list.empty()) return;
		loop.wake(list.front());
		list.pop_front();
	}
};

template <class T>
struct queue {
	std::vector<T> items;  // a ring
	size_t first = 0, length = 0;
	parked getters, putters;

	explicit queue(size_t bound) : items(bound) {}

	bool full() { return length == items.size(); }
	void push(T v) {
		size_t at = first + length++;
		items[at < items.size() ? at : at - items.size()] = std::move(v);
		getters.wake_one();
	}
	T pop() {
		T v = std::move(items[first]);
		if (++first == items.size()) first = 0;
		length--;
		putters.wake_one();
		return v;
	}
};

// Put and get are macros because a loop around an await would otherwise be a coroutine of its own.
#define PUT(q, v)                                       \
	do {                                                \
		while ((q).full()) co_await (q).putters.wait(); \
		(q).push(v);                                    \
	} while (0)
#define GET(q, v)                                 \
	do {                                          \
		while ((q).length == 0) co_await (q).getters.wait(); \
		(v) = (q).pop();                          \
	} while (0)

// reply is awaited by one task, and not for ever.
struct reply {
	bool done = false;
	int value = 0;
	timer *waiting = nullptr;

	void set(int v) {
		done = true;
		value = v;
		if (waiting && !waiting->fired) {
			loop.remove(waiting);
			loop.wake(waiting->waiter);
			waiting = nullptr;
		}
	}
	// wait_for is true if there is an answer.
	auto wait_for(steady::duration d) {
		struct awaiter {
			reply *r;
			timer t;
			bool await_ready() { return r->done; }
			void await_suspend(handle h) {
				t.waiter = h;
				r->waiting = &t;
				loop.add(&t);
			}
			bool await_resume() {
				r->waiting = nullptr;
				return r->done;
			}
		};
		awaiter a{this, {}};
		a.t.when = steady::now() + d;
		return a;
	}
};

// --- the rows ---

// watch measures the part of a run that counts; it may be started again.
struct watch {
	double elapsed = 0, began = 0, cpu = 0, cpu_began = 0;
	static double now(clockid_t clock) {
		timespec t;
		clock_gettime(clock, &t);
		return t.tv_sec * 1e9 + t.tv_nsec;
	}
	void start() {
		cpu_began = now(CLOCK_PROCESS_CPUTIME_ID);
		began = now(CLOCK_MONOTONIC);
	}
	void stop() {
		elapsed += now(CLOCK_MONOTONIC) - began;
		cpu += now(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
	}
};

using row = std::function<task<long>(long, watch &)>;

task<long> switches(long n) {
	long done = 0;
	for (long i = 0; i < n; i++) {
		co_await yield{};
		done++;
	}
	co_return done;
}

task<long> switch_among(long tasks, long n, watch &w) {
	std::vector<task<long>> list;
	w.start();
	for (long i = 0; i < tasks; i++) list.push_back(switches(std::max(1L, n / tasks)).spawn());
	long ops = 0;
	for (auto &t : list) ops += co_await t;
	w.stop();
	co_return ops;
}

[[gnu::noinline]] task<long> ready(long i) { co_return i | 1; }

[[gnu::noinline]] task<long> once(long i) {
	co_await yield{};
	co_return i | 1;
}

task<long> await_ready(long n, watch &w) {
	w.start();
	long ops = 0;
	for (long i = 0; i < n; i++) ops += co_await ready(i) & 1;
	w.stop();
	co_return ops;
}

task<long> await_once(long n, watch &w) {
	w.start();
	long ops = 0;
	for (long i = 0; i < n; i++) ops += co_await once(i) & 1;
	w.stop();
	co_return ops;
}

task<long> nested(long depth, long n) {
	if (depth > 1) co_return co_await nested(depth - 1, n);
	co_return co_await switches(n);
}

task<long> resume_nested(long depth, long n, watch &w) {
	w.start();
	long ops = co_await nested(depth, n);
	w.stop();
	co_return ops;
}

task<long> level(long i, long n) {
	if (i < 10) co_return co_await level(i + 1, n) + 1;
	for (long k = 0; k < n; k++) co_await yield{};
	co_return 1;
}

task<long> chain(long n, watch &w) {
	w.start();
	long ops = 0;
	for (long i = 0; i < std::max(1L, n / 10); i++) ops += co_await level(1, 1);
	w.stop();
	co_return ops;
}

task<long> resume_known(long n, watch &w) {
	w.start();
	long levels = co_await level(1, n);
	w.stop();
	co_return n *levels / 10;
}

task<long> spawn(long n, watch &w) {
	w.start();
	long ops = 0;
	for (long i = 0; i < n; i++) {
		auto t = ready(i).spawn();
		ops += co_await t & 1;
	}
	w.stop();
	co_return ops;
}

task<long> gather(long n, watch &w) {
	long children = std::min(n, 10'000L);
	w.start();
	long ops = 0;
	for (long r = 0; r < n / children; r++) {
		std::vector<task<long>> list;
		list.reserve(children);
		for (long i = 0; i < children; i++) list.push_back(once(i).spawn());
		for (auto &t : list) ops += co_await t & 1;
	}
	w.stop();
	co_return ops;
}

task<long> produce(queue<long> &q, long n) {
	for (long i = 0; i < n; i++) PUT(q, 1);
	co_return n;
}

task<long> through_queue(long bound, long n, watch &w) {
	queue<long> q(bound);
	w.start();
	auto producer = produce(q, n).spawn();
	long ops = 0, v;
	for (long i = 0; i < n; i++) {
		GET(q, v);
		ops += v;
	}
	w.stop();
	co_await producer;
	co_return ops;
}

struct node {
	long value;
	std::unique_ptr<node> left, right;
};

std::unique_ptr<node> tree(long first, long end) {
	if (first == end) return nullptr;
	auto n = std::make_unique<node>();
	n->value = (first + end) / 2;
	n->left = tree(first, n->value);
	n->right = tree(n->value + 1, end);
	return n;
}

stream<long> walk(node *root) {
	std::vector<node *> path;
	for (node *n = root; n || !path.empty();) {
		for (; n; n = n->left.get()) path.push_back(n);
		n = path.back();
		path.pop_back();
		co_yield n->value;
		n = n->right.get();
	}
}

task<long> read_stream(long n, watch &w) {
	long size = std::min(n, 1'000'000L);
	auto root = tree(0, size);
	w.start();
	long ops = 0;
	for (long r = 0; r < n / size; r++) {
		long expect = 0;
		auto s = walk(root.get());
		while (co_await s.next())
			if (s.value() == expect) expect++;
		ops += expect;
	}
	w.stop();
	co_return ops;
}

task<long> wait_for_event(event &e, long &saw, long tasks, watch &w) {
	co_await e.wait();
	if (++saw == tasks) w.stop();
	co_return 0;
}

task<long> wake(long n, watch &w) {
	long tasks = std::min(n, 100'000L), ops = 0;
	for (long r = 0; r < n / tasks; r++) {
		event e;
		long saw = 0;
		std::vector<task<long>> list;
		for (long i = 0; i < tasks; i++) list.push_back(wait_for_event(e, saw, tasks, w).spawn());
		co_await yield{};
		w.start();
		e.set();
		for (auto &t : list) co_await t;
		ops += saw;
	}
	co_return ops;
}

task<long> sleeper(long &now, long &most, steady::duration d) {
	most = std::max(most, ++now);
	co_await nap(d);
	now--;
	co_return 0;
}

task<long> sleepers(long n, watch &) {
	auto d = std::chrono::microseconds(200'000 + n * 6);
	long now = 0, most = 0;
	std::vector<task<long>> list;
	list.reserve(n);
	for (long i = 0; i < n; i++) list.push_back(sleeper(now, most, d).spawn());
	for (auto &t : list) co_await t;
	co_return most;
}

struct request {
	long id = 0;
	bool lost = false;
	std::shared_ptr<reply> answer;
};

task<long> work(queue<request> &q) {
	for (;;) {
		request r;
		GET(q, r);
		if (r.id < 0) co_return 0;
		co_await nap(std::chrono::milliseconds(1));
		if (!r.lost) r.answer->set(r.id);
	}
}

task<long> client(queue<request> &q, long first, long n) {
	long ops = 0;
	for (long id = first; id < first + n; id++) {
		request r{id, id % 100 == 0, std::make_shared<reply>()};
		PUT(q, r);
		bool ok = co_await r.answer->wait_for(std::chrono::milliseconds(r.lost ? 20 : 10'000));
		if (r.lost ? !ok : ok && r.answer->value == id) ops++;
	}
	co_return ops;
}

task<long> mix(long n, watch &w) {
	queue<request> q(100);
	long clients = std::min(n, 1000L), each = n / clients;
	w.start();
	std::vector<task<long>> workers, list;
	for (int i = 0; i < 100; i++) workers.push_back(work(q).spawn());
	for (long i = 0; i < clients; i++) list.push_back(client(q, i * each, each).spawn());
	long ops = 0;
	for (auto &t : list) ops += co_await t;
	for (int i = 0; i < 100; i++) PUT(q, (request{-1, false, nullptr}));
	for (auto &t : workers) co_await t;
	w.stop();
	co_return ops;
}

const std::vector<std::pair<std::string, row>> rows = {
	{"switch-2", [](long n, watch &w) { return switch_among(2, n, w); }},
	{"switch-1000", [](long n, watch &w) { return switch_among(1000, n, w); }},
	{"await-ready", await_ready},
	{"await-once", await_once},
	{"depth-1", [](long n, watch &w) { return resume_nested(1, n, w); }},
	{"depth-10", [](long n, watch &w) { return resume_nested(10, n, w); }},
	{"depth-100", [](long n, watch &w) { return resume_nested(100, n, w); }},
	{"known-10", resume_known},
	{"chain-10", chain},
	{"spawn", spawn},
	{"gather", gather},
	{"queue-1", [](long n, watch &w) { return through_queue(1, n, w); }},
	{"queue-100", [](long n, watch &w) { return through_queue(100, n, w); }},
	{"stream", read_stream},
	{"event", wake},
	{"sleepers", sleepers},
	{"mix", mix},
};
const std::map<std::string, long> least = {
	{"gather", 10'000}, {"stream", 1'000'000}, {"event", 100'000}, {"mix", 20'000}};

int main(int argc, char **argv) {
	double seconds = 0.2;
	long fixed = 0;
	std::vector<std::string> names;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--time")) seconds = atof(argv[++i]);
		else if (!strcmp(argv[i], "--n")) fixed = atol(argv[++i]);
		else names.push_back(argv[i]);
	}
	for (auto &[name, run] : rows) {
		if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) continue;
		bool once_only = fixed || name == "sleepers";
		auto l = least.find(name);
		long n = fixed ? fixed : name == "sleepers" ? 1'000'000 : l != least.end() ? l->second : 1;
		for (;;) {
			watch w;
			auto began = steady::now();
			auto t = run(n, w).spawn();
			loop.run();
			double took = std::chrono::duration<double>(steady::now() - began).count();
			if (once_only || took >= seconds) {
				long ops = t.await_resume();
				const char *s = name.c_str();
				printf("%s %.4g\n%s.cpu %.4g\n%s.ops %ld\n", s, w.elapsed / ops, s, w.cpu / ops, s, ops);
				break;
			}
			n = std::max(n + 1, std::min(100 * n, long(1.2 * n * seconds / took)));
		}
	}
}
