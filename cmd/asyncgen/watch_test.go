package main

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// await is the scripts' command "await file regexp": it waits until the file matches. With a ! and without
// regexp it waits until the file is gone.
func await(ts *testscript.TestScript, neg bool, args []string) {
	var there func(text []byte, err error) bool
	switch {
	case len(args) == 1 && neg:
		there = func(_ []byte, err error) bool { return errors.Is(err, fs.ErrNotExist) }
	case len(args) == 2 && !neg:
		re, err := regexp.Compile("(?m)" + args[1])
		ts.Check(err)
		there = func(text []byte, _ error) bool { return re.Match(text) }
	default:
		ts.Fatalf("usage: await file regexp, ! await file")
	}
	path := ts.MkAbs(args[0])
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(path)
		switch {
		case there(text, err):
			return
		case time.Now().After(end):
			ts.Fatalf("in vain; %s holds:\n%s", args[0], text)
		}
	}
}
