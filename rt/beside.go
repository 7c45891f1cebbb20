package rt

import (
	"reflect"
	"unsafe"
)

// Functions of Go may give a value beside an error: the bytes read so far, the last line without an end. An error in flight takes
// such a value along in its async traceback, which follows it wherever it goes. It is for who catches the error next, if all
// that the error has left meanwhile are functions that end as what they have returned (return rt.ToThread(f), a WaitFor):
// others have not given the value.

// A valueSite is the first entry of such a traceback. It is never shown.
type valueSite struct {
	FuncInfo
	value any
}

// Marks of site.at beside the number.
const (
	holdsValue int32 = 1 << 30 // the site is a valueSite
	passesOn   int32 = 1 << 29 // what stands there is returned
	siteMarks        = holdsValue | passesOn
)

// failBeside makes err the error in flight, with a value beside it.
func failBeside[T any](x *Exec, v T, err error) {
	x.fail(err, nil)
	if !reflect.ValueOf(&v).Elem().IsZero() {
		x.sites = append(x.sites, site{&(&valueSite{value: v}).FuncInfo, holdsValue})
	}
}

// holdsValue says whether there may be a value beside the error in flight.
func (x *Exec) holdsValue() bool {
	if x.inner != nil {
		return x.inner.holdsValue
	}
	return len(x.sites) > 0 && x.sites[0].holdsValue()
}

func (s site) holdsValue() bool { return s.at > 0 && s.at&holdsValue != 0 }

// takeAlong makes v the value beside the error in flight, in the place of another one: who has let it pass so far
// counts as one that has returned v.
func takeAlong[T any](x *Exec, v T) {
	way := visible(x.traced().all())
	for i := range way {
		if way[i].at > 0 {
			way[i].at |= passesOn
		}
	}
	failBeside(x, v, x.Err)
	x.sites = append(x.sites, way...)
}

// valueBeside is the value beside the error that has left what trace names.
func valueBeside[T any](trace *tracePart) (v T) {
	if trace == nil || !trace.holdsValue {
		return v
	}
	all := trace.all()
	for _, s := range all[1:] {
		if s.at > 0 && s.at&passesOn == 0 {
			return v
		}
	}
	v, _ = (*valueSite)(unsafe.Pointer(all[0].info)).value.(T)
	return v
}

// takeBeside takes the error in flight away, with the value beside it.
func takeBeside[T any](x *Exec) (v T, err error) {
	if x.holdsValue() {
		v = valueBeside[T](x.traced())
	}
	return v, x.take()
}

// visible is trace without a value.
func visible(trace []site) []site {
	if len(trace) > 0 && trace[0].holdsValue() {
		return trace[1:]
	}
	return trace
}

// withoutValue is t without a value.
func (t *tracePart) withoutValue() *tracePart {
	if t == nil || !t.holdsValue {
		return t
	}
	return &tracePart{sites: visible(t.all())}
}
