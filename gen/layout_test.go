package gen

import (
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
)

// TestAnyOrderOfBlocksDoes builds the larger goldens with their blocks in a random order: whatever goes on behind a
// block only because it is the next in the text prints something else.
func TestAnyOrderOfBlocksDoes(t *testing.T) {
	p := newProgram(t)
	var cases []*golden
	for _, c := range append(primerFolders(t), pages(t)...) {
		if c.pkg == nil || !c.has("stdout") {
			continue
		}
		most := 0 // blocks of a function
		shuffle := shuffled(c.name)
		compiler := newCompiler(c.pkg, Options{})
		compiler.order = func(list []*block) { most = max(most, len(list)); shuffle(list) }
		files, diags := compiler.generate()
		if most < 8 {
			continue
		}
		for _, d := range diags {
			t.Errorf("%s: %s", c.name, d)
		}
		for _, f := range files {
			if base(f.Source) == "in.go" || base(f.Source) == "main.go" {
				p.add(t, c.name, "in_async.go", f.Content)
				cases = append(cases, c)
			}
		}
	}
	p.build(t)
	for _, c := range cases {
		stdout, err := p.run(c.name)
		if err != nil || stdout != c.files["stdout"] {
			t.Errorf("%s: %v\n%s", c.name, err, unified("want", c.files["stdout"], "stdout", stdout))
		}
	}
}

// shuffled puts blocks into an order that depends on the name, the entry first and the exit last.
func shuffled(name string) func([]*block) {
	seed := fnv.New64()
	seed.Write([]byte(name))
	r := rand.New(rand.NewPCG(seed.Sum64(), 0))
	return func(list []*block) {
		list = list[1:]
		if len(list) > 0 && list[len(list)-1].exit {
			list = list[:len(list)-1]
		}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
}

// TestUnsoundGraphs breaks each rule that unsound checks.
func TestUnsoundGraphs(t *testing.T) {
	elsewhere := &block{kind: "elsewhere"}
	for want, damage := range map[string]func(g *graph, entry, behind, exit *block){
		`^block entry0 runs into exit2, which is not the next in the text$`: func(_ *graph, entry, _, exit *block) { entry.falls = exit },
		`block await1 runs into exit2, where it does not go on$`:            func(_ *graph, _, behind, exit *block) { behind.term, behind.falls = stop{}, exit },
		`block await1 runs into \w+, which is not the next in the text$`:    func(_ *graph, _, behind, _ *block) { behind.falls = elsewhere },
		`block await1 goes on at elsewhere0, which has no place`:            func(_ *graph, _, behind, _ *block) { behind.term = jump{to: elsewhere} },
		`block await1 has no term`:                                          func(_ *graph, _, behind, _ *block) { behind.term = nil },
		`block entry0 awaits, and goes on at exit2, which is not behind`:    func(_ *graph, entry, _, exit *block) { entry.term.(*suspend).next = exit },
		`block await1 goes on after an await that 0 blocks begin`:           func(_ *graph, entry, behind, _ *block) { entry.term = jump{to: behind} },
		`block exit2 enters await1, which is behind an await`:               func(_ *graph, _, behind, exit *block) { exit.term = jump{to: behind} },
		`block await1 stands at 1 as well`:                                  func(g *graph, _, behind, _ *block) { g.blocks[2] = behind },
		`block entry0 is at 1, and the entry has to be first`:               func(g *graph, entry, behind, _ *block) { g.blocks[0], g.blocks[1] = behind, entry },
		`block exit2 is the exit, but not the last`:                         func(g *graph, _, behind, exit *block) { g.blocks[1], g.blocks[2] = exit, behind },
		`^await 7 is number 1$`:                                             func(g *graph, _, _, _ *block) { g.awaits[0].site = 7 },
	} {
		a := &await{site: 1}
		exit := &block{id: 2, kind: "exit", exit: true, term: stop{}}
		behind := &block{id: 1, kind: "await", await: a, term: jump{to: exit}}
		entry := &block{kind: "entry", term: &suspend{await: a, next: behind}}
		g := &graph{entry: entry, exit: exit, blocks: []*block{entry, behind, exit}, awaits: []*await{a}}
		g.layOut(nil)
		if err := g.unsound(); err != nil || entry.falls != behind || behind.falls != exit {
			t.Fatalf("the sound graph: %v, falls %v %v", err, entry.falls, behind.falls)
		}
		damage(g, entry, behind, exit)
		if err := g.unsound(); err == nil || !slices.ContainsFunc(regexp.MustCompile("\n").Split(err.Error(), -1), regexp.MustCompile(want).MatchString) {
			t.Errorf("want %s, got:\n%v", want, err)
		}
	}
}
