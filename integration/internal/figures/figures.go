// Package figures keeps what benchmarks measure. A figure has a name, a value and a unit; most have something that they
// are compared with, and a goal:
//
//	func BenchmarkRows(b *testing.B) {
//		ours, theirs := rowsPerSecond(b, "skep"), rowsPerSecond(b, "gohive")
//		figures.Record(b, figures.Figure{
//			Name: "1M x 10 through database/sql", Value: ours, Unit: "rows/s",
//			Against: "gohive 1.8.1", AgainstValue: theirs,
//			Goal: figures.RatioAtLeast(1),
//		})
//	}
//
//	figures.Record(b, figures.Figure{Name: "return after cancel, p99", Value: p99, Unit: "ms", Goal: figures.AtMost(50)})
//
// A benchmark repeats what it measures as often as it needs: `make bench` runs its body once (-benchtime 1x).
//
// Record writes to the file that SKEP_BENCH_JSON names, an array with one object a figure: name, value, unit, against,
// ratio, goal, met. `make bench` names build/bench.json, runs the benchmarks, and prints the file as a table. A goal that
// is missed is marked there and fails nothing: whether a machine was quick enough is for its owner to judge.
package figures

import (
	"fmt"
	"math"
	"os"
	"sync"
	"testing"
)

// Figure is one measured number.
type Figure struct {
	// Name says what was measured. A figure replaces an earlier one of the same Name and Against, as benchmarks run
	// repeatedly.
	Name string
	// Value is the number, in Unit, such as "ms", "rows/s", "allocs/row".
	Value float64
	Unit  string
	// Against says what Value is compared with, and AgainstValue what was measured there in the same run and unit. The
	// ratio is Value / AgainstValue. Empty and 0 if there is nothing to compare with.
	Against      string
	AgainstValue float64
	// Goal is what was asked. The zero Goal asks nothing.
	Goal Goal
}

// Goal is a bound on the value or on the ratio of a figure.
type Goal struct {
	bound    float64
	relation string
	ofRatio  bool
}

// AtMost asks for a value of at most bound, in the figure's unit.
func AtMost(bound float64) Goal { return Goal{bound, "≤", false} }

// AtLeast asks for a value of at least bound, in the figure's unit.
func AtLeast(bound float64) Goal { return Goal{bound, "≥", false} }

// RatioAtMost asks for a value of at most bound times what it is compared with.
func RatioAtMost(bound float64) Goal { return Goal{bound, "≤", true} }

// RatioAtLeast asks for a value of at least bound times what it is compared with.
func RatioAtLeast(bound float64) Goal { return Goal{bound, "≥", true} }

// EnvFile is the environment variable that names the file which Record writes to.
const EnvFile = "SKEP_BENCH_JSON"

var writing sync.Mutex

// Record logs a figure, and writes it to the file that [EnvFile] names if it is set. A figure that makes no sense (no
// name, not a number, a ratio without something to compare with) and a file that cannot be written end the test.
func Record(tb testing.TB, f Figure) {
	tb.Helper()
	line, err := f.line()
	if err != nil {
		tb.Fatalf("figures: %q: %v", f.Name, err)
	}
	tb.Logf("%s", line)
	if file := os.Getenv(EnvFile); file != "" {
		writing.Lock()
		defer writing.Unlock()
		if err := merge(file, line); err != nil {
			tb.Fatalf("figures: %v", err)
		}
	}
}

// line checks the figure and works out what follows from it.
func (f *Figure) line() (*Line, error) {
	l := &Line{Name: f.Name, Value: f.Value, Unit: f.Unit, Against: f.Against}
	switch {
	case f.Name == "" || f.Unit == "":
		return nil, fmt.Errorf("a figure needs a name and a unit")
	case math.IsNaN(f.Value) || math.IsInf(f.Value, 0):
		return nil, fmt.Errorf("%v is not a number", f.Value)
	case f.Against != "" && !(f.AgainstValue > 0 && !math.IsInf(f.AgainstValue, 0)):
		return nil, fmt.Errorf("against %s: cannot divide by %v", f.Against, f.AgainstValue)
	case f.Against == "" && (f.AgainstValue != 0 || f.Goal.ofRatio):
		return nil, fmt.Errorf("a ratio against nothing: set Against and AgainstValue")
	}
	if f.Against != "" {
		ratio := f.Value / f.AgainstValue
		l.Ratio = &ratio
	}
	if f.Goal != (Goal{}) {
		l.Goal = f.Goal.text(f.Unit)
		met := f.Goal.metBy(l)
		l.Met = &met
	}
	return l, nil
}

func (g Goal) text(unit string) string {
	if g.ofRatio {
		return fmt.Sprintf("ratio %s %v", g.relation, g.bound)
	}
	return fmt.Sprintf("%s %v %s", g.relation, g.bound, unit)
}

func (g Goal) metBy(l *Line) bool {
	got := l.Value
	if g.ofRatio {
		got = *l.Ratio
	}
	if g.relation == "≤" {
		return got <= g.bound
	}
	return got >= g.bound
}
