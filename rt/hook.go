package rt

import "github.com/asyncgen/asyncgen/rt/internal/hook"

// What rttest may do and nobody else.
func init() {
	hook.Shuffle = func(seed uint64) any { return withShuffle(seed) }
	hook.Enclosed = func() any { return optionFunc(func(o *config) { o.enclosed = true }) }
	hook.Traceback = func(l any) string { return formatTrace(l.(*Loop).main.trace()) }
}
