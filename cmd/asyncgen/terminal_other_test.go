//go:build !linux && !darwin

package main

import "github.com/rogpeppe/go-internal/testscript"

func terminal(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("no terminal for tests") }
