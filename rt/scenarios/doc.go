// Package scenarios holds what CPython 3.13's own tests of asyncio pin down, as tests of rt: annotated
// functions, compiled by asyncgen and run on a virtual clock.
//
// rt/testdata/cpython has a table for each of CPython's files: each of its tests, the one here that pins
// the same behaviour, and why where there is none or it differs.
package scenarios

//go:generate go run github.com/asyncgen/asyncgen/cmd/asyncgen
