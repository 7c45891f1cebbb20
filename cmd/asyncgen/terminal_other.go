//go:build !unix

package main

// fromTerminal: on a console all its programs get a Ctrl-C.
func fromTerminal() bool { return true }
