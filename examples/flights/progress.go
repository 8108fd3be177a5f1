package main

import (
	"fmt"
	"strings"
	"time"
)

// progress is a bar that counts rows. On a terminal it is one line that moves; elsewhere a line is added now and then.
type progress struct {
	out   *screen
	label string
	total int
	done  int
	begin time.Time
	drawn time.Time // when it was drawn last
}

func (s *screen) progress(label string, total int) *progress {
	now := time.Now()
	p := &progress{out: s, label: label, total: total, begin: now, drawn: now}
	if s.terminal {
		p.draw()
	}
	return p
}

// pause is the least time between two drawings.
func (p *progress) pause() time.Duration {
	if p.out.terminal {
		return 100 * time.Millisecond
	}
	return 5 * time.Second
}

// add counts n more rows.
func (p *progress) add(n int) {
	p.done += n
	if p.done < p.total && time.Since(p.drawn) >= p.pause() {
		p.draw()
	}
}

// end leaves the last state on the screen, whether all is done or not.
func (p *progress) end() {
	p.draw()
	if p.out.terminal {
		fmt.Fprintln(p.out)
	}
}

func (p *progress) draw() {
	p.drawn = time.Now()
	if p.out.terminal {
		fmt.Fprint(p.out, "\r", p.line(), "\x1b[K") // ECMA-48: erase to the end of the line
		return
	}
	fmt.Fprintln(p.out, p.line())
}

func (p *progress) line() string {
	return progressLine(p.label, p.done, p.total, time.Since(p.begin), p.out.width)
}

// progressLine draws "flights   ███░░░  50%   168,388 rows     81,204 rows/s   2.1 s" in a width.
func progressLine(label string, done, total int, elapsed time.Duration, width int) string {
	share := 1.0
	if total > 0 {
		share = min(1, float64(done)/float64(total))
	}
	rate := 0.0
	if elapsed > 0 {
		rate = float64(done) / elapsed.Seconds()
	}
	numbers := fmt.Sprintf(" %3.0f%% %9s rows %10s rows/s %5.1f s",
		100*share, thousands(done), thousands(int(rate)), elapsed.Seconds())
	bar := max(0, width-10-len(numbers))
	full := int(share * float64(bar))
	return pad(label, 10, false) + strings.Repeat("█", full) + strings.Repeat("░", bar-full) + numbers
}
