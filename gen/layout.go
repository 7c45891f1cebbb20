package gen

import (
	"errors"
	"fmt"
	"slices"
)

// Layout puts the blocks into the order of the text and says where one runs into the next.
//
// Before: the blocks in the order in which they were built, detours at the end (jumps.go).
// After: falls of a block is the block behind it, if it may go on there, otherwise nil. The emitter leaves out
// the goto to falls, and only that one: the code of a block goes everywhere else by name. Any order of the
// blocks gives the same program, provided that the entry is the first one and the exit the last one.

// layOut finds falls. order changes the order of the blocks first, if it is not nil.
func (g *graph) layOut(order func([]*block)) {
	if order != nil {
		order(g.blocks)
	}
	for i, b := range g.blocks[:len(g.blocks)-1] {
		if next := g.blocks[i+1]; slices.Contains(b.term.succs(), next) {
			b.falls = next
		}
	}
}

// unsound says what is wrong with a graph that has its layout, nil if nothing is. The stages behind it rely on
// what it checks.
func (g *graph) unsound() error {
	s := soundness{g: g, at: map[*block]int{}, begun: map[*await]int{}}
	for i, b := range g.blocks {
		if at, twice := s.at[b]; twice {
			s.wrong(b, "stands at %d as well", at)
		}
		s.at[b] = i
	}
	for i, b := range g.blocks {
		s.place(i, b)
		s.successors(b)
	}
	for _, b := range g.blocks {
		if b.await != nil && s.begun[b.await] != 1 {
			s.wrong(b, "goes on after an await that %d blocks begin", s.begun[b.await])
		}
	}
	for i, a := range g.awaits {
		if a.site != i+1 {
			s.errs = append(s.errs, fmt.Errorf("await %d is number %d", a.site, i+1))
		}
	}
	return errors.Join(s.errs...)
}

// soundness is what unsound has found.
type soundness struct {
	g     *graph
	at    map[*block]int // the blocks with their places
	begun map[*await]int // how many blocks begin an await
	errs  []error
}

func (s *soundness) wrong(b *block, text string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("block %s%d %s", b.kind, b.id, fmt.Sprintf(text, args...)))
}

// place checks the place of the block and its terminator.
func (s *soundness) place(i int, b *block) {
	switch {
	case (b == s.g.entry) != (i == 0):
		s.wrong(b, "is at %d, and the entry has to be first", i)
	case b.exit && i != len(s.g.blocks)-1:
		s.wrong(b, "is the exit, but not the last")
	case b.term == nil:
		s.wrong(b, "has no terminator")
	case b.falls == nil:
	case i+1 == len(s.g.blocks) || s.g.blocks[i+1] != b.falls:
		s.wrong(b, "runs into %s%d, which is not the next in the text", b.falls.kind, b.falls.id)
	case !slices.Contains(b.term.succs(), b.falls):
		s.wrong(b, "runs into %s%d, where it does not go on", b.falls.kind, b.falls.id)
	}
}

// successors checks where the block goes on: a block behind an await is entered by that await alone.
func (s *soundness) successors(b *block) {
	begins, suspends := b.term.(*suspend)
	if suspends {
		s.begun[begins.await]++
	}
	for _, to := range b.succs() {
		switch _, placed := s.at[to]; {
		case !placed:
			s.wrong(b, "goes on at %s%d, which has no place in the text", to.kind, to.id)
		case suspends && to == begins.next:
			if to.await != begins.await {
				s.wrong(b, "awaits, and goes on at %s%d, which is not behind that await", to.kind, to.id)
			}
		case to.await != nil:
			s.wrong(b, "enters %s%d, which is behind an await", to.kind, to.id)
		}
	}
}
