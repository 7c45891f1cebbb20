package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A home says where a variable lives in the generated code.
type home uint8

const (
	local    home = iota // a variable of one block: stays as the user wrote it
	register             // crosses blocks, never a suspension: declared at the top of Resume
	framed               // lives across a suspension: a field of the frame
	copied               // captured but never changed: a field of the frame, and a copy of its own in each block
	boxed                // captured or addressed, and changed: the frame holds a pointer to a box
)

func (h home) String() string {
	return [...]string{"local", "register", "framed", "copied", "boxed"}[h]
}

// aliased reports whether blocks have a name of their own for the variable: x := f.x.
func (h home) aliased() bool { return h == copied || h == boxed }

// A variable is a parameter, a local variable at the level of the async function's own control
// flow, or a temporary. Variables declared inside opaque statements are not in the graph.
type variable struct {
	obj      *types.Var // nil for a temporary
	typ      types.Type // nil when made is given
	made     madeType   // the type of a temporary that go/types does not know
	base     string     // what it is called in the source; of a temporary, what it is for
	name     string     // unique within the function
	iterator bool       // a temporary that is a struct of rt
	of       ast.Stmt   // the statement that needs the temporary
	param    bool       // parameter or receiver: its value is there at entry
	capture  bool       // belongs to an enclosing function: the frame has a pointer to it
	result   bool       // the named result
	shared   bool       // captured by a function literal or has its address taken
	assigned bool       // changed after its declaration
	home     home
	index    int       // in graph.vars; its bit in a liveSet
	kept     bool      // its field is in a struct of its own: see keep.go
	field    *variable // the variable whose field of the frame it shares; nil: it has its own
	held     *slot     // it is what that slot keeps of a call: see ending.go
	task     *variable // what the task keeps whose private handle it is
}

// A madeType is a type of package rt: a format of its text, and the types in it.
type madeType struct {
	format string
	parts  []types.Type
}

// inField is the variable whose field it is in: most often itself.
func (v *variable) inField() *variable {
	if v == nil || v.field == nil {
		return v
	}
	return v.field
}

// fieldName is the name of its field of the frame.
func (v *variable) fieldName() string { return v.inField().name }

// A block is a basic block: instructions that run one after the other, then a terminator.
type block struct {
	id     int
	kind   string // what the label is called: loop, else, await, …
	label  string // unique; set when the block is emitted
	code   []*instr
	term   terminator
	line   int    // of the statement that ends it
	await  *await // the block goes on when this await is done
	falls  *block // the one behind it in the text, where its code runs on without a goto: see layout.go
	exit   bool   // the block that runs the deferred calls
	reach  bool   // can be reached from the entry
	liveIn liveSet
	clears varList // fields to clear at its beginning
}

// An instr is one piece of straight-line code. What it says is rendered by the emitter, once the
// homes of the variables are known.
type instr struct {
	emit     func(e *emitter) string
	node     ast.Node  // the user's code in it; nil for code of our own
	from     token.Pos // where in node its text begins, if not at the beginning
	fails    bool      // it leaves the function if an error is in flight
	ended    *await    // the error would be that of this await
	line     int       // of the statement that it is a part of; 0 for comments
	uses     []*variable
	kills    []*variable // variables that have a new value afterwards
	declares []*variable // among the kills: variables that begin here
	exits    []*block    // where the code may jump to from its inside
	clears   varList     // fields to clear behind it
}

// start is where the user's code in it begins.
func (in *instr) start() token.Pos {
	if in.from.IsValid() {
		return in.from
	}
	return in.node.Pos()
}

// A terminator ends a block.
type terminator interface {
	// succs are the blocks that may run next.
	succs() []*block
}

type (
	// jump goes on at a block.
	jump struct {
		to   *block
		node *ast.BranchStmt // nil for a jump of our own
	}

	// branch goes to yes or no.
	branch struct {
		word    string   // what branches: if, for, case, && or ||
		node    ast.Node // its condition, or a range statement
		cond    func(e *emitter) string
		uses    []*variable
		count   bool // the condition compares integers
		yes, no *block
	}

	// dispatch is a switch or select of Go whose clauses jump; next is where it goes on when none does.
	dispatch struct {
		node    ast.Stmt // its clauses lead to the targets
		emit    func(e *emitter) string
		uses    []*variable
		kills   []*variable
		targets []*block
		next    *block // nil when some clause always jumps
	}

	// suspend begins an await; next runs when the awaited has ended, at once or after a suspension.
	suspend struct {
		await *await
		next  *block
	}

	// stop is the end of code that does not come back (panic, an endless loop of the user's).
	stop struct{}
)

