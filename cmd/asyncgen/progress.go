package main

import (
	"fmt"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// patience is how long nobody wonders what is going on.
const patience = 500 * time.Millisecond

// progress is a bar on standard error, until end. It is there on a terminal only, and when it takes longer
// than a moment; nothing else may be printed meanwhile. A nil progress shows nothing.
type progress struct {
	bars  *mpb.Progress
	bar   *mpb.Bar
	timer *time.Timer
}

// startProgress shows that packages are being loaded.
func (c *command) startProgress() *progress {
	stderr, ok := c.report.stderr.(*os.File)
	if !ok || c.noBar || !c.report.terminal || os.Getenv("TERM") == "dumb" {
		return nil
	}
	show := make(chan any)
	p := &progress{timer: time.AfterFunc(patience, func() { close(show) })}
	p.bars = mpb.New(mpb.WithOutput(stderr), mpb.WithWidth(40), mpb.WithRenderDelay(show))
	p.bar = p.bars.AddBar(0, mpb.AppendDecorators(decor.Any(phase)))
	return p
}

// phase says what the bar counts: each package is checked, and then generated.
func phase(s decor.Statistics) string {
	n := s.Total / 2
	switch {
	case n <= 0:
		return "listing packages"
	case s.Current <= n:
		return fmt.Sprintf("checking packages %d/%d", s.Current, n)
	}
	return fmt.Sprintf("generating packages %d/%d", s.Current-n, n)
}

// checked says how many of the packages have been type-checked.
func (p *progress) checked(done, of int) {
	if p != nil {
		p.bar.SetTotal(2*int64(of), false)
		p.bar.SetCurrent(int64(done))
	}
}

// generating begins to count packages that are generated; those with mistakes are not.
func (p *progress) generating(n int) {
	if p != nil {
		p.bar.SetTotal(2*int64(n), false)
		p.bar.SetCurrent(int64(n))
	}
}

func (p *progress) generated() {
	if p != nil {
		p.bar.Increment()
	}
}

// end removes the bar.
func (p *progress) end() {
	if p != nil {
		p.timer.Stop()
		p.bar.Abort(true)
		p.bars.Wait()
	}
}
