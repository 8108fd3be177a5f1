package hivetest

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress tells a writer how far a download is: as a bar that redraws itself on a terminal, as a line at every tenth
// elsewhere. A nil writer is told nothing.
type progress struct {
	w        io.Writer
	what     string
	total    int64 // bytes
	terminal bool
	tenths   int64
	start    time.Time
}

func newProgress(w io.Writer, what string, total int64) *progress {
	p := &progress{w: w, what: what, total: total, start: time.Now()}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if w != nil && !p.terminal {
		fmt.Fprintf(w, "downloading %s: %s\n", what, megabytes(total))
	}
	return p
}

// show is told the bytes that are here.
func (p *progress) show(have int64) {
	if p.w == nil {
		return
	}
	have = min(have, p.total)
	tenths := have * 10 / p.total
	switch {
	case p.terminal:
		const width = 30
		full := int(have * width / p.total)
		bar := strings.Repeat("=", full) + strings.Repeat(" ", width-full)
		fmt.Fprintf(p.w, "\r\x1b[Kdownloading %s [%s] %3d%% of %s, %s", p.what, bar, have*100/p.total,
			megabytes(p.total), time.Since(p.start).Round(time.Second))
	case tenths > p.tenths:
		p.tenths = tenths
		fmt.Fprintf(p.w, "downloading %s: %d%%\n", p.what, tenths*10)
	}
}

// end leaves the terminal on a line of its own.
func (p *progress) end() {
	if p.w != nil && p.terminal {
		fmt.Fprintln(p.w)
	}
}

// during shows what have returns, again and again, until f returns.
func (p *progress) during(have func() int64, f func() error) error {
	defer p.end()
	result := make(chan error, 1)
	go func() { result <- f() }()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-result:
			p.show(have())
			return err
		case <-tick.C:
			p.show(have())
		}
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
