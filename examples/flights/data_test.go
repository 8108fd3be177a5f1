package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var allFiles = sync.OnceValues(func() (map[string]file, error) { return readFiles(nil) })

// unpacked is readFile, once for all tests: under the race detector it takes a while.
func unpacked(t *testing.T, name string) file {
	t.Helper()
	files, err := allFiles()
	if err != nil {
		t.Fatal(err)
	}
	return files[name]
}

// The README of the data promises rows and checksums of the files as their publisher made them.
func TestDataIsWhatItsREADMESays(t *testing.T) {
	readme, err := os.ReadFile("data/README.md")
	if err != nil {
		t.Fatal(err)
	}
	promises := regexp.MustCompile("(?m)^\\| (\\w+)\\.csv \\| ([0-9,]+) \\| `([0-9a-f]{64})` \\|$").FindAllStringSubmatch(string(readme), -1)
	if len(promises) != len(tables) {
		t.Fatalf("%d files in the README, want %d", len(promises), len(tables))
	}
	for _, p := range promises {
		name, rows, sum := p[1], p[2], p[3]
		f := unpacked(t, name)
		csv := strings.Join(f.columns, ",") + "\n" + strings.Join(f.lines, "\n") + "\n"
		if got := fmt.Sprintf("%x", sha256.Sum256([]byte(csv))); got != sum {
			t.Errorf("%s: checksum %s, want %s", name, got, sum)
		}
		if got := thousands(len(f.lines)); got != rows {
			t.Errorf("%s: %s rows, want %s", name, got, rows)
		}
	}
}

func TestDataIsSmall(t *testing.T) {
	entries, err := os.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > 6_000_000 {
		t.Errorf("data is %d bytes, want at most 6,000,000", size)
	}
}

// The program parts lines at commas and packs them with lineEnd, which is right only if no field holds either.
func TestFieldsHoldNoSeparator(t *testing.T) {
	for _, table := range tables {
		f := unpacked(t, table.name)
		for i, line := range f.lines {
			if got := strings.Count(line, ",") + 1; got != len(f.columns) {
				t.Fatalf("%s, line %d: %d fields, want %d", table.name, i+2, got, len(f.columns))
			}
			if strings.ContainsAny(line, `"`+lineEnd) {
				t.Fatalf("%s, line %d holds a quote or %q: %s", table.name, i+2, lineEnd, line)
			}
		}
	}
}

func TestMissingValues(t *testing.T) {
	f := unpacked(t, "flights")
	got := map[string]int{}
	for _, line := range f.lines {
		for i, field := range strings.Split(line, ",") {
			if field == missing {
				got[f.columns[i]]++
			}
		}
	}
	want := map[string]int{
		"dep_time": 8255, "dep_delay": 8255, "arr_time": 8713, "arr_delay": 9430, "air_time": 9430, "tailnum": 2512,
	}
	if !maps.Equal(got, want) {
		t.Errorf("missing values: got %v, want %v", got, want)
	}
}

func TestOfMonths(t *testing.T) {
	f := unpacked(t, "flights")
	var got []string
	for _, m := range byMonth(ofMonths(f.lines, []string{"2", "11"})) {
		got = append(got, m.month+": "+strconv.Itoa(len(m.lines)))
	}
	if want := []string{"11: 27268", "2: 24951"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestByMonthKeepsEveryLine(t *testing.T) {
	f := unpacked(t, "flights")
	months := byMonth(f.lines)
	if len(months) != 12 {
		t.Errorf("%d months, want 12: a month's lines must stand together, for a partition is overwritten", len(months))
	}
	var all []string
	for _, m := range months {
		all = append(all, m.lines...)
	}
	if !slices.Equal(all, f.lines) {
		t.Errorf("%d lines in the months are not the %d of the file", len(all), len(f.lines))
	}
}