func (t jump) succs() []*block     { return []*block{t.to} }
func (t branch) succs() []*block   { return []*block{t.yes, t.no} }
func (t *suspend) succs() []*block { return []*block{t.next} }
func (stop) succs() []*block       { return nil }

func (t *dispatch) succs() []*block {
	if t.next == nil {
		return t.targets
	}
	return append(append([]*block(nil), t.targets...), t.next)
}

// A mode says how an await treats a failure.
type mode uint8

const (
	plainAwait mode = iota // leave the function
	tryAwait               // give the error back, but for a cancellation
	catchAwait             // give every error back
)

// An await is a suspension point.
type await struct {
	site   int // 1, 2, …: the state in which the frame waits, and its place in FuncInfo.Lines
	line   int
	source string   // the first line of the statement, for the comment
	node   ast.Node // what awaits: a call of a marker, a range or return statement, or what is returned
	mode   mode
	elem   types.Type

	begin  func(e *emitter) string // an expression of type rt.Status, after statements that prepare it
	setup  func(e *emitter) string // statements before it; may be empty
	rest   string                  // a statement of the frame that was resumed, before it goes on
	again  func(e *emitter) string // the same where it may have to wait again
	helper string                  // the rt.Helper of the callee, if it is a test helper
	closed string                  // what to do first when it is done
	always bool                    // it always suspends
	unused bool                    // nobody wants the value
	passes bool                    // the function returns what it awaits: a value beside its error is the function's
	linked bool                    // rt links the callee; otherwise generated code must
	inLine bool                    // there is no callee: the frame waits itself
	slot   *slot                   // the frame field that is the callee's frame; nil when it has its own
	keeps  *variable               // what keeps the awaited for its value; nil when it is not wanted
	uses   []*variable
	clears varList // fields to clear when it has begun
}

// leaves reports whether Resume returns in any case when the await begins.
func (a *await) leaves() bool { return a.always || a.begin == nil }

// helperField is the field of a test helper's frame that is its rt.Helper.
const helperField = "helper"

// A slot is a frame field for the frame of a callee. Awaits of the same type share one: only one of a
// frame's awaits is in progress at a time.
type slot struct {
	name     string
	typeText string
	own      bool       // of one loop over a stream
	callee   *coroutine // whose frame it is; nil: it is of rt, or a task
	task     bool       // it is a task with its frame: see handles.go
	keeps    *variable  // what it keeps of a call that has ended; nil: nothing
	values   types.Type // that of the values of a stream, if they keep it apart: see keep.go
}

// kept reports whether the slot is not a field of the frame itself.
func (s *slot) kept() bool { return s.values != nil }

// pointer is the address of what a slot of the frame f is for.
func (s *slot) pointer(f string) string {
	if s.isPointer() {
		return f + "." + s.name
	}
	return "&" + f + "." + s.name
}

// isPointer reports whether the slot has a pointer to the frame.
func (s *slot) isPointer() bool { return strings.HasPrefix(s.typeText, "*") }

// slotField is the field of a slot.
func (g *graph) slotField(s *slot) string {
	if s.kept() {
		return g.kept + "." + s.name
	}
	return g.frame + "." + s.name
}

// A graph is the body of an async function as basic blocks.
type graph struct {
	co           *coroutine
	entry        *block
	blocks       []*block // in the order of emission
	exit         *block   // nil without deferred calls
	vars         []*variable
	byObj        map[*types.Var]*variable
	awaits       []*await
	throws       []int                 // lines of throws; their sites follow those of the awaits
	throwSites   map[*ast.CallExpr]int // 1, 2, … in throws
	frame, exec  string                // names of the receiver and the parameter of Resume
	slots        []*slot
	held         []*variable    // what slots keep: slot.keeps
	decls        []*ast.GenDecl // constants and types of split scopes, for the top of Resume
	subst        map[ast.Node]replacement
	jumps        map[*ast.BranchStmt]*block
	rename       map[types.Object]string         // constants, by their names at the top of Resume
	bound        map[*ast.Ident]string           // variables of type switches that had to be renamed
	needed       map[string]bool                 // names that generated code may have to mention
	result       *variable                       // the named result
	dropped      []*block                        // blocks that nothing reaches
	mentioned    varSet                          // variables that reachable code mentions
	namedReturns map[*ast.ReturnStmt]replacement // what a return without operands gives
	tasks        map[*ast.CallExpr]*slot         // of handles: where the task is
	defers       string                          // the frame field of the deferred calls
	resume       string                          // the frame field of a Resume that stays in place
	kept         string                          // the frame field of the variables that are kept apart, and their struct in Resume
	given        string                          // the same for parameters and captured variables
	givenType    string                          // its type
	keptType     string                          // that of kept
	keptMade     string                          // whether it is there
}

