package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"
)

// drawDelays draws how the delay grows in the course of the day.
func drawDelays(ctx context.Context, out *screen, db *sql.DB) error {
	out.section("Chart: mean departure delay by scheduled hour, in minutes")
	rows, err := db.QueryContext(ctx, `
		select hour, avg(dep_delay) as delay
		from flights
		where dep_delay is not null
		group by hour
		order by hour`)
	if err != nil {
		return err
	}
	defer rows.Close()

	var bars []bar
	for rows.Next() {
		var hour int
		var delay float64
		if err := rows.Scan(&hour, &delay); err != nil {
			return err
		}
		bars = append(bars, bar{label: fmt.Sprintf("%02d:00", hour), value: delay})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, line := range barChart(bars, out.width) {
		fmt.Fprintln(out, line.label+out.style(amber, line.blocks)+line.value)
	}
	return nil
}

// bar is one bar of a chart.
type bar struct {
	label string
	value float64
}

// barLine is a bar that is drawn, in three pieces for the sake of colour.
type barLine struct{ label, blocks, value string }

// barChart draws horizontal bars, one a line, the longest as long as the width allows. A value below zero has no bar.
func barChart(bars []bar, width int) []barLine {
	labels, most := 0, 0.0
	for _, b := range bars {
		labels = max(labels, utf8.RuneCountInString(b.label))
		most = max(most, b.value)
	}
	const value = 8 // " 1234.5" and a blank
	room := max(1, width-labels-1-value)
	lines := make([]barLine, len(bars))
	for i, b := range bars {
		share := 0.0
		if most > 0 {
			share = max(0, b.value/most)
		}
		lines[i] = barLine{
			label:  pad(b.label, labels, true) + " ",
			blocks: blocks(share * float64(room)),
			value:  fmt.Sprintf(" %.1f", b.value),
		}
	}
	return lines
}

// blocks is a bar of a length in columns, exact to an eighth of one.
func blocks(length float64) string {
	eighths := int(length*8 + 0.5)
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return text
}
