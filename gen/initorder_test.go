package gen

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// initFiles is a package whose initializers reach async functions in other files, some of which are for one system only.
const initFiles = `
-- a.go --
//go:build asyncgen

package p

import "github.com/asyncgen/asyncgen/rt"

//async:func
func load() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(rt.Await(table.load()) + early + device())
}

//async:func
func onlyForTests() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(late)
}

//async:func
func onlyElsewhere() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(late)
}

//async:func
func onlyForMain() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(late)
}
-- b.go --
package p

import "github.com/asyncgen/asyncgen/rt"

var result = run(load())

var _ = run(load())

func run(c rt.Coro[int]) int { v, _ := rt.Run(c); return v }
-- b_test.go --
package p

var forTests = run(onlyForTests())
-- c_linux.go --
package p

func device() int { return linuxDevice }

var linuxDevice = len(table)
-- c_other.go --
//go:build !linux

package p

func device() int { return otherDevice }

var otherDevice = len(table)
-- d_windows.go --
package p

var elsewhere = start()

func start() int { return run(onlyElsewhere()) }
-- z.go --
//go:build asyncgen

package p

import "github.com/asyncgen/asyncgen/rt"

type rows map[string]int

//async:func
func (r rows) load() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(r["a"] + late)
}

var (
	table = rows{"a": one()}
	late  = one()
	early = one()
)

func one() int { return 1 }
`

// loadInitFiles loads that package.
func loadInitFiles(t *testing.T) *Package {
	t.Helper()
	module := newModule(t)
	for _, f := range txtar.Parse([]byte(initFiles)).Files {
		writeFile(t, filepath.Join(module, "p", f.Name), f.Data)
	}
	list, diags, err := Load(context.Background(), Config{Dir: module, Patterns: []string{"./p"}, Tests: true, Env: append(moduleEnv(), "GOOS=linux")})
	if err != nil || len(diags) > 0 || len(list) != 1 {
		t.Fatal(list, diags, err)
	}
	return list[0]
}

func TestInitializationOrderAcrossFiles(t *testing.T) {
	files, diags := Generate(loadInitFiles(t), Options{})
	if len(diags) > 0 { // the order is not that of the source
		t.Fatal(diags)
	}
	text := string(files[0].Content)
	for name, want := range map[string]string{
		"loadUses":          "\t_ = &table\n\t_ = &late\n\t_ = &early\n\t_ = device\n", // not what device mentions on this system
		"onlyForTestsUses":  "\t_ = &late\n",
		"onlyElsewhereUses": "\t_ = &late\n", // only a file for Windows reaches it
	} {
		if !strings.Contains(text, "func "+name+"() {\n"+want+"}\n") {
			t.Errorf("%s should mention\n%sin\n%s", name, want, text)
		}
	}
	if strings.Contains(text, "onlyForMainUses") {
		t.Error("no initializer reaches onlyForMain, which mentions something nevertheless")
	}
}

func TestOutputThatIsInitializedInAnotherOrderIsRefused(t *testing.T) {
	c := newCompiler(loadInitFiles(t), Options{})
	if !c.front() {
		t.Fatal(c.diags)
	}
	for _, co := range c.cos {
		co.usesName = ""
	}
	c.verify(c.outputs())
	if len(c.diags) != 1 || c.diags[0].Code != CodeBug || base(c.diags[0].Pos.Filename) != "z.go" || !strings.Contains(c.diags[0].Message, "not initialize table when") {
		t.Errorf("the output initializes result before table, and this is said: %v", c.diags)
	}
}

