package rt

import (
	"errors"
	"time"

	"github.com/asyncgen/asyncgen/rt/internal/hook"
)

// What rttest may do and nobody else.
func init() {
	hook.Shuffle = func(seed uint64) any { return withShuffle(seed) }
	hook.Enclosed = func() any { return optionFunc(func(o *config) { o.enclosed = true }) }
	hook.Standstill = func(d time.Duration) any { return optionFunc(func(o *config) { o.standstill = d }) }
	hook.StoodStill = func(err error) bool { return errors.As(err, new(*standstillError)) }
	hook.Traceback = func(l any) string { return formatTrace(l.(*Loop).main.trace().all()) }
}
