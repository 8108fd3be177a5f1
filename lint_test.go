package skep_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestPartitionLint: who reads all partitions of a table is not told, is warned, or refused, as is said.
func TestPartitionLint(t *testing.T) {
	days := expr.T(schema.NewTable(nil, "days", schema.Col("n", schema.Integer), schema.Col("day", schema.String), dialect.PartitionedBy("day")))
	n, day := expr.Col[expr.Int](days, "n"), expr.Col[expr.String](days, "day")
	for _, tc := range []struct {
		lint            engine.Lint
		q               expr.SelectStmt
		warned, refused bool
	}{
		{0, expr.Select(n), false, false},
		{engine.Off, expr.Select(n), false, false},
		{engine.Warn, expr.Select(n), true, false},
		{engine.Warn, expr.Select(n).Where(day.Eq("mon")), false, false},
		{engine.Refuse, expr.Select(n), false, true},
		{engine.Refuse, expr.Select(n).Where(n.Eq(1)), false, true},
		{engine.Refuse, expr.Select(n).Where(day.In("mon", "tue")), false, false},
	} {
		var script, log strings.Builder
		e := engine.Mock(dialect.New(dialect.Hive40), &script)
		_, err := e.With(engine.Options{PartitionLint: tc.lint, Logger: slog.New(slog.NewTextHandler(&log, nil))}).Query(t.Context(), tc.q)
		if warned := strings.Contains(log.String(), "all partitions of days"); warned != tc.warned {
			t.Errorf("%v: warned: %v, want %v: %s", tc.lint, warned, tc.warned, log.String())
		}
		if refused := errors.As(err, new(*engine.LintError)); refused != tc.refused || err != nil && !refused || refused == (script.Len() > 0) {
			t.Errorf("%v: got %v, and %q was sent; want it to be refused: %v", tc.lint, err, script.String(), tc.refused)
		}
	}
}
