package engine

import (
	"context"
	"log/slog"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
)

// lint warns of what is likely to be wrong with a statement, or refuses it.
func lint(ctx context.Context, st *compile.Statement, o Options) error {
	var refused []compile.Lint
	for _, l := range st.Lints() {
		switch o.lint(l.Kind) {
		case Refuse:
			refused = append(refused, l)
		case Warn:
			o.logger().LogAttrs(ctx, slog.LevelWarn, lintText(l), slog.String("sql", st.Template()))
		}
	}
	if len(refused) > 0 {
		return &LintError{refused}
	}
	return nil
}

// lint is what to do about lints of a kind.
func (o Options) lint(kind compile.LintKind) Lint {
	said, otherwise := o.CartesianLint, Warn
	if kind == compile.WholeTable {
		said, otherwise = o.PartitionLint, Off
	}
	if said == 0 {
		return otherwise
	}
	return said
}

func lintText(l compile.Lint) string {
	at := ""
	if l.Path != "" {
		at = " in " + l.Path
	}
	if l.Kind == compile.WholeTable {
		return "all partitions of " + l.Sources[0] + " are read" + at + "; add a condition on the columns by which it is partitioned"
	}
	return "no condition connects " + strings.Join(l.Sources, ", ") + at + ": the result has each row of one with each of the others; " +
		"add the condition, or say CrossJoin if that is meant"
}
