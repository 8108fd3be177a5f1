package bench

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
)

// shape is a result that is unlike that of BenchmarkMillionRows.
type shape struct {
	name    string
	columns string // of a query on series
	rows    int
	scan    []any // a variable for each column in turn, again and again
	peer    []any
	width   int
}

var shapes = []shape{
	{
		name: "strings of 100 bytes", columns: repeat(10, "rpad(concat('%d-', i), 100, 'x')"), rows: 100_000, width: 10,
		scan: []any{new(string)}, peer: []any{new(string)},
	},
	{
		name: "200 columns", columns: repeat(100, "i + %d, concat('s', i)"), rows: 10_000, width: 200,
		scan: []any{new(int64), new(string)}, peer: []any{new(int32), new(string)},
	},
	{
		name: "all NULL", columns: repeat(5, "if(i < 0, i, null), if(i < 0, concat('%d', i), null)"), rows: 200_000, width: 10,
		scan: []any{new(sql.NullInt64), new(sql.NullString)}, peer: []any{new(*int32), new(*string)},
	},
	{
		name: "one row", columns: repeat(5, "i + %d, concat('s', i)"), rows: 1, width: 10,
		scan: []any{new(int64), new(string)}, peer: []any{new(int32), new(string)},
	},
}

// repeat is n times a piece of a list of expressions, in which %d is the number of the piece.
func repeat(n int, piece string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		if strings.Contains(piece, "%d") {
			fmt.Fprintf(&b, piece, i)
		} else {
			b.WriteString(piece)
		}
	}
	return b.String()
}

func cycle(vars []any, n int) func() []any {
	all := make([]any, n)
	for i := range all {
		all[i] = vars[i%len(vars)]
	}
	return func() []any { return all }
}

// BenchmarkShapes: nothing is slower than with the other client.
func BenchmarkShapes(b *testing.B) {
	srv := benchServer(b)
	for _, s := range shapes {
		b.Run(strings.ReplaceAll(s.name, " ", "-"), func(b *testing.B) {
			name := "bench_" + strings.ReplaceAll(s.name, " ", "_")
			makeTable(b, srv, name, "select "+s.columns+" from "+live.Series(s.rows))
			l := newLineup(b, srv, workload{
				query: "select * from " + name, rows: s.rows, scan: cycle(s.scan, s.width), peer: cycle(s.peer, s.width),
			})
			rounds := 9
			if s.rows == 1 {
				rounds = 100
			}
			for b.Loop() {
				took := inTurns(b, rounds, l.columns, l.rawColumns, l.scan, l.gohive)
				columns, raw, scan, gohive := took[0], took[1], took[2], took[3]
				figures.Record(b, versus(s.name+", columns", "raw", columns, raw, figures.Goal{}))
				figures.Record(b, versus(s.name+", columns", "gohive 1.8.1", columns, gohive, figures.RatioAtMost(1)))
				figures.Record(b, versus(s.name+", database/sql", "raw", scan, raw, figures.Goal{}))
				figures.Record(b, versus(s.name+", database/sql", "gohive 1.8.1", scan, gohive, figures.RatioAtMost(1)))
			}
		})
	}
}
