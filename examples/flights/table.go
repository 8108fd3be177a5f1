package main

import (
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// printRows prints a result of any columns as a table and returns how many rows it has. Numbers stand at the right.
func printRows(out *screen, rows *sql.Rows) (int, error) {
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	grid := [][]string{make([]string, len(columns))}
	for i, name := range columns {
		grid[0][i] = strings.ReplaceAll(name, "_", " ")
	}
	right := make([]bool, len(columns))
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		line := make([]string, len(columns))
		for i, v := range values {
			line[i] = show(v)
			switch v.(type) {
			case int64, float64:
				right[i] = true
			}
		}
		grid = append(grid, line)
	}
	printGrid(out, grid, right)
	return len(grid) - 1, rows.Err()
}

// show writes a value that database/sql has scanned into an any.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case int64:
		return thousands(v)
	case float64:
		return fmt.Sprintf("%.1f", v)
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.DateTime)
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

// printGrid prints lines of cells in columns that are as wide as their widest cell. The first line is the head.
func printGrid(out *screen, grid [][]string, right []bool) {
	widths := make([]int, len(right))
	for _, line := range grid {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for n, line := range grid {
		cells := make([]string, len(line))
		for i, cell := range line {
			cells[i] = pad(cell, widths[i], right[i])
		}
		text := strings.TrimRight("  "+strings.Join(cells, "   "), " ")
		if n == 0 {
			text = out.style(faint, text)
		}
		fmt.Fprintln(out, text)
	}
}