// A liveSet is a set of variables of one graph, a bit for each: a long function has thousands of
// blocks, each with a set.
type liveSet []uint64

// A varSet is a set of variables.
type varSet map[*variable]bool

// A varList is a set of variables that are few.
type varList []*variable

// A coroutine is an async function: a declaration with the directive, or a literal that uses a marker.
type coroutine struct {
	src   *Source
	decl  *ast.FuncDecl // nil for a literal
	lit   *ast.FuncLit  // nil for a declaration
	top   *ast.FuncDecl // the declaration around it, itself included; nil for a literal of a package-level variable
	outer *coroutine    // the async function around a literal, if any
	*declNames
	sig      *types.Signature
	typ      *ast.FuncType
	body     *ast.BlockStmt
	elem     types.Type // T of rt.Coro[T] or rt.Stream[T]
	stream   bool       // gives an rt.Stream
	captures []*types.Var
	deferred bool // something runs when it ends: defer statements, loops that must be left properly
	helper   bool // it calls t.Helper
	inPlace  bool // its Resume stays in the function around it: see inplace.go

	elemParam string // the type parameter of its frame for elem, "" if the frame can name that

	calls      []*coroutine // statically known callees, for recursion
	scc        int
	apart      map[*coroutine]bool // callees that its frame does not hold, because it would become too large
	topSig     *types.Signature    // of the declaration around a literal
	begun      bool                // some other frame embeds this one
	roots      bool                // calls of it go straight into tasks: there is its frame with room for one
	newRoots   bool                // some call allocates that
	takesRoots bool                // some call takes that from the free list
	again      bool                // and some frame holds it
	handles    []*knownCall        // the calls that become tasks whose handles nobody else can have
	holdsTasks bool                // tasks may be part of its frame, or of those of its callees, and go on when it has ended
	graph      *graph
	keeps      *bool          // its frame can hold memory besides its result; nil: not known yet
	uses       []types.Object // what Go has to initialize before it can run, if an initializer reaches it
	usesName   string         // the function that mentions that; "": none is needed
}

// declNames are the names of what an async function becomes.
type declNames struct {
	name               string // of the function itself, as Python's __qualname__: fetchData, Stack.Push, main.func1
	frame, info        string
	task, newTask      string // see tasks.go
	freeTasks, takeOne string
	mentions           string // see initorder.go
}

// compiler holds one package while it is compiled.
type compiler struct {
	pkg       *Package
	opts      Options
	order     func([]*block) // puts the blocks of a function into another order, for tests; nil: they stay
	diags     []Diagnostic
	working   *coroutine   // the one that is being compiled, if only one is
	cos       []*coroutine // in source order; a literal after the function around it
	byFunc    map[*types.Func]*coroutine
	byLit     map[*ast.FuncLit]*coroutine
	names     *namer // of the package
	facts     map[*types.Var]*varFacts
	adds      map[*Source]map[string]string // imports to add: path → name
	addNames  map[*Source]*namer            // of those
	clean     map[*Source]bool              // whether it is as gofmt has it
	tasks     map[*ast.CallExpr]taskFrame   // the calls that become roots of tasks
	spots     *spots                        // where function literals stand
	elsewhere map[*types.Func]string        // what calls ordinary functions on another goroutine: see goroutines.go

	typeNames     map[types.Object]*localType
	typesAround   map[ast.Decl]*coroutine              // the owners of the types that ordinary declarations around async literals declare
	hidden        map[ast.Decl]map[types.Object]string // what functions call types that their own hide: see hiding.go
	wroteHidden   map[types.Object]bool                // those of them that the output mentions
	settledTypes  bool                                 // which local types move is decided
	localTypes    map[*coroutine][]*localType          // in order of declaration
	renamedParams map[*types.TypeParam]string          // while a generic local type is written
	never         string                               // a condition that does not hold
	paramAs       map[*types.TypeParam]string          // of those that cannot have their own: see nameParams

	atTop       map[string]bool             // the names at package level, in all files of the folder
	declNames   map[ast.Node]*declNames     // of functions that can be async
	typeOwners  map[string]*ast.TypeSpec    // the local type of each name that keeps it at package level
	importNames map[*Source]map[string]bool // see imports
	members     []string                    // see frameMembers
	renamed     map[types.Object]string     // what functions declare and the output calls otherwise: see outside.go
	inView      map[token.Pos]string        // names of them that ordinary text declares around a Resume in place, by where
}

