package main

import (
	"fmt"
	"strings"
)

// goArgs is the command line of run, build or test, which is the go command's.
type goArgs struct {
	flags    []string // before the packages
	packages []string
	rest     []string // after them: the program's arguments; more flags of go test

	run     bool     // they are those of run
	dir     string   // -C
	tags    []string // -tags; nil without the flag
	listing []string // those of the flags that matter to go list as well
	overlay bool     // -overlay, which is ours
	cover   bool     // -cover, or what implies it
	wrapper string   // -toolexec, which asyncgen has to wrap when it covers
	starter string   // -exec of go run, which go build does not have: what starts the program
	dry     bool     // -n
	help    bool
	verbose bool // --verbose, which is not the go command's
	watch   bool // --watch, likewise
}

// goBool are the flags of the go command that take no value. Every other one takes the next
// argument, unless its value follows an equals sign.
var goBool = words(`a asan artifacts benchmem buildvcs c cover failfast fullpath h help i json linkshared
	modcacherw msan n race short trimpath v verbose watch work x`)

// goFlags are the flags of the go command that asyncgen offers to complete.
var goFlags = map[string]map[string]bool{
	"run":   words(goBuildFlags + " exec"),
	"build": words(goBuildFlags),
	"test": words(goBuildFlags + ` args artifacts bench benchmem benchtime blockprofile blockprofilerate c count coverprofile cpu cpuprofile exec
		failfast fullpath fuzz fuzzminimizetime fuzztime json list memprofile memprofilerate mutexprofile mutexprofilefraction outputdir parallel
		run short shuffle skip timeout trace vet`),
}

const goBuildFlags = `C a asan asmflags buildmode buildvcs compiler cover covermode coverpkg gccgoflags gcflags installsuffix ldflags linkshared
	mod modcacherw modfile msan n o p pgo pkgdir race tags toolexec trimpath v work x`

// goListing are the flags of the go command that change which packages and files there are.
var goListing = words("mod modfile race msan asan")

func words(text string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		m[w] = true
	}
	return m
}

// splitGoArgs finds the packages. one says that only the first argument names the package, or all
// that end in .go, as go run has it.
func splitGoArgs(args []string, one bool) goArgs {
	g := goArgs{run: one}
	rest := g.takeFlags(args, &g.flags)
	n := 0
	for n < len(rest) && !strings.HasPrefix(rest[n], "-") {
		n++
		if one && !(strings.HasSuffix(rest[n-1], ".go") && n < len(rest) && strings.HasSuffix(rest[n], ".go")) {
			break
		}
	}
	g.packages = rest[:n]
	if one {
		g.rest = rest[n:]
		return g
	}
	// go test takes flags after the packages, too; what is no flag goes to the test.
	tail := g.takeFlags(rest[n:], &g.rest)
	g.rest = append(g.rest, tail...)
	return g
}

// splitQuoted splits a command at spaces, but not within quotes, as the go command does.
func splitQuoted(text string) (list []string, err error) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		if quote := text[0]; quote == '"' || quote == '\'' {
			word, rest, closed := strings.Cut(text[1:], string(quote))
			if !closed {
				return nil, fmt.Errorf("-exec: there is no closing %c", quote)
			}
			list, text = append(list, word), rest
			continue
		}
		end := strings.IndexAny(text, " \t\n")
		if end < 0 {
			end = len(text)
		}
		list, text = append(list, text[:end]), text[end:]
	}
	return list, nil
}

// takeFlags moves leading flags to a list and notes what they say; it gives what comes after them.
func (g *goArgs) takeFlags(args []string, list *[]string) []string {
	for len(args) > 0 {
		arg := args[0]
		if !strings.HasPrefix(arg, "-") || arg == "-" || arg == "--" {
			return args
		}
		name, value, has := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		if name == "args" {
			return args
		}
		size := 1
		if !has && !goBool[strings.TrimPrefix(name, "test.")] && len(args) > 1 {
			size, value = 2, args[1]
		}
		if g.note(name, value, args[:size]) {
			*list = append(*list, args[:size]...)
		}
		args = args[size:]
	}
	return nil
}

// note takes notice of a flag. It reports whether the go command gets to see it.
func (g *goArgs) note(name, value string, whole []string) bool {
	switch name {
	case "C":
		g.dir = value
	case "tags":
		g.tags = append([]string{}, splitTags(value)...)
	case "overlay":
		g.overlay = true
	case "cover", "covermode", "coverpkg", "coverprofile":
		g.cover = g.cover || value != "false"
	case "toolexec":
		g.wrapper = value
		return false
	case "exec":
		if g.run {
			g.starter = value
			return false
		}
	case "n":
		g.dry = value != "false"
	case "h", "help":
		g.help = true
	case "verbose":
		g.verbose = true
		return false
	case "watch":
		g.watch = true
		return false
	}
	if goListing[name] {
		flag := whole[0]
		if len(whole) == 2 {
			flag += "=" + whole[1]
		}
		g.listing = append(g.listing, flag)
	}
	return true
}
