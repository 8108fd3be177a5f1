// Command tally makes what `go test -json` prints short, and counts it:
//
//	go test -json ./... | go run ./internal/tally
//
// A package that passes is one line; a test that fails is shown with everything it printed. Every test, subtest and
// example counts as one, and so does a package that fails without a failing test: it did not compile, or its TestMain
// found something. Tally fails if one failed, or if none ran.
//
//	-no-skips   a skipped test is a failure
//	-o FILE     write the numbers passed and failed to FILE, on one line
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// slow is from how many seconds on a passing test is worth a line, as a sign of life.
const slow = 5

func main() {
	noSkips := flag.Bool("no-skips", false, "a skipped test is a failure")
	counts := flag.String("o", "", "write the numbers passed and failed to this `file`")
	flag.Parse()
	ok, err := run(os.Stdin, os.Stdout, *noSkips, *counts)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run reads the events of one or more runs of go test, and reports whether all is well.
func run(in io.Reader, out io.Writer, noSkips bool, counts string) (bool, error) {
	t := &tally{out: out, noSkips: noSkips, packages: map[string]*pkg{}}
	if err := t.read(in); err != nil {
		return false, err
	}
	fmt.Fprintf(out, "%d packages: %d passed, %d failed, %d skipped\n", len(t.packages), t.passed, t.failed, t.skipped)
	if t.passed+t.failed == 0 {
		return false, fmt.Errorf("no test ran")
	}
	if counts != "" {
		if err := os.WriteFile(counts, fmt.Appendf(nil, "%d %d\n", t.passed, t.failed), 0o644); err != nil {
			return false, err
		}
	}
	return t.failed == 0, nil
}

// event is a line of go test -json (go doc cmd/test2json), or of the build before it (go help buildjson).
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64 // seconds
	Output  string
}

type tally struct {
	out      io.Writer
	noSkips  bool
	packages map[string]*pkg

	passed, failed, skipped int
}

// pkg is a package under test.
type pkg struct {
	output         strings.Builder             // what no test printed
	open           map[string]*strings.Builder // tests that have not ended, with what they printed
	passed, failed int
}

func (t *tally) read(in io.Reader) error {
	lines := bufio.NewReader(in) // not a Scanner: a line may be as long as a test likes
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			t.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (t *tally) line(line string) {
	var e event
	if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
		fmt.Fprint(t.out, line) // go itself speaks
		return
	}
	if e.Package == "" {
		fmt.Fprint(t.out, e.Output) // of the build
		return
	}
	p := t.packages[e.Package]
	if p == nil {
		p = &pkg{open: map[string]*strings.Builder{}}
		t.packages[e.Package] = p
	}
	if e.Test == "" {
		t.packageEvent(p, e)
	} else {
		t.testEvent(p, e)
	}
}

func (t *tally) testEvent(p *pkg, e event) {
	if p.open[e.Test] == nil {
		p.open[e.Test] = new(strings.Builder)
	}
	output := p.open[e.Test]
	switch e.Action {
	case "output":
		output.WriteString(e.Output)
		return
	case "pass":
		t.passed++
		p.passed++
		if e.Elapsed >= slow && !strings.Contains(e.Test, "/") {
			fmt.Fprintf(t.out, "      %s %.1fs\n", e.Test, e.Elapsed)
		}
	case "skip":
		t.skip(p, e, output.String())
	case "fail":
		t.fail(p, e.Package+" "+e.Test, output.String())
	default: // run, pause, cont
		return
	}
	delete(p.open, e.Test)
}

func (t *tally) skip(p *pkg, e event, output string) {
	t.skipped++
	if t.noSkips {
		t.fail(p, e.Package+" "+e.Test+" was skipped", output)
		return
	}
	fmt.Fprintf(t.out, "SKIP  %s %s\n%s", e.Package, e.Test, output)
}

func (t *tally) fail(p *pkg, what, output string) {
	t.failed++
	p.failed++
	fmt.Fprintf(t.out, "FAIL  %s\n%s", what, output)
}

func (t *tally) packageEvent(p *pkg, e event) {
	switch e.Action {
	case "output":
		p.output.WriteString(e.Output)
	case "skip":
		delete(t.packages, e.Package) // it has no tests
	case "pass":
		fmt.Fprintf(t.out, "ok    %s %.1fs, %d passed\n", e.Package, e.Elapsed, p.passed)
	case "fail":
		// The process ended, by a panic or a timeout, before these did.
		for _, name := range slices.Sorted(maps.Keys(p.open)) {
			t.fail(p, e.Package+" "+name+" did not end", p.open[name].String())
		}
		if p.failed == 0 {
			t.fail(p, e.Package, "")
		}
		fmt.Fprintf(t.out, "FAIL  %s %.1fs, %d passed, %d failed\n%s", e.Package, e.Elapsed, p.passed, p.failed, p.output.String())
	}
}
