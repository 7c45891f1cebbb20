package gen_test

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/asyncgen/asyncgen/gen"
)

func ExampleGenerate() {
	list, diags, err := gen.Load(context.Background(), gen.Config{Dir: "../testdata/golden/primer/09_both_tasks"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range list {
		files, more := gen.Generate(p, gen.Options{})
		diags = append(diags, more...)
		for _, f := range files {
			fmt.Println(filepath.Base(f.Source), "gives", filepath.Base(f.Path))
		}
	}
	fmt.Println(len(diags), "mistakes")
	// Output:
	// main.go gives main_async.go
	// 0 mistakes
}

func ExampleDump() {
	list, _, err := gen.Load(context.Background(), gen.Config{Dir: "../testdata/golden/primer/09_both_tasks"})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := gen.Dump(list[0], gen.Options{}, "coroutines")
	fmt.Print(text)
	// Output:
	// fetchData gives map[string]int
	// printNumbers gives rt.None
	// amain gives rt.None
	// 	awaits fetchData, in its frame
	// 	awaits printNumbers, in its frame
}
