// Package gen compiles annotated Go into plain Go: functions marked //async:func, which may
// rt.Await(x), become state machines that package rt resumes.
//
// This page explains the rewrite. After it one can do it by hand.
//
// # The simple rewrite
//
// A call of an async function is a value, its frame: a struct that embeds rt.Frame. The function
// itself only makes one; its body goes to the method Resume.
//
//	//async:func                                  func fetch(url string) rt.Coro[int] {
//	func fetch(url string) rt.Coro[int] {             return rt.New(&fetchFrame{url: url})
//		fmt.Println("fetching")                   }
//		rt.Await(rt.Sleep(time.Second))
//		return rt.Return(len(url))                type fetchFrame struct {
//	}                                                 rt.Frame[int]
//	                                                  url string
//	                                              }
//
//	func (f *fetchFrame) Resume(x *rt.Exec) rt.Status {
//		switch f.State {
//		case 1:
//			goto await1
//		}
//		fmt.Println("fetching")
//		f.State = 1
//		return x.Sleep(f, time.Second)
//	await1: // main.go:5: rt.Await(rt.Sleep(time.Second))
//		if x.Err != nil {
//			return x.Fail(f, 1)
//		}
//		f.Value = len(f.url)
//		return f.End()
//	}
//
// State says where to go on: 0 at the beginning, so that a zero frame can start, then the number of
// the await that has suspended. It is stored only when that happens. x holds what belongs to the
// running task; x.Err is the error in flight. Every await has the same shape: begin it; if it has
// suspended, which a sleep always does, remember where and return; then look at x.Err; then use the
// result. Whether the awaited
// was done at once or ten seconds later makes no difference behind the label.
//
// # Who resumes whom
//
// A task knows its innermost frame and resumes it directly; a frame knows its parent, which goes on
// when it is done. An await of a function that the compiler knows is a direct call of its Resume, on
// a frame that is part of the caller's: nothing is allocated. The link to the parent is made when
// such a call suspends for the first time.
//
//	f.fetch.begin(url)
//	if f.fetch.Resume(x) == rt.Suspended {
//		f.State = 2
//		return rt.Link(&f.fetch, f)
//	}
//
// A call that goes straight into rt.CreateTask and the like is made with room for its task beside the
// frame (tasks.go): one allocation. Where nobody else can get hold of the task none is left. If the handle stays in
// the function, the task is part of the maker's frame (handles.go); if it is dropped, or if only a Gather ever gets the
// coroutine (lists.go), the frame comes from a free list, to which rt gives it back when the task has ended.
//
// A frame holds its callees' frames with all that they hold, one for each task and each loop over a stream. So that functions that
// call one another several times do not have frames that double with each level, a frame holds at most 32 KiB of
// callees (weights.go); of the others it has pointers.
//
// Frames cannot contain themselves either. Between functions that are mutually recursive (components) the caller
// has a pointer to the callee's frame, which it makes at its first await of it and begins anew at the next one:
// nothing else has seen the frame, and it has ended. A recursive function so allocates frames for its depth,
// not for its calls.
//
//	if f.fib == nil {
//		f.fib = new(fibFrame)
//	}
//	f.fib.begin(n - 1)
//	if f.fib.Resume(x) == rt.Suspended {
//		…
//
// Calls of rt that wait in line, for a lock or a queue, are held as well, but are no frames (rtcalls.go). The
// caller waits itself and, when it is resumed, begins with what is left of the call. That may wait again:
//
//	rt.Await(q.Put(v))     if f.queuePut.Begin(x, q, v) == rt.Suspended {
//	                           f.State = 3
//	                           return x.Suspend(f)
//	                       }
//	                       …
//	case 3:                if f.queuePut.Again(x) == rt.Suspended {
//	                           return rt.Suspended
//	                       }
//	                       goto await3
//
// A test helper, which calls t.Helper, is resumed by its caller in the same way, because package testing looks for the caller on
// Go's stack (helpers.go).
//
// Everything else waits in a slot of its static type, for which rt has functions that Go inlines
// (waits.go): tasks, futures, and the coroutines that calls of values give. Only a mere rt.Awaitable goes
// through an interface. The slot is there for the value: a variable that never changes is its own slot, and
// an await whose value nobody wants has none.
//
//	rt.Await(task) + 1     f.awaited = task
//	                       if rt.BeginTask(x, f, f.awaited) == rt.Suspended {
//	                           f.State = 3
//	                           return rt.Suspended
//	                       }
//	                       … rt.TaskValue(f.awaited) + 1 …
//
// # Awaits inside expressions
//
// Spilling (spill.go) gives every await a statement of its own. Go orders calls, receives and logical
// operators from left to right, so those that stand to the left of an await go into temporaries
// first; everything else stays in the statement, with results and temporaries put in.
//
//	a[i()] = g(x) + rt.Await(h())       t := i()
//	                                    t2 := g(x)
//	                                    …await h()…
//	                                    a[t] = t2 + f.h.Value
//
// x && rt.Await(y()) becomes control flow: ok := x; if ok { …await y()…; ok = f.y.Value }.
//
// # Control flow
//
// A statement without an await is opaque: it is carried whole, as text, with its comments (fragment.go).
// A statement with an await is split into basic blocks (lower.go, ranges.go), which Resume holds one
// after the other, with labels and gotos. Go forbids jumps into a block and over declarations:
// therefore labels stand at the top level of Resume, and a block that declares something is put in braces.
//
//	for i := range 3 {            f.i = 0
//		if odd(i) {           loop1:
//			continue              if f.i >= 3 {
//		}                             goto end3
//		rt.Await(step(i))         }
//	}                                 if odd(f.i) {
//	                                      goto next2
//	                                  }
//	                                  …await step(f.i)…
//	                              next2:
//	                                  f.i++
//	                                  goto loop1
//	                              end3:
//
// A block says by name where it goes on, unless that is the next one in the text. layout.go decides the latter, and checks
// the graph before any text is written.
//
// A loop among them runs on locals: it loads the fields of the frame that it mentions, and stores those
// that it has assigned (loops.go). Jumps out of opaque statements become gotos, returns become stores of the result. A switch or
// select whose clauses await stays a switch, whose clauses only jump: Go itself chooses the clause.
//
// # Where variables live
//
// Liveness (live.go) says which variables may be read after a suspension; only those are fields of
// the frame (frame.go); those of the same name and type that are never alive together share one (share.go).
// What a loop or an await needs unchanged is copied only if it may change. A field that can hold memory is
// cleared where its variable dies, if the frame may suspend after that: f.body = nil (clear.go). A call that
// has ended keeps its result and nothing else, whoever has its frame: f.End(), with which functions end whose frames can hold
// memory, clears the rest and returns rt.Done (ending.go). The result of a callee is cleared like a variable of its caller.
// A variable of one block stays as the user wrote it. One that crosses blocks but no suspension is declared at the top of Resume.
//
// A variable that a function literal captures, or whose address is taken, may outlive the frame, and
// each execution of its declaration makes another one (per-iteration loop variables). It gets a box
// each time, and the frame the pointer; blocks that mention it call the pointer by the user's name:
//
//	x := f.x
//	*x = append(*x, 1)
//
// If it is captured but never changes, the frame and each block have copies instead.
//
// Whether a variable changes depends on what it may be: the type set of a type parameter says whether its values are
// arrays, whose elements are parts of the variable (typesets.go). A temporary is declared with the type that Go gives its
// operand there, which is not always that of t := operand (untyped.go). Constants and local types stand at the top of
// Resume, where any block can use them (consts.go).
//
// An async literal becomes a frame as well: captured variables are fields, copies or pointers. Types
// that the function declares, or an ordinary function around a literal, move to package level only if a frame has to name
// them (localtypes.go). If the name is taken there, the type stays in its function, since %T prints it, and so do the
// variables of the type: they are in a struct that Resume declares, and the frame has it as a value of type any (keep.go). The
// Resume of a literal that mentions such a type stays with it, as a function in a field of the frame (inplace.go).
//
// An ordinary literal stays one. Calls in it that need the loop have that of the function around it, if only the loop's goroutine can
// call the literal; otherwise they look for the loop when they run (onthespot.go).
//
// # Names
//
// Every name in the output means what was meant by it. Three things could spoil that: Resume declares at its top what the source
// declares in inner scopes; generated text stands where the source has declared something; and it names types of which the source
// only has values. Therefore a declaration of the function, however deep, is renamed if generated code may need its name, and one
// that moves to the top also if the function's text means something outside by it (outside.go):
//
//	a := T + 1                    T2 := "x"
//	{                             …
//		T := "x"              a = T + 1
//		rt.Await(g(0))        …
//		print(T)              print(T2)
//	}
//
// A local type keeps its name, because programs can print it. If it would hide a type outside, that one is called by an
// alias (hiding.go):
//
//	var a T = 5                   type outerT = T
//	{                             …
//		type T string         type T string
//		rt.Await(g(0))        …
//		var b T = "x"         var a outerT = 5
//	}                             …
//
// A frame's type parameters are renamed if their names mean something at package level. If the package or an import has
// redeclared len, nil or string, generated code takes Go's from package rt: rt.GoLen, rt.GoZero, rt.GoString (predeclared.go).
// The names that the output declares at package level are chosen among those of all files of the folder, also of those that this build
// leaves out, in the order of all files: they collide nowhere, and are the same on every system (naming.go).
//
// # Deferred calls
//
// A function with defer statements keeps its deferred calls in its frame, because Resume returns
// many times before the function ends. The block exit, last in Resume, runs them: a return, a failure
// (x.Err) and a panic all lead there.
//
//	defer foo(a)          arg := a
//	                      f.defers.Push(func(x *rt.Exec) {
//	                          defer foo(arg)
//	                          x.Raise()
//	                      })
//
// When a panic is in flight, Raise panics with its value: foo runs as Go runs deferred functions, and
// its recover works. A panic of the body is caught by f.defers.Catch, deferred in Resume, which goes
// on at exit; one of an awaited frame arrives through x.Reraise. A function without defer statements
// has none of this: panics pass through it. defer rt.Await(c) pushes the coroutine, which exit awaits;
// recover in its body is x.Recover.
//
// A named result is a variable of type rt.Coro[T]: returns assign it, a failure assigns rt.Failed,
// and the function ends as it ends (rt.EndAs).
//
// # Loops that somebody else runs
//
// A range over a function calls the body from the inside of the iterator function, which cannot be
// left and entered again. When the body awaits, rt runs the iterator function beside the frame
// (rt.FuncIter, with iter.Pull), and the loop asks it for the next value. Every way out of the loop
// stops it: jumps make a detour through a block that does (jumps.go), which stands behind all others; everything else
// leads to exit.
//
// A stream is an async function with one more way to suspend: at rt.Yield its Resume returns Done with
// a State of its own, so that the parent, the loop of rt.AwaitEach, goes on with the value and resumes
// the stream for the next one. Leaving the loop early closes the stream in the same detours: its Yield
// fails, its deferred calls run, and the loop's function awaits that.
//
//	for v := range rt.AwaitEach(walk(t)) {       f.walk.begin(t)
//		if v > 3 {                           each:
//			break                            if f.walk.Resume(x) == rt.Suspended {
//		}                                            f.State = 1
//	}                                                return rt.Link(&f.walk, f)
//	                                             }
//	                                         await1:
//	                                             if !f.walk.More() {
//	                                                 goto done
//	                                             }
//	                                             if f.walk.Value > 3 {
//	                                                 goto end
//	                                             }
//	                                             goto each
//	                                         done:
//	                                             if x.Err != nil {
//	                                                 return x.Fail(f, 1)
//	                                             }
//	                                         end:
//
// This is all there is to it when the stream is a known function without deferred calls, of its own or
// in the streams that it reads: closing it would run nothing, and it is part of the reader's frame, so
// that nobody can ask it for more (closing.go). Such a stream's Yield cannot fail.
//
// # Initialization
//
// Go orders the initialization of package variables by the references in the text, also in that of functions. An async
// function that an initializer reaches keeps its references in a function of their own, which is never called (initorder.go).
//
//	func load(key string) rt.Coro[int] {
//		if false {
//			loadUses()
//		}
//		return rt.New(&loadFrame{key: key})
//	}
//
//	func loadUses() {
//		_ = &table
//	}
//
// # The stages
//
//	source → coroutines → diagnostics → graph → liveness → homes → text → verified files
//
// find.go finds the async functions, check.go and dropped.go refuse what cannot work. Whatever is refused
// has a code for good (codes.go), with a page in docs/errors, and where possible a hint, the code to
// write instead, and a fix, the edits that write it (hints.go). One mistake gives one diagnostic.
// Then build.go makes the graphs, live.go and frame.go decide where variables live, layout.go puts the blocks in order,
// emit.go and leave.go write Resume, frames.go what stands around it. At last verify.go type-checks the result: asyncgen
// never leaves output that does not compile, or that Go initializes in another order (initcheck.go). Imports and variables
// that only text used which is left out are kept (unused.go).
// The syntax trees and their types.Info are read-only all the way. Dump shows each stage as text; a Function
// (inspect.go) shows its state machine as a picture and its frame as a table. vet.go is for analyzers, which look at async functions and compile nothing: package asyncvet.
package gen
