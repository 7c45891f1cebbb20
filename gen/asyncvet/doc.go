// Package asyncvet finds what compiles as async code and is most likely wrong: analyzers in the form of
// [golang.org/x/tools/go/analysis], for asyncgen vet, go vet -vettool and golangci-lint.
//
//   - blocking: a call or channel operation that blocks the event loop
//   - neverawaited: a coroutine that is kept or printed, and never awaited
//   - droppedtask: a dropped task whose error nobody can see
//   - ignorederror: an error of rt.TryAwait or rt.CatchAwait that is not looked at
//   - starve: a loop that waits for others and does not let them run
//   - lockheld: an await while a sync.Mutex is held
//   - abandoned: a timeout or cancellation around rt.ToThread whose function cannot be stopped
//   - notasync: a function literal that is awaited like an async one and is not
//   - nanoseconds: a duration without a unit, as in rt.Sleep(1)
//   - refused: what asyncgen refuses to compile
//
// They look at annotated sources, not at asyncgen's output. Where they cannot be sure they are silent: a
// call through an interface or a function value is not followed, and a helper blocks only if it does so
// on its main path. docs/vet.md describes each with an example.
//
// A comment on the line of a finding, or alone on the line above, silences it, and says why:
//
//	//asyncgen:ignore blocking the channel has room for every worker
package asyncvet
