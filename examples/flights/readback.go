package main

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
)

// readBack streams every table from the server and compares it with its file. The driver fetches a batch of rows at a
// time, the next one while this one is read, so that a result of any size needs the memory of a few batches.
func readBack(ctx context.Context, out *screen, db *sql.DB, files map[string]file) error {
	out.section("Read every row back")
	var total content
	for _, t := range tables {
		want, got, err := compare(ctx, out, db, t, files[t.name])
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		if got != want {
			return fmt.Errorf("table %s: sent %v, got %v", t.name, want, got)
		}
		total.rows += got.rows
		total.nulls += got.nulls
	}
	fmt.Fprintf(out, "All %s rows are equal to those that were sent, the %s NULLs among their values too.\n",
		thousands(total.rows), thousands(total.nulls))
	return nil
}

// compare reads a table and sums up what should have come and what came.
func compare(ctx context.Context, out *screen, db *sql.DB, t table, f file) (want, got content, err error) {
	columns := t.back
	if columns == "" {
		columns = strings.Join(f.columns, ", ")
	}
	rows, err := db.QueryContext(ctx, "select "+columns+" from "+t.name)
	if err != nil {
		return want, got, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return want, got, err
	}
	for _, line := range f.lines {
		want.add(canonical(line, types))
	}

	bar := out.progress(t.name, len(f.lines))
	defer bar.end()
	values := make([]sql.NullString, len(types))
	into := make([]any, len(types))
	for i := range values {
		into[i] = &values[i]
	}
	fields := make([]string, len(types))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return want, got, err
		}
		for i, v := range values {
			fields[i] = v.String
			if !v.Valid {
				fields[i] = missing
			}
		}
		got.add(strings.Join(fields, ","))
		bar.add(1)
	}
	return want, got, rows.Err()
}

// canonical is a line with its fractions as Go writes them: the files hold 1e3 for 1000, and 45.927778000000004 for
// what is the same double as 45.927778.
func canonical(line string, types []*sql.ColumnType) string {
	if !slices.ContainsFunc(types, isDouble) {
		return line
	}
	fields := strings.Split(line, ",")
	for i, t := range types {
		if f, err := strconv.ParseFloat(fields[i], 64); err == nil && isDouble(t) {
			fields[i] = strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	return strings.Join(fields, ",")
}

func isDouble(t *sql.ColumnType) bool { return t.DatabaseTypeName() == "DOUBLE" }

// content tells whether two sets of lines are equal, whatever their order.
type content struct {
	rows  int
	nulls int
	sum   uint64 // of the lines' hashes
}

var seed = maphash.MakeSeed()

func (c *content) add(line string) {
	c.rows++
	c.sum += maphash.String(seed, line)
	for field := range strings.SplitSeq(line, ",") {
		if field == missing {
			c.nulls++
		}
	}
}

func (c content) String() string {
	return fmt.Sprintf("%s rows with %s NULLs (sum %016x)", thousands(c.rows), thousands(c.nulls), c.sum)
}