// A use is where a function literal or a variable stands.
type use struct {
	expr    ast.Expr
	parents []ast.Node
}

// spots is where function literals and variables of function types stand in the package.
type spots struct {
	c        *compiler
	literals map[*ast.FuncLit]use
	uses     map[*types.Var][]use
	known    map[*ast.FuncLit]bool
}

// varFacts is what happens to a variable anywhere in the package.
type varFacts struct {
	shared   bool      // captured by a function literal, or its address is taken
	captured token.Pos // where the first literal that captures it begins
	pointed  token.Pos // where its address is taken first
	assigned bool      // changed after its declaration
}

// A type that an async function declares goes to the top of its Resume, or stays in the opaque
// statement around it; one of an ordinary function stays where it is. When a frame or an async literal has to name it, it
// moves to package level, with the type parameters of the function, unless something else has its name there.

// A knownCall is a call of an async function of the package whose frame the caller can hold.
type knownCall struct {
	callee *coroutine
	recv   ast.Expr // the receiver of a method call
	addr   bool     // the method takes the receiver's address
	deref  bool     // the method takes what the receiver points to
	call   *ast.CallExpr
	targs  []types.Type // type arguments of the callee's frame
	handle *types.Var   // of the task that it becomes: see handles.go
}

// A taskFrame says where the frame of a call that becomes a task comes from.
type taskFrame int

const (
	ofItsOwn taskFrame = iota + 1
	ofAFreeList
	ofItsMaker // it is a part of the maker's frame: see findHandles
)

// A localType is a type declaration in a function with awaits, or in one around such a function.
type localType struct {
	co    *coroutine // the innermost async function around it, or what stands for the ordinary declaration
	spec  *ast.TypeSpec
	decl  *ast.GenDecl
	obj   types.Object
	name  string // with the type parameters of the function as arguments, as at package level
	moved bool   // to package level
	stays bool   // it would have another name there

	ordinary bool // it is declared in an ordinary function or literal
	atTop    bool // it is declared at the top of Resume
	hidden   bool // until a later one of the same name: see hoisted
}

// Spilling gives every await a statement of its own.
//
// Before: a statement with awaits somewhere in its expressions.
// After: each await has ended a block of the graph, in Go's order of evaluation; what Go evaluates
// before an await (calls, receives, && and ||) is in a temporary; and the statement's own text, with
// the temporaries and results put in (graph.subst), can be carried whole.
//
// Go orders calls, receives, awaits and logical operators; reads of variables, indexing and
// dereferences are not ordered against them. Like the Go compiler, spill leaves those in the
// statement, where they happen after the last await.

// A replacement is what stands in the generated code for a node of the source.
type replacement struct {
	v    *variable // a variable
	text string    // an expression; a format for the variable, if there is one
	asIs bool      // the text is no format: it mentions the variable
}

// emitter writes the body of Resume of one coroutine.
type emitter struct {
	c     *compiler
	co    *coroutine
	g     *graph
	q     string      // "rt." or what the file calls it
	inLit int         // depth in ordinary function literals
	away  int         // how many of them others may call: see onthespot.go
	at    destination // of the text
	skip  ast.Node    // a node whose own replacement is not wanted

	names     *namer              // identifiers of the function
	labels    *namer              // of its labels
	jumped    map[*block]bool     // blocks that some goto names
	behind    map[*localType]bool // those that the text being emitted cannot call by their own names: see hoisted
	declared  bool                // the block being emitted declares something of its own
	current   *block
	locals    varSet // variables of the frame that the instruction has in locals: see onLocals
	currentAt int    // index of the instruction being emitted; len(code) at the terminator
}

// A destination says where text goes, and so what it may mention.
type destination uint8

const (
	inPlace      destination = iota
	topOfResume              // no variables of functions
	packageLevel             // nor constants of functions
)

// termVars gives what a terminator reads and what it gives a new value.
func termVars(t terminator) (uses, kills []*variable) {
	switch t := t.(type) {
	case *branch:
		return t.uses, nil
	case *dispatch:
		return t.uses, t.kills
	case *suspend:
		if v := t.await.keeps; v != nil {
			return t.await.uses, []*variable{v}
		}
		return t.await.uses, nil
	}
	return nil, nil
}
