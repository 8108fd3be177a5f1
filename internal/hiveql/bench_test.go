package hiveql

import (
	"strings"
	"testing"
	"time"
)

var sink any

func BenchmarkBind(b *testing.B) {
	when := time.Date(2013, 1, 2, 3, 4, 5, 6, time.UTC)
	const row = "(?, ?, ?, ?)"
	for _, bc := range []struct {
		name, query string
		args        []Arg
	}{
		{"query", "select * from flights where origin = ? and dep_delay > ? and time_hour < ? -- late", positional("JFK", 15.0, when)},
		{"named", "select * from flights where origin = :o and dep_delay > :d and time_hour < :t", byName("o", "JFK", "d", 15.0, "t", when)},
		{"insert1000", "insert into t values " + strings.Repeat(row+", ", 999) + row, func() (args []Arg) {
			for range 1000 {
				args = append(args, positional(int64(42), "a value of some length", 1.5, when)...)
			}
			return args
		}()},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text, err := Bind(bc.query, bc.args, nil)
				if err != nil {
					b.Fatal(err)
				}
				sink = text
			}
		})
	}
}

func BenchmarkAppendLiteral(b *testing.B) {
	for _, bc := range []struct {
		name string
		v    any
	}{
		{"int64", int64(-123456)},
		{"float64", 1234.5},
		{"string", strings.Repeat("plain text é ", 80)},
		{"hostile", strings.Repeat("'\\$\n", 250)},
		{"bytes", make([]byte, 1000)},
		{"time", time.Date(2013, 1, 2, 3, 4, 5, 6, time.UTC)},
		{"list100", make([]int64, 100)},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 8<<10)
			for b.Loop() {
				if _, err := AppendLiteral(dst, bc.v, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
