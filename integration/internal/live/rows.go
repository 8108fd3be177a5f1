package live

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// Tabbed runs a statement and gives its rows with tabs between the columns.
func Tabbed(t *testing.T, db *sql.DB, statement string) (string, error) {
	rows, err := db.QueryContext(t.Context(), statement)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var lines []string
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			return "", err
		}
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = cell(v)
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\n"), rows.Err()
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return `\N`
	case []byte:
		return fmt.Sprintf("%x", v)
	}
	return fmt.Sprint(v)
}

// Drain reads a whole result and gives its error.
func Drain(ctx context.Context, query func(context.Context, string, ...any) (*sql.Rows, error), text string, args ...any) error {
	rows, err := query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}
