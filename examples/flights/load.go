package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// lineEnd parts the lines within a literal; no line of the data holds it. A newline would do as well, but Hive's planner
// copies the whole literal once for every character that it has to escape (BaseSemanticAnalyzer.escapeSQLString): one
// month's flights took 30 s instead of 2.
const lineEnd = ";"

// load creates and fills the tables. HiveServer2 takes no uploads, and INSERT … VALUES is made for a few rows; but one
// string parameter can hold a month of flights, which the server splits into lines. This needs no rights on the server's
// file system, is one statement and one file for a partition, and may be repeated: it overwrites.
func load(ctx context.Context, out *screen, db *sql.DB, files map[string]file) error {
	out.section("Load")
	for _, t := range tables {
		if _, err := db.ExecContext(ctx, t.create); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		if err := fill(ctx, out, db, t, files[t.name].lines); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

func fill(ctx context.Context, out *screen, db *sql.DB, t table, lines []string) error {
	bar := out.progress(t.name, len(lines))
	defer bar.end()
	if !t.monthly {
		if err := insert(ctx, db, t, "", lines); err != nil {
			return err
		}
		bar.add(len(lines))
		return nil
	}
	for _, m := range byMonth(lines) {
		if err := insert(ctx, db, t, "partition (month = ?)", m.lines, m.month); err != nil {
			return fmt.Errorf("month %s: %w", m.month, err)
		}
		bar.add(len(m.lines))
	}
	return nil
}

// insert sends lines in one statement. The arguments are for the placeholders of the partition clause.
func insert(ctx context.Context, db *sql.DB, t table, partitionClause string, lines []string, args ...any) error {
	_, err := db.ExecContext(ctx, `
		insert overwrite table `+t.name+` `+partitionClause+`
		select `+t.fill+`
		from (
			select split(line, ',') as f
			from (select 1) one lateral view explode(split(?, ?)) packed as line
		) csv`,
		append(args, strings.Join(lines, lineEnd), lineEnd)...)
	return err
}

// partition is the lines of one month.
type partition struct {
	month string
	lines []string
}

// byMonth parts the lines of flights.csv, in which a month's lines stand together.
func byMonth(lines []string) []partition {
	var months []partition
	for i, line := range lines {
		month := monthOf(line)
		if n := len(months); n == 0 || months[n-1].month != month {
			months = append(months, partition{month: month, lines: lines[i:i]})
		}
		last := &months[len(months)-1]
		last.lines = last.lines[:len(last.lines)+1]
	}
	return months
}