// fileOrders are packages in which a_async.go comes behind a1.go, and a.go before it.
const fileOrders = `
-- printing/a1.go --
package p

var second = say("second")

func say(s string) string { println(s); return s }
-- changing/a1.go --
package p

var second = next()

var last int

func next() int { last++; return last }
-- throughliteral/a1.go --
package p

var _ = func() int { println("second"); return 2 }()
-- inits/a1.go --
package p

func init() { println("second") }
-- reading/a1.go --
package p

var second = last + 1

var last int

func next() int { last++; return last }
-- method/a1.go --
package p

type list struct{ names []string }

func (l *list) add(s string) int { l.names = append(l.names, s); return len(l.names) }

var all list

var second = all.add("second")
-- builder/a1.go --
package p

import "strings"

var text strings.Builder

func init() { text.WriteString("second") }
-- environment/a1.go --
package p

import "os"

var second = os.Getenv("FIRST")

func setenv(key, value string) error { return os.Setenv(key, value) }
-- quiet/a1.go --
package p

import (
	"errors"
	"fmt"
	"strings"
)

var second, third = errors.New("second"), fmt.Sprint(strings.ToUpper("c"), len(lower("D")))

var handlers = map[string]func(){"x": func() { println("later") }}

func lower(s string) string { t := s; t += strings.ToLower(s); return t }
-- ordinary/a1.go --
package p

import (
	"crypto/sha256"
	"flag"
	"log"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"sync"
	"text/template"
	"time"
)

var (
	logger  = slog.New(slog.NewTextHandler(os.Stderr, nil)).With("part", "second")
	old     = log.New(os.Stderr, "", log.LstdFlags)
	word    = regexp.MustCompile("[a-z]+")
	isWord  = word.MatchString("second")
	mu      sync.Mutex
	once    = sync.OnceValue(func() int { println("later"); return 1 })
	page    = template.Must(template.New("page").Parse("{{.}}"))
	mux     = http.NewServeMux()
	client  = &http.Client{Timeout: 10 * time.Second}
	sum     = sha256.Sum256([]byte("second"))
	started = time.Now()
	verbose = flag.Bool("verbose", false, "")
	home    = os.Getenv("HOME")
	options = newOptions("second")
)

type option struct {
	name string
	mux  *http.ServeMux
}

func newOptions(name string) *option {
	o := &option{}
	o.name, o.mux = name, mux
	return o
}

func init() { mu.Lock(); mu.Unlock() }
-- ordered/a1.go --
package p

var second = say(first)

func say(s string) string { println(s); return s }
`

func TestOutputsInAnotherOrderThanTheirSourcesAreRefused(t *testing.T) {
	firsts := map[string]struct{ decl, want string }{
		"printing":       {`var first = say("first")`, "second (a1.go)"},
		"changing":       {"var first = next()", "second (a1.go)"},
		"throughliteral": {`var _ = func() int { println("first"); return 1 }()`, "variable _ number 1 of a1.go (a1.go)"},
		"inits":          {`func init() { println("first") }`, "func init of a1.go (a1.go)"},
		"reading":        {"var first = next()", "second (a1.go)"},
		"method":         {`var first = all.add("first")`, "second (a1.go)"},
		"builder":        {`func init() { text.WriteString("first") }`, "func init of a1.go (a1.go)"},
		"environment":    {`var first = setenv("FIRST", "1")`, "second (a1.go)"},
		"ordinary": {`var first, isFirst, more = word.FindString("first"), word.MatchString("first"), newOptions(os.Getenv("USER"))

func init() { println("first") }`, ""},
		"quiet":   {`var first = func() int { println("first"); return 1 }()`, ""},
		"ordered": {`var first = say("first")`, ""},
	}
	module := newModule(t)
	for _, f := range txtar.Parse([]byte(fileOrders)).Files {
		writeFile(t, filepath.Join(module, f.Name), f.Data)
		writeFile(t, filepath.Join(module, filepath.Dir(f.Name), "a.go"), []byte(wholeFile(firsts[filepath.Dir(f.Name)].decl+
			"\n\n//async:func\nfunc f() rt.Coro[int] { return rt.Return(1) }\n")))
	}
	list, diags, err := Load(context.Background(), Config{Dir: module, Patterns: []string{"./..."}, Env: moduleEnv()})
	if err != nil || len(diags) > 0 || len(list) != len(firsts) {
		t.Fatal(list, diags, err)
	}
	for _, p := range list {
		want := firsts[filepath.Base(p.Dir)].want
		_, diags := Generate(p, Options{})
		switch {
		case want == "" && len(diags) > 0:
			t.Errorf("%s: nobody can see the order: %v", p.Path, diags)
		case want != "" && (len(diags) != 1 || diags[0].Code != "AG0028" || base(diags[0].Pos.Filename) != "a.go" || !strings.Contains(diags[0].Message, "initialize "+want+" first")):
			t.Errorf("%s: should be told of %s: %v", p.Path, want, diags)
		}
		if _, diags := Generate(p, Options{Overlay: true}); len(diags) > 0 {
			t.Errorf("%s: an output in place of its source has the same name: %v", p.Path, diags)
		}
	}
}
